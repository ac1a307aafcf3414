"""How far a plan's clauses have come: each homed on an element that does what its kind needs, then exercised.

A clause is *homed* when an element of the effective plan cites it and `HOMES` has that element for the clause's kind;
it is *outside* when the plan says, with a reason, that it asks nothing of an incident; it is *exercised* when the
element that homes it was acted on in a recorded run, by an entry that cites it, or when a test asserted its result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from plans import walk
from plans.library import ClauseRow
from plans.schema import (
    About,
    Adjustment,
    ApprovalRule,
    Attention,
    Base,
    Bounds,
    ClauseId,
    ColourRule,
    CommandRules,
    Condition,
    Criterion,
    DrillRule,
    Duty,
    Factors,
    Formation,
    Frozen,
    Group,
    Handling,
    Handover,
    Item,
    LevelChange,
    LevelRule,
    Lifting,
    MeasurePack,
    Naming,
    NotifyRule,
    OnSiteHq,
    Outside,
    Part,
    Plan,
    Post,
    Power,
    Proposal,
    Publisher,
    RecoveryRules,
    ReleaseRule,
    ReleaseRules,
    ReportField,
    ReportRule,
    ReportTrigger,
    Requisition,
    Resource,
    Revision,
    Scale,
    Scope,
    Stage,
    Start,
    TaskRule,
    Unit,
    Withdrawal,
    Work,
)


class Home(NamedTuple):
    """A kind of element that can do what a clause asks.

    It must stand `at` such a path, cite the clause in `field`, and `has` names what it must have: a field that is
    filled (`starts`), one of several (`within|every`), or a field with one value (`kind=classified`).
    """

    model: type[Part]
    has: tuple[str, ...] = ()
    at: str = "*"
    field: str = "clauses"

    def takes(self, site: Site) -> bool:
        """Whether the element at `site` is such a home."""
        return (
            isinstance(site.part, self.model)
            and site.field == self.field
            and fnmatchcase(site.path, self.at)
            and all(_filled(site.part, need) for need in self.has)
        )

    def words(self) -> str:
        """What is needed, in one line."""
        needs = [
            *([f"with {', '.join(self.has)}"] if self.has else []),
            *([f"at {self.at}"] if self.at != "*" else []),
            *([f"citing it in {self.field}"] if self.field not in ("clauses", "clause") else []),
        ]
        return " ".join((self.model.__name__, *needs))


class Site(NamedTuple):
    """Where a clause stands: an element, its path, and the field that cites the clause."""

    path: str
    part: Any
    field: str


class Deed(NamedTuple):
    """One entry of a recorded run, as far as coverage reads it."""

    kind: str
    clauses: frozenset[str]
    data: Mapping[str, Any]


class Act(NamedTuple):
    """What an entry of one kind acts on; `only` where its data says so."""

    models: tuple[type[Part], ...]
    only: Mapping[str, Any] = {}


_TIMED = ("sender", "addressee", "starts", "within|every")

HOMES: Mapping[str, tuple[Home, ...]] = {
    "grading": (
        Home(Criterion, ("counts|equipment_events",), field="clause"),
        Home(Scale),
        Home(Factors, ("named", "may")),
        Home(Bounds),
    ),
    "report-deadline": (Home(ReportRule, _TIMED), Home(ReportTrigger), Home(Handling)),
    "follow-up-report": (Home(ReportRule, _TIMED), Home(Handling)),
    "report-content": (Home(Item, at="reporting/fields/*"), Home(Handling, ("kind=classified",))),
    "early-disposal": (Home(TaskRule, at="disposal/*"),),
    "response-measure": (
        Home(TaskRule, at="response/*"),
        Home(TaskRule, at="disposal/*"),
        Home(Work, at="command/onsite_hq/tasks/*"),
        Home(Work, at="groups/*/tasks/*"),
        Home(Base),
        Home(MeasurePack, ("title",)),
        Home(NotifyRule, at="response/levels/*"),
    ),
    "response-authority": (
        Home(Stage, ("posts",), at="response/*"),
        Home(Proposal, at="response/*"),
        Home(LevelRule),
        Home(Power),
        Home(Start, ("units",)),
        Home(Attention),
    ),
    "escalation": (
        Home(Stage, ("posts",), at="response/*"),
        Home(Proposal, at="response/*"),
        Home(LevelChange),
        Home(Handover),
        Home(Power),
        Home(Adjustment),
        Home(TaskRule),
        Home(Work, at="command/onsite_hq/tasks/*"),
    ),
    "command": (
        Home(Post, ("roles",)),
        Home(OnSiteHq, ("head",)),
        Home(Formation, ("by",)),
        Home(Naming, ("by", "posts")),
        Home(Power),
        Home(LevelRule, ("commander",), field="commander_clauses"),
        Home(TaskRule, at="response/*"),
        Home(Work, at="command/onsite_hq/tasks/*"),
        Home(CommandRules, field="presumed_clauses"),
    ),
    "handover": (Home(Handover, ("giver", "taker")),),
    "unit-duty": (Home(Duty, at="units/*"),),
    "group": (Home(Group, ("lead",)), Home(Work, at="groups/*/tasks/*"), Home(Duty, at="units/*")),
    "org": (Home(Unit), Home(Post, ("roles",)), Home(Group, ("lead",)), Home(OnSiteHq), Home(Scope), Home(About)),
    "warning-authority": (
        Home(ColourRule),
        Home(Stage, ("posts",), at="warning/*"),
        Home(Proposal, at="warning/*"),
        Home(ApprovalRule, ("stages",), at="warning/*"),
        Home(Publisher),
        Home(Adjustment),
        Home(TaskRule, at="warning/watch/*"),
        Home(Duty, ("phase=warning",)),
        Home(Item, at="warning/review/*"),
    ),
    "warning-content": (Home(Item, at="warning/*"),),
    "warning-measure": (Home(TaskRule, at="warning/*"),),
    "info-release": (
        Home(ReleaseRule),
        Home(ReleaseRules, ("managed_by",)),
        Home(TaskRule),
        Home(Item, at="release/content/*"),
        Home(Duty, ("phase=release",)),
        Home(Work),
    ),
    "termination-condition": (Home(Condition),),
    "termination-procedure": (
        Home(ApprovalRule, ("stages",), at="termination/scene_end"),
        Home(Stage, ("posts",), at="termination/*"),
        Home(Condition),
        Home(Withdrawal),
        Home(Lifting),
    ),
    "aftermath": (
        Home(TaskRule, at="recovery/*"),
        Home(Work, at="groups/*/tasks/*"),
        Home(Work, at="command/onsite_hq/tasks/*"),
        Home(RecoveryRules, ("led_by",)),
        Home(Requisition, ("paid_by",), field="payment_clauses"),
    ),
    "investigation": (Home(TaskRule), Home(Work)),
    "archive": (Home(TaskRule, at="recovery/*"),),
    "reward-accountability": (Home(TaskRule, at="recovery/*"), Home(Duty, ("phase=standing",))),
    "resource": (Home(Resource), Home(Duty, ("phase=standing",))),
    "mobilisation": (Home(Requisition), Home(TaskRule, at="disposal/*"), Home(TaskRule, at="response/*")),
    "drill": (Home(DrillRule), Home(Duty)),
    "protection": (Home(TaskRule), Home(Work)),
    "plan-management": (Home(Revision), Home(Duty)),
    "other": (Home(Scope), Home(Resource), Home(Duty), Home(Power)),
}
"""What each kind of clause needs. A model stands for those built on it: a `Work` may be a `TaskRule` or a `Duty`."""

PROMPT: tuple[Home, ...] = (
    Home(TaskRule, at="warning/watch/*"),
    Home(Work, at="command/onsite_hq/tasks/*"),
    Home(Work, at="groups/*/tasks/*"),
)
"""What may home a report that is owed promptly, without a number: it is work of whoever owes it."""

OUTSIDE: tuple[str, ...] = ("other", "plan-management", "org")
"""The kinds of clauses that may ask nothing of an incident."""

ACTS: Mapping[str, Act] = {
    "warning_opened": Act((Item,)),
    "warning_determined": Act((ColourRule, Adjustment, ApprovalRule)),
    "warning_submitted": Act((Publisher, Item)),
    "warning_published": Act((Publisher, Item)),
    "became_accident": Act((CommandRules, Scope)),
    "opened": Act((CommandRules, Scope)),
    "attention_raised": Act((Attention,)),
    "response_begun": Act((Start,)),
    "proposed": Act((Proposal,)),
    "approval_answered": Act((Stage,)),
    "level_ordered": Act((LevelRule, Base, LevelChange)),
    "onsite_hq_formed": Act((OnSiteHq,)),
    "onsite_hq_reformed": Act((Formation,)),
    "group_formed": Act((Group,)),
    "group_set": Act((Group,)),
    "command_taken": Act((LevelRule,)),
    "command_passed": Act((Post, Handover)),
    "post_named": Act((Naming,)),
    "post_confirmed": Act((Naming,)),
    "handover_accepted": Act((Handover,)),
    "function_passed": Act((Handover,)),
    "checked_in": Act((Handover,)),
    "task_assigned": Act((Power,)),
    "support_answered": Act((Resource,)),
    "instruction_received": Act((Unit,)),
    "instruction_closed": Act((Duty,)),
    "pack_chosen": Act((MeasurePack,)),
    "release_published": Act((ReleaseRule, ReleaseRules, Item)),
    "requisitioned": Act((Requisition,)),
    "task_moved": Act((Work,), {"outcome": "done"}),
    "clock_done": Act((ReportRule, ReportTrigger, ReportField, Handling)),
    "level_skipped": Act((Handling,)),
    "classified_sent": Act((Handling,)),
    "report_flagged": Act((Handling,)),
    "report_drafted": Act((ReportField,)),
    "clock_void": Act((ReportRule,)),
    "clock_missed": Act((ReportRule,)),
    "clock_stood_down": Act((ReportRule,)),
    "notice_answered": Act((NotifyRule,)),
    "condition_found": Act((Condition,), {"holds": True}),
    "end_approved": Act((ApprovalRule,)),
    "withdrawn": Act((Withdrawal,)),
    "response_lifted": Act((Lifting,)),
    "nothing_to_lift": Act((Lifting,)),
    "revision_opened": Act((Revision,)),
}
"""Which entries act on an element of the plan. Giving a task, starting a clock and sending a notice are not acts."""

ASSERTED: tuple[Home, ...] = (
    *HOMES["grading"],
    Home(Post),
    Home(LevelRule, ("commander",), field="commander_clauses"),
)
"""What is exercised by a test that asserts its result rather than by an entry."""


class Coverage(Frozen):
    """The figures, in the contract's shape: `homed`, `outside` and `unhomed` add up to `total`."""

    plan: str
    total: int
    homed: int
    exercised: int
    outside: tuple[Outside, ...] = ()
    unhomed: tuple[ClauseId, ...] = ()
    unexercised: tuple[ClauseId, ...] = ()
    """Homed, and not exercised yet."""


