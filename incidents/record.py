"""The record: what the entries add up to. The state of an incident is the fold of its logbook, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict

from incidents.accident import Count, CountSource, Facts, State
from incidents.assessment import Assessment
from incidents.logbook import Head
from plans.schema import Colour, Grade, Measure, Stage
from statecharts.approval import APPROVAL, HAND
from statecharts.clock import CLOCK
from statecharts.command import COMMAND
from statecharts.handover import HANDOVER
from statecharts.instruction import INSTRUCTION
from statecharts.lifecycle import LIFECYCLE
from statecharts.notice import NOTICE
from statecharts.rescue import RESCUE
from statecharts.task import TASK
from statecharts.warning import WARNING

Kind = Literal["live", "drill"]
Form = Literal["in_system", "oral", "paper", "elsewhere"]
"""How a decision was given: in an own session, by word of mouth, on a signed sheet, or in another office system."""


class Part(BaseModel):
    """A piece of the record: frozen, replaced and never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def but(self, **changes: Any) -> Self:
        """A copy with these fields changed: what `model_copy` gives, in a third of its time. Commands make many."""
        copied = type(self).__new__(type(self))
        put = object.__setattr__
        put(copied, "__dict__", {**self.__dict__, **changes})
        put(copied, "__pydantic_fields_set__", self.__pydantic_fields_set__ | changes.keys())
        put(copied, "__pydantic_extra__", None)
        put(copied, "__pydantic_private__", None)
        return copied


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
    triggers: tuple[str, ...] = ()
    """Which of its rule's triggers held when it started."""
    starts_at: AwareDatetime
    due_at: AwareDatetime
    warn_at: AwareDatetime
    done_at: AwareDatetime | None = None
    received_by: str = ""
    disputed: str = ""
    """What is said against its receipt, as long as that is open."""
    verdict: str = CLOCK.initial

    @property
    def late_by(self) -> timedelta | None:
        """By how much it was done too late; None: it was not, or is not done."""
        return self.done_at - self.due_at if self.done_at and self.verdict == "late" else None


class Report(Part):
    """One report of the chain (首报、续报、终报): its figures stand as of an instant, whatever comes later."""

    id: str
    stage: Literal["first", "follow_up", "final"]
    n: int
    """Which follow-up, from 1 on; 0 for the first and the final one."""
    follows: str = ""
    """The report before it."""
    as_at: AwareDatetime
    figures: Mapping[Measure, int] = {}
    drafted_by: str
    legs: tuple[str, ...] = ()
    """The legs by which it went out."""


class Chaser(Part):
    """Somebody above presses for a report or an answer (催报)."""

    id: str
    by: str
    clock: str = ""
    words: str
    at: AwareDatetime
    answered_at: AwareDatetime | None = None
    answer: str = ""


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
    """The plan's rule that brought it; empty: somebody ordered it."""
    says: str
    owner: str
    clauses: tuple[str, ...] = ()
    due_at: AwareDatetime | None = None
    group: str | None = None
    """The group on scene for which its owner, the lead, answers."""
    ordered_by: str | None = None
    """The post that ordered it."""
    instruction: str | None = None
    """The leader's instruction that it carries out."""
    progress: str | None = None
    """The last step that was reported."""
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
    signed_at: AwareDatetime | None = None
    """When the hand came under it afterwards: a signed sheet, or ratified in an own session."""


What = Literal[
    "level",
    "extension",
    "scene_end",
    "lift",
    "release",
    "warning",
    "warning_adjust",
    "warning_lift",
    "warning_ahead",
]
"""What an approval lets go out. `warning_ahead`: the prior authorisation of warnings that are still to come."""


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
    """Who commands on scene, from an instant until the next one does."""

    post: str
    user: str = ""
    since: AwareDatetime
    how: str
    state: str = COMMAND.initial
    seq: int = 0
    """The entry by which command came to them."""


class Arrival(Part):
    """A leader who is at the scene. `taken` says that the level's rule has been applied to this arrival."""

    post: str
    user: str
    since: AwareDatetime
    taken: bool = False


class Guide(Part):
    """A superior who guides and takes nothing over; the post is in the superior's own words."""

    post: str
    user: str
    since: AwareDatetime


class Deputy(Part):
    """A deputy on scene: named, and confirmed once the commander has said so."""

    post: str
    user: str
    named_by: str
    confirmed: bool = False


