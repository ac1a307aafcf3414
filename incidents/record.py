"""The record: what the entries add up to. The state of an incident is the fold of its logbook, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incidents.accident import Count, Facts
from incidents.logbook import Head
from plans.schema import Grade, Measure, Stage
from statecharts.approval import APPROVAL, HAND
from statecharts.clock import CLOCK
from statecharts.command import COMMAND
from statecharts.lifecycle import LIFECYCLE
from statecharts.notice import NOTICE
from statecharts.task import TASK

Kind = Literal["live", "drill"]
What = Literal["level", "extension", "scene_end", "lift", "release"]
"""What an approval is about."""
Form = Literal["in_system", "oral", "paper", "elsewhere"]
"""How a decision was given: in an own session, by word of mouth, on a signed sheet, or in another office system."""


class Part(BaseModel):
    """A piece of the record: frozen, replaced and never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def but(self, **changes: Any) -> Self:
        """A copy with these fields changed."""
        return self.model_copy(update=changes)


class Grades(Part):
    """`computed` follows verified counts both ways, `standing` rises with it and is otherwise moved only by a named
    person, `statutory` takes confirmed deaths alone, `may_be` takes every count that anybody told and suggestions."""

    computed: Grade
    standing: Grade
    statutory: Grade
    may_be: Grade


class Clock(Part):
    """A deadline: an instant fixed by the fact that started it. `verdict` is its place in the clock chart."""

    id: str
    rule: str = ""
    """The plan's rule that it follows; empty: set by hand."""
    says: str
    clause: str = ""
    sender: str = ""
    addressee: str = ""
    leg: str = ""
    soft: bool
    external: bool = False
    starts_at: AwareDatetime
    due_at: AwareDatetime
    warn_at: AwareDatetime
    done_at: AwareDatetime | None = None
    received_by: str = ""
    verdict: str = CLOCK.initial


class Step(Part):
    """One attempt to reach a recipient: by which channel, and how long to wait for an answer."""

    channel: str
    wait: timedelta


class Recipient(Part):
    """Where one unit or post stands in a notice; `step` counts the attempts from 0."""

    unit: str
    duty: str = ""
    clauses: tuple[str, ...] = ()
    """By which it is called."""
    step: int = 0
    state: str = NOTICE.initial
    answered_by: str = ""


class Notice(Part):
    """A message to units, chased by steps until the responsible person answers, or sent for information only."""

    id: str
    text: str
    steps: tuple[Step, ...]
    chased: bool = True
    """False: for information; what the channel accepted is enough."""
    recipients: Mapping[str, Recipient]
    chase_at: AwareDatetime | None = None
    """When those who have not answered are tried by the next step; None before the first sending."""


class Task(Part):
    """Work that one unit owes. `state` is its place in the task chart."""

    id: str
    rule: str
    owner: str
    clauses: tuple[str, ...] = ()
    due_at: AwareDatetime | None = None
    state: str = TASK.initial


class Act(Part):
    """What one person said at one stage of an approval, and the hand under it."""

    stage: Literal["decide", "sign"]
    answer: Literal["yes", "no"]
    post: str
    user: str
    form: Form
    at: AwareDatetime
    recorded_by: str = ""
    read_back: bool | None = None
    words: str = ""
    """As the recorder wrote them down."""
    confirmed_by: str = ""
    """The second person on watch who stood by when it was recorded."""
    called_back_by: str = ""
    """Who rang the speaker's number and heard the same."""
    hand: str = HAND.initial


class Approval(Part):
    """A proposal on its way. `digest` is the SHA-256 of what is approved: an approval holds for nothing else."""

    id: str
    what: What
    level: Grade | None = None
    asks: Mapping[str, Any]
    digest: str
    proposed_by: str
    proposed_at: AwareDatetime
    asked_at: AwareDatetime
    """When the stage that waits was asked."""
    stages: tuple[Stage, ...]
    upward: tuple[str, ...] = ()
    one_person: bool = False
    acts: tuple[Act, ...] = ()
    reached: int = 0
    """How far silence has carried it: 0 asked, 1 reminded, 2 substitutes asked, 3 asked upward."""
    state: str = APPROVAL.initial
    effected: bool = False

    def stage(self) -> Stage | None:
        """The stage that waits for an answer."""
        wanted = {"deciding": "decide", "signing": "sign"}.get(self.state)
        return next((stage for stage in self.stages if stage.stage == wanted), None)


