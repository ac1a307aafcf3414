"""A plan from nothing: every chapter with the least that can be read, and the places that only its owner can fill.

Such a place is marked in its file: `# words。待填 RULE PATH`, by the rule of `fenghuo plan check` that finds it and the
place it names. The check of a new plan finds these and nothing else.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from plans import documents

FOLDER = Path(__file__).parent / "drafting" / "scaffold"
_MARK = re.compile(r"# (?P<words>.*?)。?待填 (?P<rule>[a-z-]+) (?P<path>\S+)$")


class Hole(NamedTuple):
    """A place to fill: where it is, what finds it, and what is asked, where the place does not say it itself."""

    file: str
    line: int
    rule: str
    path: str
    words: str


def holes() -> Iterator[Hole]:
    """All places to fill, file by file."""
    for file in sorted(FOLDER.glob("*.yaml")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if told := _MARK.search(line):
                yield Hole(file.name, number, told["rule"], told["path"], told["words"])


def write(folder: Path) -> None:
    """Write the new plan into a folder that is not there yet, with the default templates and their list."""
    shutil.copytree(FOLDER, folder)
    own = folder / documents.FOLDER
    own.mkdir()
    for told in documents.documents():
        if told.fields:
            shutil.copy(documents.DEFAULT / told.file, own)
    (own / "README.md").write_text("\n".join(documents.guide()) + "\n", "utf-8")