class Offer(Part):
    """Command that was offered with a briefing; `state` is its place in the handover chart."""

    id: str
    giver: str
    taker: str
    rule: str = ""
    """The plan's handover that it follows; empty: none."""
    at: AwareDatetime
    state: str = HANDOVER.initial


class OnScene(Part):
    """A group at work: who leads it and who belongs to it."""

    lead: str
    members: tuple[str, ...] = ()


class OnSite(Part):
    """The on-site headquarters once it is formed."""

    unit: str
    since: AwareDatetime
    place: str = ""
    """Where it was formed otherwise than the plan has it; empty: as the plan says."""
    groups: Mapping[str, OnScene] = {}
    formation: str = ""
    """Which of the plan's formations it has now; empty: the plan knows one only."""


class Force(Part):
    """What one unit has at the scene, as it signed in."""

    unit: str
    leader: str
    people: int
    vehicles: int = 0
    phone: str = ""
    at: AwareDatetime


class Support(Part):
    """A request for support, and what was answered: who sends what, until when, or why nobody comes."""

    id: str
    by: str
    need: str
    at: AwareDatetime
    answer: Literal["", "yes", "no"] = ""
    answered_by: str = ""
    what: str = ""
    eta: AwareDatetime | None = None


class ReportFault(Part):
    """A report that was late, false, concealed or omitted: it stands on the first page of the dossier."""

    fault: Literal["late", "false", "concealed", "omitted"]
    sender: str
    words: str
    remedy: str
    report: str = ""
    """The leg, by its deadline, where it was one of these."""
    at: AwareDatetime


class Instruction(Part):
    """A leader's instruction, in the words that were said, until it is reported back and closed."""

    id: str
    leader: str
    post: str
    government: str
    body: str = ""
    """The body of the plan that hands it down."""
    words: str
    received_at: AwareDatetime
    read_back: bool | None = None
    contradicts: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    settled: str = ""
    """What the commander decided where it contradicts another one."""
    state: str = INSTRUCTION.initial


class Inside(Part):
    """A team inside a zone. `clock` is the deadline by which it must be out, where the zone has one."""

    leader: str
    people: int
    since: AwareDatetime
    clock: str = ""


class Zone(Part):
    """A zone on scene that is entered and left by count. `clock` is the deadline of the next roll call."""

    id: str
    danger: str
    stay: timedelta | None = None
    roll_call_every: timedelta | None = None
    inside: Mapping[str, Inside] = {}
    clock: str = ""
    called_at: AwareDatetime | None = None
    missing: int = 0
    """Who did not answer the last roll call."""

    @property
    def people(self) -> int:
        """How many are inside."""
        return sum(team.people for team in self.inside.values())


class Consultation(Part):
    """A meeting by its minutes: what it decided, and the tasks that came of it."""

    id: str
    at: AwareDatetime
    place: str
    chair: str
    decisions: tuple[str, ...]
    tasks: tuple[str, ...] = ()


class Suspension(Part):
    """One time that the rescue stopped for a danger. `went_in` and `out` are people, as last counted."""

    id: str
    danger: str
    scope: str
    by: str
    at: AwareDatetime
    went_in: int | None = None
    out: int | None = None
    resumed_at: AwareDatetime | None = None
    resumed_by: str = ""


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
    at: AwareDatetime
    clauses: tuple[str, ...] = ()
    ordered_by: str = ""
    post: str = ""
    """In which post it was ordered, as far as the plan has it."""
    form: Form | None = None
    """None: nobody ordered it."""
    recorded_by: str
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


class Revise(Part):
    """What of the plan is to be revised, on which of its own grounds, by whom."""

    ground: str
    words: str
    owner: str = ""


class FalseAlarm(Part):
    """Nothing happened, or the same accident was opened twice; a second person confirms it."""

    reason: str
    found_by: str
    declared_by: str
    duplicate_of: str = ""
    confirmed_by: str = ""


Opens = Literal["opens", "joins"]
"""Whether an intake is the one that opened its incident, or another call about it."""


class Joined(Part):
    """An intake of this incident, and where its own record stood when it was named here."""

    intake: str
    head: str
    received_at: AwareDatetime
    how: Opens
    by: str
    at: AwareDatetime