class Commander(Part):
    """Who commands on scene."""

    post: str
    user: str = ""
    since: AwareDatetime
    how: str
    state: str = COMMAND.initial


class Tick(Part):
    """One condition of the end, as somebody found it."""

    holds: bool
    by: str
    post: str
    at: AwareDatetime
    evidence: tuple[str, ...] = ()


class Departure(Part):
    """An act that departed from the plan or is disputed: it stands on the first page of the dossier."""

    seq: int
    kind: Literal["deviation", "dispute"]
    says: str
    clauses: tuple[str, ...] = ()
    ordered_by: str = ""
    reason: str = ""
    effects: tuple[str, ...] = ()
    """The kinds of what it changed."""


class Release(Part):
    """A text for the public: what it says, where its figures come from, and how far it has come."""

    id: str
    rule: str
    approval: str = ""
    text: str
    figures: Mapping[Measure, int] = {}
    report: str = ""
    """The report that the figures come from, by its deadline."""
    published_at: AwareDatetime | None = None
    publisher: str
    corrected_by: str = ""
    """Who corrected or withdrew it, by one officer's act."""
    correction: Literal["", "correction", "withdrawal"] = ""
    confirmed_by: str = ""
    """The second person, afterwards."""


class FalseAlarm(Part):
    """Nothing happened, or the same accident was opened twice; a second person confirms it."""

    reason: str
    found_by: str
    declared_by: str
    duplicate_of: str = ""
    confirmed_by: str = ""


class Record(Part):
    """The folded state of one incident, as carried across continue-as-new."""

    id: str
    kind: Kind = "live"
    plan: str = ""
    plan_hash: str = ""
    opened_at: AwareDatetime | None = None
    head: Head = Head()
    phase: str = LIFECYCLE.initial
    opening: str = ""
    """SHA-256 of the facts it was opened with: the same report again opens nothing."""
    facts: Facts | None = None
    counts: Mapping[Measure, Count] = {}
    """Verified or official: these move the grade."""
    hearsay: Mapping[Measure, Count] = {}
    """Told by nobody official and not verified: shown beside."""
    grades: Grades | None = None
    level: Grade | None = None
    ordered_at: AwareDatetime | None = None
    weighed: Grade | None = None
    """The computed grade when a level was last laid before those who decide."""
    lifted_at: AwareDatetime | None = None
    reopened_at: AwareDatetime | None = None
    superior_ended: str = ""
    """What the superior that commands decided of the end: its own decision comes first."""
    commander: Commander | None = None
    approvals: Mapping[str, Approval] = {}
    clocks: Mapping[str, Clock] = {}
    notices: Mapping[str, Notice] = {}
    tasks: Mapping[str, Task] = {}
    conditions: Mapping[str, Tick] = {}
    evidence: Mapping[str, str] = {}
    """Files by SHA-256, with their names."""
    departures: tuple[Departure, ...] = ()
    leads: Mapping[str, str] = {}
    """Who leads a group in fact, where the plan names another."""
    onsite_hq: str = ""
    """Where the on-site headquarters was formed otherwise than the plan has it."""
    releases: Mapping[str, Release] = {}
    requisitions: tuple[int, ...] = ()
    """The entries by which goods were taken for the rescue."""
    false_alarm: FalseAlarm | None = None
    told_figures: Mapping[Measure, int] | None = None
    """The figures at the end, or as last told again within the casualty window."""
    support_asked: bool = False
    archive: str = ""
    """SHA-256 of the dossier's manifest, once it is written."""
    window_ends: AwareDatetime | None = None
    """Until then new deaths still count (order 493 art. 13)."""

    @property
    def closed(self) -> bool:
        """Whether nothing more can come."""
        return self.phase == "closed"

    def known(self) -> Facts:
        """The facts of an opened incident."""
        if self.facts is None:
            raise ValueError(f"incident {self.id} is not opened")
        return self.facts

    def figures(self) -> dict[Measure, int]:
        """The ledger's counts now, verified or official."""
        return {measure: count.n for measure, count in self.counts.items()}

    def standing(self) -> Grade:
        """The grade that stands in an opened incident."""
        if self.grades is None:
            raise ValueError(f"incident {self.id} is not graded")
        return self.grades.standing


def fresh(name: str, taken: Mapping[str, Any]) -> str:
    """`name`, or the first of `name-2`, `name-3`, ... that is not taken."""
    if name not in taken:
        return name
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"
