"""Two plans side by side: what differs between their effective layers, in words, chapter by chapter.

An element of a list is the same in both by its name (id, clause, unit, stage), never by its place. A difference is told
by the smallest field that differs; an element that only one plan has is told whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from deepdiff import DeepDiff
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from plans import walk
from plans.schema import (
    COLOURS,
    GRADES,
    Against,
    ApprovalRule,
    ChaseStep,
    ColourRule,
    Criterion,
    Decision,
    Group,
    LevelRule,
    MeasurePack,
    NotifyRule,
    Outside,
    Plan,
    Post,
    ReportRule,
    Stage,
    Start,
    TaskRule,
    Unit,
    When,
)
from plans.sheets.reader import Reader
from plans.vocabulary import WORDS, Language, field, level, span, word

CHAPTERS = (
    "plan", "units", "posts", "groups", "grading", "reporting", "notices", "disposal", "response", "command", "warning",
    "release", "termination", "recovery", "preparedness", "decisions", "outside", "national", "silent",
)  # fmt: skip
"""In the order of the sheets; `silent` are the chapters that a plan does not have."""

_TAKEN_FOR_GRANTED = ("approval", "stages")
"""A level is proposed, decided and signed: who does it needs no longer way."""

_ACTS = {
    ("decide", "posts"): ("决定人", "decided by"),
    ("decide", "body"): ("决定机构", "deciding body"),
    ("sign", "posts"): ("签发人", "signatory"),
    ("sign", "body"): ("签发机构", "signing body"),
}

_GRADES = ("grade", "grades", "level", "levels", "default_grade", "level_for_grade")
"""Fields that hold grades of an accident or levels of a response."""


Kind = Literal["added", "removed", "changed", "reordered"]


class Difference(NamedTuple):
    """One thing in which two plans differ. `old` and `new` are plain data; `path` is as in decisions.yaml."""

    chapter: str
    path: str
    kind: Kind
    zh: str
    en: str
    old: Any
    new: Any


def differences(old: Plan, new: Plan) -> tuple[Difference, ...]:
    """What `new` says otherwise than `old`, in the order of the chapters and of their paths. Nothing is left out but
    the plans' own names."""
    was, now = _chapters(old), _chapters(new)
    same = [name for name in CHAPTERS if was[name] == now[name]]
    for name in same:
        del was[name], now[name]
    # Never "all of it is different": each field is told, however few the two have in common.
    tree = DeepDiff(_keyed(was), _keyed(now), view="tree", threshold_to_diff_deeper=0)
    # A path into one value, such as a list of names, is cut: the value is told whole, and once.
    seen = [place.path(output_format="list") for places in tree.values() for place in places]
    ways = {_cut(was, now, [str(key) for key in path]) for path in seen}
    ways |= set(_reordered(was, now, ()))
    order = {chapter: number for number, chapter in enumerate(CHAPTERS)}
    ranked = sorted(ways, key=lambda way: (order[way[0]], way))
    words = {lang: _Words(Reader(old, lang), Reader(new, lang)) for lang in ("zh", "en")}
    return tuple(_told(was, now, way, words["zh"], words["en"]) for way in ranked)


def _chapters(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, "about" if name == "plan" else name) for name in CHAPTERS}


def _told(was: Any, now: Any, way: Sequence[str], zh: _Words, en: _Words) -> Difference:
    old, new = _steps(was, way), _steps(now, way)
    kind = _kind(old[-1], new[-1])
    said = [words.sentence(old, new, way, kind) for words in (zh, en)]
    data = [to_jsonable_python(_names(side) if kind == "reordered" else side) for side in (old[-1], new[-1])]
    return Difference(way[0], "/".join(way), kind, *said, *data)


def _kind(old: Any, new: Any) -> Kind:
    if old is None and isinstance(new, BaseModel):
        return "added"
    if new is None and isinstance(old, BaseModel):
        return "removed"
    # The elements of a list are compared one by one: what is left of the list itself is their order.
    return "reordered" if _listed(old) and _listed(new) else "changed"


# -- both plans as one tree of names --------------------------------------------------------------------------------