class Edition(Part):
    """One text of a warning, on its way to the public or public: what it says, and what let it go out."""

    number: int
    does: Literal["issue", "adjust", "lift"]
    colour: Colour
    was: Colour | None = None
    """The colour that it changes or lifts."""
    text: str
    content: Mapping[str, str] = {}
    """The items that the plan wants, by id."""
    valid_from: AwareDatetime
    valid_until: AwareDatetime
    units: tuple[str, ...] = ()
    """Who hears of it beside those who owe its measures."""
    across: bool = False
    """The warned area reaches beyond the jurisdiction."""
    urgent: bool = False
    """Asked for in an emergency: a second person's word is enough, and nobody was consulted."""
    approvals: tuple[str, ...] = ()
    """One after the other; all must agree."""
    determined_at: AwareDatetime | None = None
    signed: bool = False
    under: str = ""
    """The prior authorisation by which it went out before it was determined."""
    submitted_by: str = ""
    waits_since: AwareDatetime | None = None
    """In an emergency: since when the second person is waited for."""
    submitted_at: AwareDatetime | None = None
    seconded_by: str = ""
    """The second person of an emergency."""
    published_at: AwareDatetime | None = None
    number_given: str = ""
    """The publishing platform's own number."""
    channels: tuple[str, ...] = ()


class Correction(Part):
    """What one officer put right or took back in public, for a second person to confirm."""

    id: str
    does: Literal["correct", "withdraw"]
    by: str
    at: AwareDatetime
    reason: str
    text: str = ""
    confirmed_by: str = ""
    published_at: AwareDatetime | None = None


class PublicWarning(Part):
    """A warning, from its assessment on. `state` is its place in the warning chart."""

    assessment: Assessment
    by_counts: Colour | None = None
    """The colour of the grade that the expected harm would have."""
    state: str = WARNING.initial
    editions: tuple[Edition, ...] = ()
    draft: int = 0
    """The number of the edition on its way; 0: none is."""
    standing: int = 0
    """The number of the edition that the public was told; 0: nothing, or no longer."""
    corrections: Mapping[str, Correction] = {}

    def edition(self, number: int) -> Edition | None:
        """The edition of this number, from 1 on."""
        return self.editions[number - 1] if number else None

    @property
    def on_its_way(self) -> Edition:
        """The edition that is proposed, determined or submitted."""
        if not self.draft:
            raise ValueError("no edition of the warning is on its way")
        return self.editions[self.draft - 1]

    @property
    def public(self) -> bool:
        """Whether the public was told, or may be told at any moment."""
        return bool(self.standing) or bool(self.draft and self.on_its_way.submitted_at)

    @property
    def colour(self) -> Colour:
        """The colour that stands; before any does, the one proposed, or the one judged."""
        told = self.edition(self.standing) or self.edition(self.draft)
        return told.colour if told else self.assessment.colour

    @property
    def ends_at(self) -> AwareDatetime | None:
        """When it ends by itself."""
        told = self.edition(self.standing) or self.edition(self.draft)
        return told.valid_until if told else None


class Scene(Part):
    """Where something happened, or may happen, and what."""

    place: str = ""
    enterprise: str = ""
    summary: str = ""


class Stands(Part):
    """What one source says of one state now, its own moves since included."""

    count: Count
    at: AwareDatetime
    """As of when."""
    told: Count | None = None
    """As it was last stated; None: known by moves alone."""
    seq: int = 0
    """The entry that stated it."""
    listed: str = ""
    """The name list that it was counted from."""
    corrected: bool = False
    differs: str = ""
    """Why it contradicts what the same source told before."""
    aside: bool = False
    """Another source's figure was settled on."""
    overtaken: int = 0
    """The entry by which other sources accounted for as many people later."""
    beside: Mapping[State, int] | None = None
    """How many were known, when it was told, in the states to which its people may go on."""
    late: bool = False
    """Told of an instant after the casualty window."""
    before: Stands | None = None
    """What the grade goes by in place of a late figure; None: nothing was known."""


class Moved(Part):
    """People who went from one state to another, by one source. `seq` is the entry; `n` as corrected since."""

    seq: int
    leaves: State
    enters: State
    n: int


class Account(Part):
    """What one source told of people, side by side with the others. `named` tells two of one kind apart."""

    source: CountSource | None = None
    named: str = ""
    states: Mapping[State, Stands] = {}
    moves: tuple[Moved, ...] = ()


