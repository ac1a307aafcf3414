"""Write the default templates: `python -m plans.drafting`."""

from __future__ import annotations

from plans.documents import DEFAULT, documents
from plans.drafting.drafts import template

for told in documents():
    if told.fields:
        (DEFAULT / told.file).write_bytes(template(told))
