"""A document as a .docx: the fields in the template of the office."""

from __future__ import annotations

import io
from pathlib import Path

from docxtpl import DocxTemplate

from papers.source import Values


def rendered(template: Path, values: Values) -> bytes:
    """The paper. What people wrote never becomes markup."""
    paper = DocxTemplate(template)
    paper.render(values, autoescape=True)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()
