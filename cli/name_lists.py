"""A list of names as people send it: a CSV file with a head line, in Chinese or in the words of the schema."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cli.language import said
from incidents.accident import STATES
from incidents.matching import Person
from plans.vocabulary import WORDS

_COLUMNS: Mapping[str, str] = {
    "姓名": "name",
    "性别": "sex",
    "年龄": "age",
    "单位": "unit",
    "工作单位": "unit",
    "身份证后四位": "id_last4",
    "状态": "state",
    "位置": "where",
    "地点": "where",
    "医院": "hospital",
}
_STATES: Mapping[str, str] = {WORDS[state]: state for state in STATES}
_SEXES: Mapping[str, str] = {"m": "男", "male": "男", "f": "女", "female": "女"}


def read(file: Path) -> tuple[Person, ...]:
    """The people of a CSV file. Raises `ValueError`, naming file, line and column, never a name."""
    try:
        # What a spreadsheet saves begins with a mark that is no part of the first column's name.
        lines = list(csv.reader(StringIO(file.read_text("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        zh, en = f"{file}：应为可读的 UTF-8 CSV，{error}", f"{file}: expected readable UTF-8 CSV, {error}"
        raise ValueError(said(zh, en)) from None
    if not lines:
        raise ValueError(said(f"{file}：空文件", f"{file}: expected a head line, found nothing"))
    head = [_COLUMNS.get(cell.strip(), cell.strip()) for cell in lines[0]]
    known = ", ".join(Person.model_fields)
    for number, name in enumerate(head, start=1):
        if name not in Person.model_fields or head.count(name) > 1:
            # Without a head line this is somebody's own line: what stands there is not repeated.
            zh = f"{file}:1：第 {number} 列的列名应各为 {known} 之一"
            raise ValueError(said(zh, f"{file}:1: column {number}: expected a name of {known}, each once"))
    people = tuple(_people(file, head, lines))
    if not people:
        raise ValueError(said(f"{file}：名单无人", f"{file}: expected at least one person"))
    return people


def _people(file: Path, head: list[str], lines: list[list[str]]) -> Iterator[Person]:
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            raise ValueError(
                said(
                    f"{file}:{number}：应有 {len(head)} 列，现有 {len(cells)} 列",
                    f"{file}:{number}: expected {len(head)} columns, found {len(cells)}",
                )
            )
        told = {name: cell.strip() for name, cell in zip(head, cells, strict=True) if cell.strip()}
        try:
            yield Person.model_validate(_plain(told))
        except ValidationError as error:
            # The fault names the column; what stood there may be somebody's own.
            places = ", ".join(dict.fromkeys(str(one["loc"][0]) for one in error.errors()))
            raise ValueError(
                said(f"{file}:{number}：{places} 填写有误", f"{file}:{number}: {places}: not as expected")
            ) from None


def _plain(told: Mapping[str, str]) -> dict[str, Any]:
    plain: dict[str, Any] = dict(told)
    if "state" in told:
        plain["state"] = _STATES.get(told["state"], told["state"])
    if "sex" in told:
        plain["sex"] = _SEXES.get(told["sex"].lower(), told["sex"])
    if "id_last4" in told:
        plain["id_last4"] = told["id_last4"].upper()
    return plain
