"""Sheets in the two places where people read them: the terminal and a page of Markdown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Console
from rich.table import Column, Table

from plans.sheets import Sheet

WIDTH = 160
"""Columns of a printed sheet where no terminal says how wide it is."""


def in_terminal(sheets: Iterable[Sheet]) -> None:
    """Print sheets as wide as the terminal is; nothing is cut off."""
    # A band such as [1, 3) is no markup.
    console = Console(markup=False, highlight=False, emoji=False, width=None if sys.stdout.isatty() else WIDTH)
    for sheet in sheets:
        console.print(f"\n{sheet.title}", style="bold")
        for note in sheet.notes:
            console.print(note)
        if sheet.rows:
            table = Table(*(Column(name, overflow="fold") for name in sheet.columns), box=box.SIMPLE_HEAD)
            for row in sheet.rows:
                table.add_row(*row)
            console.print(table)


def in_markdown(sheets: Iterable[Sheet]) -> Iterator[str]:
    """The lines of a page, each sheet under a heading of its own."""
    for sheet in sheets:
        yield from (f"## {sheet.title}", "")
        for note in sheet.notes:
            yield from (note, "")
        if sheet.rows:
            yield _row(sheet.columns)
            yield _row(["---"] * len(sheet.columns))
            yield from (_row(row) for row in sheet.rows)
            yield ""


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
