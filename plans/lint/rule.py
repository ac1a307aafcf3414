"""What a rule of the linter is: a small pure function over one layer of a plan that yields what is wrong there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple, Self, TypeVar

from pydantic import BaseModel

from plans import walk
from plans.roster import Roster
from plans.schema import (
    About,
    CommandRules,
    Criterion,
    Disposal,
    Frozen,
    Grading,
    Group,
    NoticeRules,
    Post,
    Preparedness,
    RecoveryRules,
    ReleaseRules,
    Reporting,
    ResponseRules,
    TerminationRules,
    Unit,
    WarningRules,
)

Severity = Literal["high", "medium", "low"]
"""high: changes who acts, when, or at what grade; medium: needs a rule; low: information, never counted."""

SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")

P = TypeVar("P", bound=BaseModel)


class Around(NamedTuple):
    """What a plan is judged against: the national thresholds and fields, the known clauses, the roster, the day."""

    national: tuple[Criterion, ...]
    national_fields: Mapping[str, str]
    """What national rules demand of a report: the words by id."""
    clauses: frozenset[str]
    sections: frozenset[str]
    """The sections that the plan's own text has."""
    roster: Roster | None
    on: date
    claims: tuple[tuple[str, str], ...] = ()
    """What decisions claim to settle and nothing finds, as (decision, finding)."""
    templates: tuple[tuple[str, str, str, str], ...] = ()
    """What is wrong with the plan's own templates, as (file, field, Chinese, English)."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a plan, chapter by chapter, with what stands around it: the same shape for what the plan says and
    for the effective plan. A chapter that the plan does not have is None, or empty."""

    chapters: Mapping[str, Any]
    about: About
    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    groups: Mapping[str, Group]
    grading: Grading
    reporting: Reporting
    notices: NoticeRules
    disposal: Disposal
    response: ResponseRules
    command: CommandRules
    termination: TerminationRules
    recovery: RecoveryRules
    warning: WarningRules | None
    release: ReleaseRules | None
    preparedness: Preparedness | None
    around: Around
    walked: Mapping[str, tuple[Any, tuple[walk.Element, ...]]]
    """Each chapter with its parts and their paths."""

    @classmethod
    def of(cls, chapters: Mapping[str, Any], around: Around, before: Layer | None = None) -> Self:
        """The layer whose chapters these are. Chapters that stood in the layer `before` are not walked again."""
        walked = dict(before.walked) if before else {}
        for name, chapter in chapters.items():
            if name not in walked or walked[name][0] is not chapter:
                walked[name] = (chapter, tuple(walk.elements(chapter, name)))
        return cls(
            chapters=chapters,
            about=chapters["plan"],
            units=chapters["units"],
            posts=chapters["posts"],
            groups=chapters.get("groups") or {},
            grading=chapters["grading"],
            reporting=chapters["reporting"],
            notices=chapters["notices"],
            disposal=chapters["disposal"],
            response=chapters["response"],
            command=chapters["command"],
            termination=chapters["termination"],
            recovery=chapters["recovery"],
            warning=chapters.get("warning"),
            release=chapters.get("release"),
            preparedness=chapters.get("preparedness"),
            around=around,
            walked=walked,
        )

    def called(self, *names: str) -> str:
        """What people call these units or posts."""
        titles = {
            **{name: unit.name for name, unit in self.units.items()},
            **{n: p.title for n, p in self.posts.items()},
        }
        return "、".join(titles.get(name, name) for name in names)

    def parts(self, kind: type[P]) -> Iterator[tuple[str, P]]:
        """Every part of this kind with its path."""
        for _, elements in self.walked.values():
            yield from ((path, part) for path, part in elements if isinstance(part, kind))


class Fault(NamedTuple):
    """What a rule found: where, by which clauses, and what is wrong in Chinese and English."""

    path: str
    clauses: Iterable[str]
    says: str
    en: str


Check = Callable[[Layer], Iterator[Fault]]


class Rule(NamedTuple):
    """A rule: its name, how much its findings weigh, what to do about them, and the function."""

    name: str
    severity: Severity
    do: str
    do_en: str
    check: Check

    @property
    def words(self) -> str:
        """What the rule looks for, Chinese first: the docstring of its function."""
        return " ".join((self.check.__doc__ or "").split())


class Finding(Frozen):
    """One fault of one layer. `rule` and `path` together name it in both layers."""

    rule: str
    severity: Severity
    path: str
    clauses: tuple[str, ...]
    says: str
    en: str
    do: str
    do_en: str

    @property
    def key(self) -> str:
        """As a decision's `settles` names it."""
        return f"{self.rule} {self.path}"


RULES: dict[str, Rule] = {}
"""Every rule by its name, in the order of their modules."""


def rule(name: str, severity: Severity, do: str, do_en: str) -> Callable[[Check], Check]:
    """Register a rule."""

    def registered(check: Check) -> Check:
        RULES[name] = Rule(name, severity, do, do_en, check)
        return check

    return registered


def found(layer: Layer, rules: Iterable[str] | None = None) -> dict[str, Finding]:
    """What the rules (all, or these) find in a layer, by key, in a stable order."""
    findings: dict[str, Finding] = {}
    for name in RULES if rules is None else rules:
        told = RULES[name]
        for fault in told.check(layer):
            finding = Finding(
                rule=name,
                severity=told.severity,
                path=fault.path,
                clauses=tuple(dict.fromkeys(fault.clauses)),
                says=fault.says,
                en=fault.en,
                do=told.do,
                do_en=told.do_en,
            )
            findings.setdefault(finding.key, finding)
    return findings


def cited(part: BaseModel) -> tuple[str, ...]:
    """The clauses that a part itself cites."""
    return tuple(dict.fromkeys(clause for _, clause in walk.cited(part)))