def coverage(plan: Plan, rows: Sequence[ClauseRow], deeds: Iterable[Deed], asserted: Iterable[str]) -> Coverage:
    """The figures of a plan over these of its clauses, from recorded entries and from clauses that tests asserted."""
    stands = sites(plan)
    homes = {row.clause: homes_of(row, stands.get(row.clause, ())) for row in rows}
    exempt = {outside.clause: outside for outside in plan.outside}
    outside = [exempt[row.clause] for row in rows if row.clause in exempt and row.kind in OUTSIDE]
    # What is said to be outside counts as outside, wherever else it stands.
    left = {row.clause for row in rows} - {item.clause for item in outside}
    homed = [row.clause for row in rows if row.clause in left and homes[row.clause]]
    done = frozenset(exercised(homes, deeds, asserted))
    return Coverage(
        plan=plan.name,
        total=len(rows),
        homed=len(homed),
        exercised=sum(clause in done for clause in homed),
        outside=tuple(outside),
        unhomed=tuple(row.clause for row in rows if row.clause in left and not homes[row.clause]),
        unexercised=tuple(clause for clause in homed if clause not in done),
    )


def sites(plan: Plan) -> dict[str, tuple[Site, ...]]:
    """Where each clause stands, by clause."""
    found: dict[str, list[Site]] = {}
    for path, part in walk.elements(plan):
        for field, clause in walk.cited(part):
            found.setdefault(clause, []).append(Site(path, part, field))
    return {clause: tuple(places) for clause, places in found.items()}


