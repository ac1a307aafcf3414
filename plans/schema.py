"""The shape of a plan: what a government's emergency plan says, chapter by chapter, as frozen data.

A plan is a folder of YAML files, one for each chapter (see `plans.library`). The same models read both layers: what the
plan *says*, where a hole is an empty field, and the *effective* plan, in which `decisions.yaml` has filled the holes.
Field names follow the field's own vocabulary (plan terms, ICS); durations are ISO 8601 and become `timedelta`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# -- words shared by every chapter -------------------------------------------------------------------------------------

Grade = Literal["I", "II", "III", "IV"]
"""Grade of an accident and level of a response; I is the highest."""

Sector = Literal[
    "non-coal-mine",
    "coal-mine",
    "hazardous-chemicals",
    "fireworks",
    "industry-trade",
    "construction",
    "road",
    "fire",
    "special-equipment",
    "other",
]

Circumstance = Literal[
    "residents_threatened",
    "important_facility",
    "border_area",
    "social_influence",
    "support_needed",
    "pollution",
    "other_reportable",
]

Measure = Literal[
    "deaths",
    "missing",
    "out_of_contact",
    "trapped",
    "people_at_risk",
    "serious_injuries",
    "minor_injuries",
    "injuries",
    "hospitalised",
    "threatened_injuries",
    "acute_poisoning",
    "poisoned",
    "evacuated",
    "relocated",
    "direct_loss_yuan",
]
"""A count that a report may carry. Left out is unknown; 0 is a statement."""

Role = Literal["watch", "decider", "signatory", "leader", "unit", "auditor"]
"""What a post may do: keep the watch, decide, sign, lead on scene, answer for a unit, read."""

Leg = Literal["phone", "paper", "copy", "any"]
Trigger = Literal["occurred", "heard", "received", "ordered", "lifted"]
"""The fact that starts a clock: the event, the enterprise hearing of it, receipt on our side, the order in force, or
the lifting of the response."""

ChannelName = Literal["inbox", "webhook", "smtp"]

NationalRole = Literal[
    "watch", "government", "police", "human_resources", "trade_union", "procuratorate", "enterprise",
    "site_government", "congress_committee", "higher_government", "investigation", "archive",
]  # fmt: skip
"""A body that national rules speak of by its function. A national rule names it `@role`; each plan's units say which
of them bears it."""

UnitId = Annotated[str, Field(pattern=r"^(@[a-z_]+|[a-z][a-z0-9_]*)$")]
PostId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
ClauseId = Annotated[str, Field(pattern=r"^(LS|ZS|N|[A-Z]{2,4})-[A-Za-z0-9.()\-]+$")]
Clauses = tuple[ClauseId, ...]

GRADES: tuple[Grade, ...] = ("IV", "III", "II", "I")
"""Lowest first, so that the index is the severity."""


def severity(grade: Grade | None) -> int:
    """Order of grades for comparison: 0 for none, 1 for IV, up to 4 for I."""
    return 0 if grade is None else GRADES.index(grade) + 1


class Part(BaseModel):
    """A piece of a plan: frozen, and an unknown key is a fault rather than a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class When(Part):
    """A condition on the incident; every field that is given must hold, an empty one holds always."""

    grades: tuple[Grade, ...] = ()
    levels: tuple[Grade, ...] = ()
    sectors: tuple[Sector, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    any_count: tuple[Measure, ...] = ()
    """Holds when one of these counts is known and at least 1."""

    @cached_property
    def always(self) -> bool:
        """Whether nothing is asked: every rule of a plan is weighed at every command, and most are of this kind."""
        return self == When()


# -- plan.yaml, units.yaml, posts.yaml ---------------------------------------------------------------------------------


class Jurisdiction(Part):
    name: str
    division_code: Annotated[str, Field(pattern=r"^\d{6}$")]
    tier: Literal["county", "city", "region"]
    time_zone: str = "Asia/Shanghai"
    """In which times are written for people."""
    site_tier: str = ""
    """What the place below is called, e.g. the county or township that owns early disposal."""


class Scope(Part):
    """Which accidents the plan takes: at once, only after a person's confirmation, or not at all."""

    accepts: tuple[Sector, ...]
    confirm: tuple[Sector, ...] = ()
    clauses: Clauses


class About(Part):
    """plan.yaml: what the plan is and where it holds."""

    title: str
    issued: str
    jurisdiction: Jurisdiction
    scope: Scope
    aliases: dict[str, tuple[str, ...]] = {}
    clause_prefix: str
    clauses: Clauses = ()


class Duty(Part):
    """One standing duty of a unit: short wording of ours, with its clause."""

    says: str
    clauses: Clauses
    when: When | None = None


class Unit(Part):
    """A body that is notified, tasked or asked. `by_place` units are found from the incident's own facts."""

    name: str
    kind: Literal["headquarters", "member", "invited", "superior", "party", "by_place"]
    national_role: NationalRole | None = None
    aliases: tuple[str, ...] = ()
    duties: tuple[Duty, ...] = ()
    clauses: Clauses = ()


class Post(Part):
    """A position that a person holds; code speaks of posts, never of people or titles (XP-01)."""

    title: str
    unit: UnitId
    roles: tuple[Role, ...]
    substitutes: tuple[PostId, ...] = ()
    """Who acts when nobody answers, in order."""
    clauses: Clauses = ()


# -- grading.yaml ------------------------------------------------------------------------------------------------------


class Criterion(Part):
    """One threshold: the sum of `counts` in `[at_least, below)` gives `grade`. An open end is left out."""

    clause: ClauseId
    grade: Grade
    counts: tuple[Measure, ...]
    """Measures added together; each counts 0 when unknown, but one of them must be known."""
    at_least: Annotated[int, Field(ge=1)] = 1
    below: int | None = None
    source_kinds: tuple[str, ...] = ()
    """Holds only for these kinds of special equipment."""
    media: tuple[str, ...] = ()
    """Holds only for a leak of one of these media; a medium left out counts as dangerous."""
    equipment_events: tuple[str, ...] = ()
    sectors: tuple[Sector, ...] = ()
    flag: str = ""
    """A mark carried into the verdict, e.g. a literal reading that was added."""


class Grading(Part):
    """grading.yaml: the thresholds, and how counts are read."""

    criteria: tuple[Criterion, ...]
    trapped_counts_as: Literal["missing", "nothing"] | None = None
    out_of_contact_counts_as: Literal["missing", "nothing"] | None = None
    default_grade: Grade | None = None
    """The grade when nothing matches: no accident ends ungraded."""
    floor_yuan: int | None = None
    """Below this loss, with no casualties, the plan expects no activation of its own."""
    confirm_suggestions: tuple[Measure, ...] = ()
    clauses: Clauses = ()


# -- reporting.yaml ----------------------------------------------------------------------------------------------------


class ReportRule(Part):
    """One leg of a reporting chain, with its clock."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    clauses: Clauses
    sender: UnitId
    addressee: UnitId
    leg: Leg
    line: Literal["party", "government", "emergency", "regulator", "side", "neighbour"]
    starts: Trigger | None = None
    within: timedelta | None = None
    """None: the plan gives no number and nobody has decided one yet; no clock runs."""
    soft: bool = False
    """A limit that we set ourselves; only such a clock may be stood down."""
    warn_before: timedelta = timedelta(minutes=10)
    every: timedelta | None = None
    """A follow-up cadence: done once, the clock starts anew."""
    """It ends with the response, or with the end of the incident where no response was started."""
    external: bool = False
    """Owed by somebody else; we record and remind, we do not send."""
    when: When = When()
    says: str = ""


class ReportField(Part):
    id: str
    says: str
    clauses: Clauses


class Reporting(Part):
    """reporting.yaml: who reports to whom, by which leg, until when."""

    rules: tuple[ReportRule, ...]
    fields: tuple[ReportField, ...] = ()
    clauses: Clauses = ()


# -- tasks, notices and approvals, used by several chapters ------------------------------------------------------------


class TaskRule(Part):
    """Work that one unit owes. A conditional task is asked about first (yes or no, with a reason)."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    owner: UnitId
    says: str
    clauses: Clauses
    within: timedelta | None = None
    """None: no number, so no due time."""
    starts: Literal["given", "occurred"] = "given"
    """What `within` counts from: the giving of the task, or the accident."""
    conditional: bool = False
    on_request: bool = False
    """Waits for a request from below."""
    when: When = When()


class NotifyRule(Part):
    """Whom an event calls. `answer` is the chase: the responsible person must answer, else information only."""

    unit: UnitId
    needed: Literal["always", "by_kind", "on_demand"] = "always"
    answer: bool = True
    duty: str = ""
    clauses: Clauses
    when: When = When()


class Stage(Part):
    """One step of an approval: a body or a post acts, any one of `posts` is enough."""

    stage: Literal["decide", "sign"]
    body: UnitId | None = None
    posts: tuple[PostId, ...]
    clauses: Clauses


class ApprovalRule(Part):
    """Who must agree, in order. No answer is chased and passed on, never taken for a yes."""

    stages: tuple[Stage, ...]
    upward: tuple[PostId, ...] = ()
    """Higher authority: asked when nobody else answers, and always able to sign."""
    one_person: Literal["allowed_and_marked", "refused"] = "refused"
    """Whether one person may propose and sign (allowed only by a recorded decision of the plan)."""
    clauses: Clauses


class ApprovalPace(Part):
    """How long an unanswered approval waits before each step, counted from the request, and how long a decision that
    was spoken may stay unsigned."""

    remind_after: timedelta
    substitute_after: timedelta
    upward_after: timedelta
    ratify_within: timedelta
    clauses: Clauses = ()


class ChaseStep(Part):
    """One attempt to reach a recipient: by which channel, and how long to wait for an answer."""

    channel: ChannelName
    wait: timedelta


class NoticeRules(Part):
    """notices.yaml: in which order channels are tried, when a message expires, and what is said."""

    chase: tuple[ChaseStep, ...]
    expires_after: timedelta
    texts: dict[str, str]
    """Text by occasion (`early`, `proposal`, `reminder`, `order`, `lifted`); `{field}` takes a fact of the incident,
    nothing else is expanded."""
    clauses: Clauses = ()


# -- disposal.yaml, response.yaml, command.yaml ------------------------------------------------------------------------


class Disposal(Part):
    """disposal.yaml: first actions, which wait for nobody's signature."""

    tasks: tuple[TaskRule, ...]
    notify: tuple[NotifyRule, ...]
    clauses: Clauses = ()


class LevelRule(Part):
    """One response level: who proposes, decides and signs, what then happens, who is called."""

    approval: ApprovalRule
    measures: tuple[TaskRule, ...]
    notify: tuple[NotifyRule, ...]
    commander: PostId | None = None
    """The on-scene commander once the order is in force; None leaves command where it is."""
    base: Grade | None = None
    """The level whose measures stay in force beneath this one."""
    lift: ApprovalRule | None = None
    """Who ends it; None: who started it."""
    clauses: Clauses


class ResponseRules(Part):
    """response.yaml: the levels, and what an order must state (Emergency Response Law art. 72)."""

    levels: dict[Grade, LevelRule]
    level_for_grade: dict[Grade, Grade] | None = None
    pace: ApprovalPace | None = None
    started: tuple[TaskRule, ...] = ()
    """What every start, change or end of a level brings beside the level's own measures."""
    clauses: Clauses = ()


class CommandRules(Part):
    """command.yaml: who commands on scene before anybody is named, and how command passes."""

    presumed: PostId
    clauses: Clauses


# -- termination.yaml, recovery.yaml -----------------------------------------------------------------------------------


class Condition(Part):
    """One condition of the end. Conditions of one `path` belong together."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    says: str
    clauses: Clauses
    path: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class TerminationRules(Part):
    """termination.yaml: a gate of conditions, then three acts: scene end, teams out, response lifted."""

    conditions: tuple[Condition, ...]
    required: tuple[str, ...]
    """Paths that must each be complete."""
    alternatives: tuple[tuple[str, ...], ...] = ()
    """Of each group of paths one must be complete."""
    people_missing_path: str | None = None
    """The only path by which a response may end while people are unaccounted for."""
    scene_end: ApprovalRule
    withdrawal_clauses: Clauses
    clauses: Clauses = ()


class WindowRule(Part):
    """How long after the event new deaths still count and are reported (order 493 art. 13)."""

    length: timedelta
    sectors: dict[Sector, timedelta] = {}
    clauses: Clauses


class RecoveryRules(Part):
    """recovery.yaml: what is owed after the end, until the file is closed."""

    tasks: tuple[TaskRule, ...]
    casualty_window: WindowRule | None = None
    """None: the national one."""
    clauses: Clauses = ()


# -- decisions.yaml ----------------------------------------------------------------------------------------------------


class Change(Part):
    """One edit of what the plan says: `at` is a path of keys and ids (`grading/criteria/LS-1.4-08/counts`)."""

    at: str
    to: object


class Decision(Part):
    """What was decided where the text is silent or contradicts itself."""

    id: str
    choice: str
    reason: str
    basis: Literal["text", "national", "our_choice"]
    confirmed: bool = False
    """Confirmed by the plan's owner."""
    changes: tuple[Change, ...] = ()


class Plan(Part):
    """A whole plan, effective: what it says, our decisions applied, national rules joined in."""

    name: str
    about: About
    units: dict[UnitId, Unit]
    posts: dict[PostId, Post]
    grading: Grading
    national: Grading
    """The statutory thresholds beside the plan's own, for `statutory_grade`."""
    reporting: Reporting
    notices: NoticeRules
    disposal: Disposal
    response: ResponseRules
    command: CommandRules
    termination: TerminationRules
    recovery: RecoveryRules
    decisions: tuple[Decision, ...] = ()
    silent: tuple[str, ...] = ()
    """Chapters that the folder does not have yet (warning, groups, release, documents)."""
