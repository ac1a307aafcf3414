"""What a document is made from: an incident as it stood when it was drawn up, and who is called what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from incidents.logbook import Entry
from incidents.record import Act, Record
from incidents.report_contents import VERIFYING
from plans.schema import Grade, Measure, Plan
from plans.vocabulary import WORDS

Rows = list[dict[str, str]]
Values = dict[str, str | Rows]
"""What fills a template, by the names of its fields."""

UNSIGNED = "＿" * 4
"""The place where a hand will be."""
TO_WRITE = "（待填写）"
"""What the log can't tell, since somebody must judge it."""
NONE = "无"

_FORMS = {"in_system": "系统内签发", "oral": "口头", "paper": "纸面签字", "elsewhere": "办公系统签发"}
_SOURCES = {
    "county": "县级部门", "hospital": "医院", "fire-brigade": "消防救援", "onsite-hq": "现场指挥部", "caller": "来电人",
    "enterprise": "企业", "media": "媒体网络", "other": "其他",
}  # fmt: skip


_GRADES: Mapping[Grade, str] = {"I": "一", "II": "二", "III": "三", "IV": "四"}
_ORDERS = {
    "N-493": "国务院令第493号", "N-549": "国务院令第549号", "N-708": "国务院令第708号", "N-ERL": "突发事件应对法",
    "N-O21": "安全监管总局令第21号",
}  # fmt: skip
_ARTICLE = re.compile(r"(N-[A-Z0-9]+)(?:-(\d+))?")


class Unfit(LookupError):
    """Nothing in the log that this document could tell, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


class Source(BaseModel):
    """An incident as it stood when a document was drawn up: `record` is what `entries` add up to."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    plan: Plan
    record: Record
    entries: Sequence[Entry]
    made_at: datetime
    about: str = ""
    """Which report, intake, task, instruction, leg or approval it tells of; empty: the last one."""
    number: str = ""
    series: str = ""
    issuer: str = ""
    """Empty: the unit that keeps the watch."""
    drafter: str = ""
    """Who draws it up, as a user."""
    people: Mapping[str, str] = {}
    """Names by user."""
    phones: Mapping[str, str] = {}
    """Of units, as the directory has them."""
    taken: Mapping[str, str | Rows] = {}
    """The intake's sheet, where the incident began with one."""

    # -- who and when --------------------------------------------------------------------------------------------------

    @cached_property
    def zone(self) -> ZoneInfo:
        """In which times are written here."""
        return ZoneInfo(self.plan.about.jurisdiction.time_zone)

    def when(self, at: datetime | str | None) -> str:
        """An instant as it is written in a document: `7月3日09:22`."""
        told = datetime.fromisoformat(at) if isinstance(at, str) else at
        if told is None:
            return VERIFYING
        here = told.astimezone(self.zone)
        return f"{here.month}月{here.day}日{here:%H:%M}"

    def dated(self, at: datetime | str | None) -> str:
        """With the year."""
        told = datetime.fromisoformat(at) if isinstance(at, str) else at
        return VERIFYING if told is None else f"{told.astimezone(self.zone).year}年{self.when(told)}"

    def day(self, at: datetime) -> str:
        """The date that an official paper bears."""
        here = at.astimezone(self.zone)
        return f"{here.year}年{here.month}月{here.day}日"

    def unit(self, name: str) -> str:
        """A unit, post or group by its name in the plan; what the plan does not know stays in its own words."""
        plan = self.plan
        if name in plan.units:
            return plan.units[name].name
        if name in plan.posts:
            return plan.posts[name].title
        return plan.groups[name].name if name in plan.groups else name

    def units(self, names: Iterable[str]) -> str:
        """Several, none of them twice."""
        return "、".join(dict.fromkeys(self.unit(name) for name in names))

    def person(self, user: str) -> str:
        """A person by name."""
        return "系统" if user == "system" else self.people.get(user, user)

    def phone(self, unit: str) -> str:
        """The number at which a unit is reached: the directory's, else the one that the plan prints."""
        return self.phones.get(unit) or (self.plan.units[unit].phone if unit in self.plan.units else "") or VERIFYING

    def cite(self, clauses: Iterable[str], short: bool = False) -> str:
        """Clauses as people cite them: the plan's sections, the articles of orders and laws; `short` in a table."""
        own, others = f"{self.plan.about.clause_prefix}-", []
        title = "预案" if short else f"《{self.plan.about.title}》"
        sections = dict.fromkeys(clause.removeprefix(own).split("-")[0] for clause in clauses if clause.startswith(own))
        for clause in clauses:
            if found := _ARTICLE.match(clause):
                order = _ORDERS.get(found[1], found[1])
                others.append(order if short or not found[2] else f"{order}第{found[2]}条")
        return "；".join([*([title + "、".join(sections)] if sections else []), *dict.fromkeys(others)])

    def hand(self, act: Act) -> str:
        """In which form somebody decided or signed, and the hand that came under it later."""
        told = _FORMS[act.form]
        if act.form == "in_system" or (act.hand == "signed" and act.signed_at is None):
            return told
        if act.hand == "signed":
            return f"{told}，{self.when(act.signed_at)}补签"
        return f"{told}，有异议" if act.hand == "disputed" else f"{told}，待补签"

    def watch(self) -> str:
        """The unit that keeps the watch, by id; empty: the plan has none."""
        return self.plan.watch or ""

    # -- entries -------------------------------------------------------------------------------------------------------

    def of(self, *kinds: str, **told: Any) -> Iterator[Entry]:
        """Entries of these kinds that say this."""
        for entry in self.entries:
            if entry.kind in kinds and all(entry.data.get(name) == value for name, value in told.items()):
                yield entry

    def last(self, *kinds: str, **told: Any) -> Entry | None:
        """The last of them."""
        return next(reversed([*self.of(*kinds, **told)]), None)

    def pick(self, known: Sequence[str], zh: str, en: str) -> str:
        """Which of several it tells of: the one that was asked for, else the last. Raises `Unfit`."""
        if not known:
            raise Unfit(f"尚无{zh}", f"no {en} yet")
        if self.about and self.about not in known:
            raise Unfit(
                f"没有{zh} {self.about}；现有 {'、'.join(known)}", f"no {en} '{self.about}'; known: {', '.join(known)}"
            )
        return self.about or known[-1]

    def unfit(self, zh: str, en: str) -> NoReturn:
        """Refuse, in words."""
        raise Unfit(zh, en)