def homes_of(row: ClauseRow, stands: Sequence[Site]) -> tuple[Site, ...]:
    """Which of the places where a clause stands home it; none: it is unhomed."""
    homes = HOMES.get(row.kind, ())
    if row.kind == "report-deadline" and not any(sign.isdigit() for sign in row.deadline):
        homes = (*homes, *PROMPT)
    return tuple(site for site in stands if any(home.takes(site) for home in homes))


def exercised(homes: Mapping[str, Sequence[Site]], deeds: Iterable[Deed], asserted: Iterable[str]) -> Iterator[str]:
    """The clauses whose home was acted on by an entry that cites them, or whose result a test asserted."""
    acted: dict[str, set[type[Part]]] = {}
    for deed in deeds:
        act = ACTS.get(deed.kind)
        if act is not None and all(deed.data.get(key) == value for key, value in act.only.items()):
            for clause in deed.clauses:
                acted.setdefault(clause, set()).update(act.models)
    by_test = frozenset(asserted)
    for clause, places in homes.items():
        models = tuple(acted.get(clause, ()))
        told = clause in by_test and any(home.takes(site) for site in places for home in ASSERTED)
        if told or any(isinstance(site.part, models) for site in places):
            yield clause


def _filled(part: Part, need: str) -> bool:
    name, sign, value = need.partition("=")
    if sign:
        return bool(getattr(part, name) == value)
    return any(getattr(part, one, None) not in (None, "", (), {}) for one in need.split("|"))
