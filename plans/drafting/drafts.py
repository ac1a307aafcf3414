"""Drafts of the default templates: a text file for each, a line for each paragraph, its first sign says what it is.

= red head          == a smaller one     ~ left || right    --- red rule
# title             ## heading
! not set in        > signature          ^ foot             *** new page     {%p ... %} steers
|20 136| widths     | *label | words | < |                  anything else: a paragraph
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from plans.documents import Document
from plans.drafting.layout import Sheet

FOLDER = Path(__file__).parent / "default"
_WIDTHS = re.compile(r"\|(\d+(?: \d+)*)\|")


def template(told: Document) -> bytes:
    """The default template of a document, from its draft."""
    lines = [line for line in (FOLDER / f"{told.id}.txt").read_text("utf-8").splitlines() if line.strip()]
    dense = lines[0] == "% dense"
    sheet = Sheet(told.title, dense)
    for table, group in groupby(lines[dense:], key=lambda line: line.startswith("|")):
        if table:
            for widths, rows in _tables(list(group)):
                sheet.table(widths, rows)
        else:
            for line in group:
                _write(sheet, line)
    return sheet.bytes()


def _write(sheet: Sheet, line: str) -> None:
    sign, _, words = line.partition(" ")
    match sign:
        case "=":
            sheet.masthead(words, 38)
        case "==":
            sheet.masthead(words, 26)
        case "~":
            left, _, right = words.partition("||")
            sheet.both_ends(left.strip(), right.strip())
        case "---":
            sheet.rule()
        case "***":
            sheet.new_page()
        case "#":
            sheet.title(words)
        case "##":
            sheet.heading(words)
        case "!":
            sheet.body(words, indent=0)
        case ">":
            sheet.signature(words)
        case "^":
            sheet.foot(words)
        case "{%p":
            sheet.control(line)
        case _:
            sheet.body(line)


def _tables(lines: list[str]) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Tables that follow on each other; each begins with the widths of its columns."""
    rows: list[list[str]] = []
    widths: list[int] = []
    for line in lines:
        if told := _WIDTHS.fullmatch(line):
            if rows:
                yield widths, rows
            widths, rows = [int(width) for width in told[1].split()], []
        else:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            # A row that only steers has one cell.
            rows.append([*cells, *["<"] * (len(widths) - len(cells))])
    yield widths, rows