class NameList(Part):
    """A list of names as the log knows it: how many in which state, and a keyed digest. Names stand elsewhere."""

    id: str
    digest: str
    """HMAC-SHA256 under the incident's personal key, in hex."""
    account: str
    as_of: AwareDatetime
    complete: bool
    counts: Mapping[State, int]


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
    """None: not opened, or no accident has come of the warning."""
    intakes: Mapping[str, Joined] = {}
    """The calls about it, by their own numbers."""
    attention: tuple[str, ...] = ()
    """Which circumstances ask for special attention."""
    warning: PublicWarning | None = None
    accounts: Mapping[str, Account] = {}
    """The casualty ledger: what each source told, by source."""
    lists: Mapping[str, NameList] = {}
    counts: Mapping[Measure, Count] = {}
    """Verified or official, of several sources the figure that counts: these move the grade."""
    hearsay: Mapping[Measure, Count] = {}
    """Told by nobody official and not verified: shown beside."""
    frozen: Mapping[Measure, Count | None] = {}
    """Casualties told after their window: what the grade goes by in their place; None: nothing was known."""
    grades: Grades | None = None
    level: Grade | None = None
    ordered_at: AwareDatetime | None = None
    weighed: Grade | None = None
    """The computed grade when a level was last laid before those who decide."""
    lifted_at: AwareDatetime | None = None
    commands: tuple[Commander, ...] = ()
    """Who has commanded, one after the other: each until the next, so that there is one at every instant."""
    arrivals: Mapping[str, Arrival] = {}
    """Leaders at the scene, by post."""
    guides: tuple[Guide, ...] = ()
    deputies: Mapping[str, Deputy] = {}
    offers: Mapping[str, Offer] = {}
    onsite: OnSite | None = None
    leads: Mapping[str, str] = {}
    """Who leads a group in fact, where the plan names another."""
    forces: Mapping[str, Force] = {}
    support: Mapping[str, Support] = {}
    report_faults: tuple[ReportFault, ...] = ()
    reports: Mapping[str, Report] = {}
    """The chain of reports, in order."""
    chasers: Mapping[str, Chaser] = {}
    revisions: tuple[Revise, ...] = ()
    instructions: Mapping[str, Instruction] = {}
    consultations: Mapping[str, Consultation] = {}
    zones: Mapping[str, Zone] = {}
    rescue: str = RESCUE.initial
    suspensions: tuple[Suspension, ...] = ()
    reopened_at: AwareDatetime | None = None
    superior_ended: str = ""
    """What the superior that commands decided of the end: its own decision comes first."""
    approvals: Mapping[str, Approval] = {}
    clocks: Mapping[str, Clock] = {}
    notices: Mapping[str, Notice] = {}
    tasks: Mapping[str, Task] = {}
    conditions: Mapping[str, Tick] = {}
    evidence: Mapping[str, str] = {}
    """Files by SHA-256, with their names."""
    departures: tuple[Departure, ...] = ()
    releases: Mapping[str, Release] = {}
    requisitions: tuple[int, ...] = ()
    """The entries by which goods were taken for the rescue."""
    false_alarm: FalseAlarm | None = None
    person: str = ""
    """Who acted last: what follows by itself follows from that."""
    told_figures: Mapping[Measure, int] | None = None
    """The figures at the end, or as last told again within the casualty window."""
    archive: str = ""
    """SHA-256 of the dossier's manifest, once it is written."""
    window_ends: AwareDatetime | None = None
    """Until then new deaths still count (order 493 art. 13)."""

    @property
    def commander(self) -> Commander | None:
        """Who commands on scene now."""
        return self.commands[-1] if self.commands else None

    def commander_at(self, instant: datetime) -> Commander | None:
        """Who commanded on scene at an instant, by what is known now."""
        return next((told for told in reversed(self.commands) if told.since <= instant), None)

    @property
    def closed(self) -> bool:
        """Whether nothing more can come."""
        return self.phase == "closed"

    def known(self) -> Facts:
        """The facts of an opened incident."""
        if self.facts is None:
            raise ValueError(f"incident {self.id} is not opened")
        return self.facts

    def warned(self) -> PublicWarning:
        """The warning of an incident that has one."""
        if self.warning is None:
            raise ValueError(f"incident {self.id} has no warning")
        return self.warning

    def scene(self) -> Scene:
        """The accident's place and course, or those of what is expected."""
        told = self.facts or (self.warning and self.warning.assessment)
        return Scene(place=told.place.name, enterprise=told.enterprise, summary=told.summary) if told else Scene()

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
