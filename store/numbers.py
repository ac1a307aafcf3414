"""The register of documents: each has a number of its series and year, and keeps it; and the log as it stood then.

It is a small file of its own beside the store: whoever prints a paper at night needs no database library for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

FILE = "documents.db"
_TABLE = """
CREATE TABLE IF NOT EXISTS documents (
  incident TEXT NOT NULL, document TEXT NOT NULL, about TEXT NOT NULL, series TEXT NOT NULL, year INTEGER NOT NULL,
  n INTEGER NOT NULL, seq INTEGER NOT NULL, made_at TEXT NOT NULL, drafter TEXT NOT NULL,
  PRIMARY KEY (incident, document, about), UNIQUE (series, year, n)
)"""
_COLUMNS = "incident, document, about, series, year, n, seq, made_at, drafter"


class Drawn(NamedTuple):
    """A document as it was drawn up: `about` is which report, task, instruction, leg or approval it tells of, `seq`
    the entry up to which it knows the log."""

    incident: str
    document: str
    about: str
    series: str
    year: int
    n: int
    seq: int
    made_at: datetime
    drafter: str

    @property
    def number(self) -> str:
        """As it stands on the paper: `值班信息〔2026〕3号`."""
        return f"{self.series}〔{self.year}〕{self.n}号"


class Numbers:
    """The register of one home."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = folder / FILE

    def of(self, incident: str) -> tuple[Drawn, ...]:
        """The documents of an incident, the oldest first."""
        with self._open() as register:
            query = f"SELECT {_COLUMNS} FROM documents WHERE incident = ? ORDER BY rowid"
            return tuple(_drawn(row) for row in register.execute(query, (incident,)))

    def known(self, incident: str, document: str, about: str) -> Drawn | None:
        """The document, if it was drawn up."""
        return next((one for one in self.of(incident) if (one.document, one.about) == (document, about)), None)

    def draw(
        self, incident: str, document: str, about: str, series: str, year: int, seq: int, at: datetime, drafter: str
    ) -> Drawn:
        """Draw a document up, under the next number of its series in its year; one that has been keeps its own."""
        with self._open() as register:
            # The write lock is taken before the last number is read, or two would take the same one.
            register.execute("BEGIN IMMEDIATE")
            query = "SELECT COALESCE(MAX(n), 0) + 1 FROM documents WHERE series = ? AND year = ?"
            ((n,),) = register.execute(query, (series, year))
            row = (incident, document, about, series, year, n, seq, at.isoformat(), drafter)
            register.execute(f"INSERT OR IGNORE INTO documents ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            register.execute("COMMIT")
        drawn = self.known(incident, document, about)
        assert drawn is not None  # just written, if it was not there
        return drawn

    def refresh(self, drawn: Drawn, seq: int, at: datetime, drafter: str) -> Drawn:
        """The same document under the same number, as the log stands now."""
        with self._open() as register:
            which = "incident = ? AND document = ? AND about = ?"
            query = f"UPDATE documents SET seq = ?, made_at = ?, drafter = ? WHERE {which}"
            key = (drawn.incident, drawn.document, drawn.about)
            register.execute(query, (seq, at.isoformat(), drafter, *key))
        return drawn._replace(seq=seq, made_at=at, drafter=drafter)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        register = sqlite3.connect(self._file, timeout=10, isolation_level=None)
        try:
            register.execute(_TABLE)
            yield register
        finally:
            register.close()


def _drawn(row: tuple[str, str, str, str, int, int, int, str, str]) -> Drawn:
    return Drawn(*row[:7], made_at=datetime.fromisoformat(row[7]), drafter=row[8])