def people(figures: Mapping[Measure, int], asked: Sequence[Measure]) -> str:
    """People by these figures; of what is asked about and nobody told it is said so, never nought."""
    known = [f"{WORDS[name]}{n}人" for name, n in figures.items() if name != "direct_loss_yuan"]
    open_ = [WORDS[name] for name in asked if name not in figures]
    return "，".join([*known, *([f"{'、'.join(open_)}{VERIFYING}"] if open_ else [])])


def counted(figures: Mapping[Any, int], *names: str) -> str:
    """How many, of the first of these that was told."""
    return next((f"{figures[name]}人" for name in names if name in figures), VERIFYING)


def loss(figures: Mapping[Measure, int]) -> str:
    """A loss in yuan as it is written: in units of ten thousand, where it is as large."""
    if (yuan := figures.get("direct_loss_yuan")) is None:
        return VERIFYING
    return f"{yuan / 10_000:g}万元" if yuan >= 10_000 else f"{yuan}元"


def grade(told: Grade) -> str:
    """A grade or level as papers write it: 一 to 四."""
    return _GRADES[told]


def origin(source: str | None) -> str:
    """Who told a figure, by the kind of source."""
    return _SOURCES.get(source or "", source or VERIFYING)


def sentence(words: str) -> str:
    """Words that stand in the middle of a sentence of the template, which has its own full stop."""
    return words.strip().rstrip("。；;.，, ")


def some(words: Sequence[str], most: int) -> str:
    """The first few of many, and how many there are."""
    told = [*dict.fromkeys(map(sentence, words))]
    return "；".join(told[:most]) + (f"等{len(told)}项" if len(told) > most else "")


def lines(rows: Rows, *columns: str) -> Rows:
    """Rows, or an empty one to be filled in by hand: a form is never without a line."""
    return rows or [dict.fromkeys(columns, "")]