def _keyed(value: Any) -> Any:
    """Plain data in which an item of a list stands under its name."""
    if isinstance(value, BaseModel):
        return {name: _keyed(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: _keyed(inner) for key, inner in value.items()}
    if _listed(value):
        return {key: _keyed(item) for key, item in _named(value)}
    return value


def _listed(value: Any) -> bool:
    """Whether it is a list of elements; an empty one may be."""
    return isinstance(value, tuple) and all(isinstance(item, BaseModel) for item in value)


def _named(items: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """The items of a list by name; a name that comes again gets a number."""
    seen: dict[str, int] = {}
    for number, item in enumerate(items):
        name = walk.key_of(item, number)
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name}#{seen[name]}"), item


def _names(value: Any) -> list[str]:
    """The names of what stands directly under it."""
    if isinstance(value, BaseModel):
        return list(type(value).model_fields)
    return list(value) if isinstance(value, dict) else [name for name, _ in _named(value)]


def _step(value: Any, key: str) -> Any:
    """What stands under a name, or None."""
    if isinstance(value, BaseModel):
        return getattr(value, key, None)
    return (value if isinstance(value, dict) else dict(_named(value or ()))).get(key)


def _steps(value: Any, way: Sequence[str]) -> list[Any]:
    """Everything on the way, outermost first."""
    told = []
    for key in way:
        value = _step(value, key)
        told.append(value)
    return told


def _cut(was: Any, now: Any, way: Sequence[str]) -> tuple[str, ...]:
    """The way as far as there are elements on it."""
    for number, sides in enumerate(zip(_steps_open(was, way), _steps_open(now, way), strict=True), start=1):
        if not all(side is None or _open(side) for side in sides):
            return tuple(way[:number])
    return tuple(way)


def _steps_open(value: Any, way: Sequence[str]) -> Iterator[Any]:
    """As `_steps`; beneath what is one value there is nothing."""
    for key in way:
        value = _step(value, key) if value is not None and _open(value) else None
        yield value


def _open(value: Any) -> bool:
    """Whether it has parts that are compared one by one. A condition is one thing."""
    return (isinstance(value, BaseModel | dict) or _listed(value)) and not isinstance(value, When)


def _reordered(was: Any, now: Any, way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The lists whose common elements stand in another order."""
    if not (_open(was) and _open(now)):
        return
    old, new = _names(was), _names(now)
    common = [name for name in old if name in new]
    if _listed(was) and common != [name for name in new if name in old]:
        yield way
    for key in common:
        yield from _reordered(_step(was, key), _step(now, key), (*way, key))


# -- words ----------------------------------------------------------------------------------------------------------


class _Words:
    """Both plans in one language: each side's names come from its own plan."""

    def __init__(self, was: Reader, now: Reader) -> None:
        self.was, self.now, self.lang, self.t = was, now, was.lang, was.t

    def sentence(self, was: Sequence[Any], now: Sequence[Any], way: Sequence[str], kind: Kind) -> str:
        """`level II: signatory X, was Y`."""
        match kind:
            case "changed":
                return self.changed(was, now, way)
            case "reordered":
                side = self.now
                names = self.t("、", ", ").join(_called(side, part, key) for key, part in _named(now[-1]))
                told = self.t(f"次序改为 {names}", f"now in this order: {names}")
                return self.joined(self.subject(was, now, way, named=True), told)
            case "added":
                told = self.t("新增 ", "added ") + _described(self.now, now[-1], way[-1])
            case "removed":
                told = self.t("删去 ", "removed ") + _described(self.was, was[-1], way[-1])
        return self.joined(self.subject(was, now, way[:-1], named=True), told)

    def changed(self, was: Sequence[Any], now: Sequence[Any], way: Sequence[str]) -> str:
        """One value, or one entry under a name, with what it was."""
        before, after = (side[-2] if len(way) > 1 else None for side in (was, now))
        around = before if before is not None else after
        entry = isinstance(around, dict)
        name = way[-2] if entry else way[-1]
        act = _ACTS.get((around.stage, name)) if isinstance(around, Stage) else None
        what = self.t(*act) if act else field(name, self.lang)
        if entry:
            key = _key(self.was, way[-1])
            what += self.t(f"（{key}）", f" ({key})")
        if name == "clause" or name.endswith("clauses"):
            told = f"{what} {self.clauses(was[-1], now[-1])}"
        else:
            old, new = _value(self.was, before, name, was[-1]), _value(self.now, after, name, now[-1])
            told = self.t(f"{what} {new}，原为 {old}", f"{what} {new}, was {old}")
        return self.joined(self.subject(was, now, way[: -2 if entry or act else -1]), told)

    def joined(self, *parts: str) -> str:
        """What it is about, and what is said of it."""
        return self.t("：", ": ").join(filter(None, parts))

    def subject(self, was: Sequence[Any], now: Sequence[Any], way: Sequence[str], named: bool = False) -> str:
        """What it is about: the elements on the way, as people call them. `named`: the list at its end as well."""
        told: list[str] = []
        for number, key in enumerate(way):
            side, part = (self.was, was[number]) if was[number] is not None else (self.now, now[number])
            if number == 0:
                # The chapter is the heading; a list of it is not.
                continue
            if isinstance(part, BaseModel):
                if key not in _TAKEN_FOR_GRANTED:
                    told.append(_called(side, part, key))
            elif named and number == len(way) - 1 and key not in _TAKEN_FOR_GRANTED:
                told.append(field(key, self.lang))
        return self.joined(*told)

    def clauses(self, old: Any, new: Any) -> str:
        """Which were added and which dropped."""
        was, now = ((told,) if isinstance(told, str) else told or () for told in (old, new))
        plus, minus = [c for c in now if c not in was], [c for c in was if c not in now]
        if not plus and not minus:
            return self.t(f"次序 {' '.join(now)}", f"in another order: {' '.join(now)}")
        told = [*([self.t("加 ", "added ") + " ".join(plus)] if plus else [])]
        told += [self.t("去 ", "dropped ") + " ".join(minus)] if minus else []
        return self.t("，", ", ").join(told)


def _called(side: Reader, part: Any, key: str) -> str:
    """An element as people call it."""
    match part:
        case Unit() | Group():
            return part.name
        case Post() | MeasurePack():
            return part.title
        case LevelRule():
            return side.t(f"{level(key, 'zh')}响应", f"level {key}")
        case ColourRule():
            return side.t(f"{word(key, 'zh')}预警", f"{key} warning")
        case NotifyRule():
            return side.t("通知 ", "call of ") + side.unit(part.unit)
        case Stage():
            return word(part.stage, side.lang)
        case Criterion():
            return side.t(f"{part.clause} {level(part.grade, 'zh')}标准", f"{part.clause}, criterion of {part.grade}")
        case Decision():
            return side.t("决定 ", "decision ") + part.id
        case Outside():
            return part.clause
        case Start():
            return side.names(part.units)
        case ChaseStep():
            return f"{word(part.channel, side.lang)} {int(key) + 1}"
        case Against():
            return field("against", side.lang) + f" {part.field}"
        case ApprovalRule() if key in GRADES:
            return side.t(f"{level(key, 'zh')}响应时", f"at level {key}")
    english = getattr(part, "en", "") if side.lang == "en" else ""
    said = english or getattr(part, "says", "") or getattr(part, "id", "")
    return side.t(f"“{said}”", f"'{said}'") if said else field(key, side.lang)


def _described(side: Reader, part: Any, key: str) -> str:
    """An element that only one plan has: its name, and what matters most of it."""
    called = _called(side, part, key)
    told = ""
    match part:
        case TaskRule():
            told = side.t("，", ", ").join(filter(None, side.task(part)[:1] + side.task(part)[2:3]))
        case ReportRule():
            within = span(part.within, side.lang) if part.within else ""
            told = " ".join(filter(None, (f"{side.unit(part.sender)} → {side.unit(part.addressee)}", within)))
        case Post():
            told = side.unit(part.unit)
        case Stage():
            told = side.stage([part], part.stage)
        case Criterion():
            told = f"{side.sum_of(part)} {side.bound(part)}".strip()
        case Decision():
            told = part.choice
        case Outside():
            told = part.reason
        case NotifyRule():
            called, told = side.unit(part.unit), side.when(part.when)
        case LevelRule() | ColourRule():
            told = side.t("，", ", ").join(filter(None, side.approval(part.approval)))
    return side.t(f"{called}（{told}）", f"{called} ({told})") if told else called


def _key(side: Reader, key: str) -> str:
    """The name of an entry that is no element: a grade, a colour, a word of the schema, or itself."""
    if key in GRADES:
        return level(key, side.lang)
    return word(key, side.lang) if key in (*COLOURS, *WORDS) else key


def _value(side: Reader, part: Any, name: str, value: Any) -> str:
    """One field's value as people read it."""
    if value is None or value == "":
        return side.t("未写", "not set")
    if value == () or value == {}:
        # An empty list may be a statement: nobody, everybody.
        return side.t("无", "none")
    referring = {told.field for told in walk.references(part)} if isinstance(part, BaseModel) else set()
    match value:
        case bool():
            return side.t("是", "yes") if value else side.t("否", "no")
        case int():
            return f"{value:,}"
        case timedelta():
            return _span(value, side.lang)
        case When():
            return side.when(value) or side.t("一律", "always")
        case str() if name in referring:
            return side.name(value) if value not in side.plan.groups else side.plan.groups[value].name
        case str() if name in _GRADES and value in GRADES:
            return level(value, side.lang)
        case str():
            return word(value, side.lang) if value in WORDS else side.t(f"“{value}”", f"'{value}'")
        case tuple() if all(isinstance(item, str | tuple) for item in value):
            return side.t("、", ", ").join(_value(side, part, name, item) for item in value)
    return json.dumps(to_jsonable_python(value), ensure_ascii=False)


def _span(length: timedelta, lang: Language) -> str:
    """As `span`; below a minute in seconds, rather than as nothing."""
    seconds = length.total_seconds()
    if seconds % 60 == 0:
        return span(length, lang)
    return f"{seconds:g}秒" if lang == "zh" else f"{seconds:g} s"
