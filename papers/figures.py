"""Figures read back from a paper that somebody edited: whatever differs from the draft is shown before it is signed.

Compared are people, money, times, lengths, levels and the number of the paper; words are the editor's own.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from zipfile import BadZipFile

import docx
from docx.document import Document as Paper
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.table import Table, _Cell

from plans.vocabulary import WORDS

_PEOPLE = (
    *("deaths", "missing", "out_of_contact", "trapped", "people_at_risk", "serious_injuries", "minor_injuries"),
    *("injuries", "hospitalised", "threatened_injuries", "acute_poisoning", "poisoned", "evacuated", "relocated"),
)
_SAID = {"遇难": "死亡", "身亡": "死亡", "下落不明": "失踪", "获救": "获救", "合计": "合计", "撤出": "撤出"}
_SAID |= {WORDS[name]: WORDS[name] for name in _PEOPLE}
_MEASURE = re.compile("|".join(sorted(_SAID, key=len, reverse=True)))
_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_ROMAN = {"Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV"}
_GRADES = {"I": "一级", "II": "二级", "III": "三级", "IV": "四级"}
_CLAUSE = re.compile(r"[，。；、！？,;\n]")
_FIGURE = re.compile(
    r"(?P<series>\S{0,8}〔\d{4}〕\s*\d+\s*号)"
    r"|(?P<time>(?:(?:\d{4}年)?\d{1,2}月\d{1,2}日)?\s*\d{1,2}\s*[:：时]\s*\d{2}|(?:\d{4}年)?\d{1,2}月\d{1,2}日)"
    r"|(?P<level>(?:IV|III|II|I|[ⅠⅡⅢⅣ]|[一二三四])\s*级)"
    r"|(?P<people>\d[\d,]*\s*(?:余|多)?人|[零〇一二三四五六七八九十百两]+人)"
    r"|(?P<money>\d[\d,.]*\s*(?:亿|万)?元)"
    r"|(?P<length>\d[\d.]*\s*(?:天|日|小时|分钟|分))"
)


class Unreadable(ValueError):
    """The file is no .docx; the message is what was found instead."""


class Figure(NamedTuple):
    """One figure: of what, and how much or when, written one way."""

    of: str
    value: str


class Difference(NamedTuple):
    """A figure that is not what the draft has; empty: it is on one side alone."""

    of: str
    draft: str
    paper: str


def differences(draft: bytes, paper: bytes) -> tuple[Difference, ...]:
    """What a paper tells otherwise than its draft, wherever in it that stands. Raises `Unreadable`."""
    told, found = figures(draft), figures(paper)
    gone, new = list((Counter(told) - Counter(found)).elements()), list((Counter(found) - Counter(told)).elements())
    differing = []
    for figure in gone:
        other = next((one for one in new if one.of == figure.of), None)
        if other is not None:
            new.remove(other)
        differing.append(Difference(figure.of, figure.value, other.value if other else ""))
    return (*differing, *(Difference(one.of, "", one.value) for one in new))


def figures(paper: bytes) -> Sequence[Figure]:
    """Every figure of a paper, from top to bottom. Raises `Unreadable`."""
    return [figure for text in _texts(paper) for figure in _of(text)]


def _of(text: str) -> Iterator[Figure]:
    for found in _FIGURE.finditer(text):
        kind, words = str(found.lastgroup), re.sub(r"\s", "", found[0])
        match kind:
            case "people":
                yield Figure(_whom(text, found.start(), found.end()), f"{_number(words)}人")
            case "time":
                before = text[: found.start()].rstrip()
                yield Figure("截至" if before.endswith("截至") else "时间", re.sub("[：时]", ":", words))
            case "level":
                name = words.removesuffix("级")
                yield Figure("级别", _GRADES.get(_ROMAN.get(name, name), f"{name}级"))
            case _:
                yield Figure({"series": "编号", "money": "金额", "length": "时长"}[kind], words.replace(",", ""))


def _whom(text: str, start: int, end: int) -> str:
    """Whom a number counts: the last such word before it in its clause, else the first after it."""
    before = _CLAUSE.split(text[:start])[-1]
    if found := _MEASURE.findall(before):
        return _SAID[found[-1]]
    after = _MEASURE.search(_CLAUSE.split(text[end:])[0])
    return _SAID[after[0]] if after else "人数"


def _number(words: str) -> str:
    digits = words.removesuffix("人").replace(",", "")
    if digits[0].isdigit():
        return digits
    total, ones = 0, 0
    for sign in digits:
        if sign in "十百":
            total += (ones or 1) * (10 if sign == "十" else 100)
            ones = 0
        else:
            ones = _DIGITS[sign]
    return str(total + ones)


def _texts(paper: bytes) -> Iterator[str]:
    """Paragraphs and rows in order; the cells of a row stand behind their label."""
    try:
        told: Paper = docx.Document(io.BytesIO(paper))
    except (OpcError, PythonDocxError, BadZipFile, KeyError, ValueError, OSError) as error:
        raise Unreadable(f"{type(error).__name__} {error}".splitlines()[0]) from None
    for block in told.iter_inner_content():
        if not isinstance(block, Table):
            yield block.text
            continue
        for row in block.rows:
            # Asked for its cells, a row walks its whole table each time.
            yield "：".join(_Cell(cell, block).text for cell in row._tr.tc_lst)
