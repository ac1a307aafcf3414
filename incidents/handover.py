"""Handing over (指挥权交接、职能交接): command with a briefing, and single functions between units.

Command passes by acceptance, or as declared or ordered and recorded (see `commander`); until then the giver commands.
What is open stays in the record, so that tasks, instructions and clocks are carried along by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import deadlines, tasks
from incidents.accident import Count
from incidents.command import Answer, Command, Refusal, by_system
from incidents.commander import in_force, passing, take, too_early
from incidents.logbook import Draft
from incidents.notices import clock_time, tell
from incidents.record import Clock, Force, Offer, OnScene, Part, Record, Support
from incidents.speaking import Ordered, commands, speaker
from plans.schema import Grade, Handover, Measure, Plan, PostId, TaskRule
from statecharts.clock import OPEN as RUNNING
from statecharts.handover import HANDOVER
from statecharts.instruction import OPEN as UNANSWERED
from statecharts.task import OPEN


class OfferHandover(Ordered):
    """The present commander offers command to another post, with a briefing from the record."""

    verb: ClassVar[str] = "offer-handover"
    to: str
    objectives: str = Field(default="", max_length=2000)
    stays: str = Field(default="", max_length=2000)
    """What stays with the giver."""
    words: str = Field(default="", max_length=2000)


class AcceptHandover(Ordered):
    """The taker accepts; command passes now, or at `true_at`."""

    verb: ClassVar[str] = "accept-handover"
    offer: str


class RefuseHandover(Ordered):
    """The taker does not accept; the giver goes on commanding."""

    verb: ClassVar[str] = "refuse-handover"
    offer: str
    reason: str = Field(min_length=1, max_length=2000)


class HandOverFunction(Command):
    """One function passed from a unit to another, or a unit relieved the one below, as the plan says."""

    verb: ClassVar[str] = "hand-over-function"
    handover: str
    """The plan's handover."""
    giver: str = Field(min_length=1, max_length=64)
    """The person who gave it."""
    taker: str = Field(min_length=1, max_length=64)
    way: Literal["accepted", "declared"] = "accepted"
    witnesses: tuple[str, ...] = Field(default=(), max_length=20)
    number: str = Field(default="", max_length=64)
    words: str = Field(default="", max_length=2000)


class Brief(Part):
    """The handover sheet (交接单), filled from the record: what who takes over must know, as at one instant."""

    as_at: AwareDatetime
    place: str
    enterprise: str
    summary: str
    phase: str
    grade: Grade
    level: Grade | None
    counts: dict[Measure, Count]
    """Verified or official, each with its source."""
    hearsay: dict[Measure, Count]
    objectives: str
    onsite_hq: str
    groups: dict[str, OnScene]
    forces: dict[str, Force]
    support: tuple[Support, ...]
    rescue: str
    dangers: tuple[str, ...]
    """For which the rescue is stopped now."""
    tasks: tuple[str, ...]
    """Open ones, by id."""
    instructions: tuple[str, ...]
    clocks: dict[str, AwareDatetime]
    """Running ones, and when they are due."""
    reports: tuple[str, ...]
    """Legs that went out."""
    stays: str


def brief(record: Record, now: datetime, objectives: str = "", stays: str = "") -> Brief:
    """The handover sheet as things stand."""
    facts, onsite = record.known(), record.onsite
    return Brief(
        as_at=now,
        place=facts.place.name,
        enterprise=facts.enterprise,
        summary=facts.summary,
        phase=record.phase,
        grade=record.standing(),
        level=record.level,
        counts=dict(record.counts),
        hearsay=dict(record.hearsay),
        objectives=objectives,
        onsite_hq=onsite.unit if onsite else "",
        groups=dict(onsite.groups) if onsite else {},
        forces=dict(record.forces),
        support=tuple(record.support.values()),
        rescue=record.rescue,
        dangers=tuple(told.danger for told in record.suspensions if told.resumed_at is None),
        tasks=tuple(task.id for task in record.tasks.values() if task.state in OPEN),
        instructions=tuple(told.id for told in record.instructions.values() if told.state in UNANSWERED),
        clocks={clock.id: clock.due_at for clock in record.clocks.values() if clock.verdict in RUNNING},
        reports=tuple(clock.id for clock in record.clocks.values() if clock.rule and clock.done_at),
        stays=stays,
    )


# -- command -----------------------------------------------------------------------------------------------------------


def offer_handover(plan: Plan, record: Record, command: OfferHandover, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    taker = plan.posts.get(command.to)
    if taker is None or "leader" not in taker.roles:
        return Refusal(
            zh=f"to：应为可任现场指挥的岗位，现为 {command.to}",
            reason=f"to: expected a post that may command a scene, found {command.to}",
        )
    if not commands(record, said.post):
        return Refusal(
            zh=f"post：只有现任现场指挥可以移交，现为 {said.post}",
            reason=f"post: only the present commander hands over command, found {said.post}",
            kind="hard",
        )
    if commands(record, command.to):
        return Refusal(zh=f"to：{taker.title}已在指挥", reason=f"to: {command.to} commands already")
    rule = passing(plan, record, command.to)
    name = f"H{len(record.offers) + 1}"
    data = {
        "offer": name,
        "giver": said.post,
        "taker": command.to,
        "rule": rule.id if rule else "",
        "words": command.words,
        "briefing": brief(record, now, command.objectives, command.stays).model_dump(mode="json", exclude_none=True),
        **command.heard(said),
    }
    within = plan.command.acceptance_within
    at = command.true_at or now
    clock = Clock(
        id=_limit(name), says=f"{taker.title}接受指挥权", sender=said.post, addressee=command.to, soft=True,
        starts_at=at, due_at=at + within, warn_at=at + within / 2,
    ) if within else None  # fmt: skip
    offered = command.entry("handover_offered", now, data, rule.clauses if rule else ())
    return (offered, *deadlines.begin([clock] if clock else [], now))


def accept_handover(plan: Plan, record: Record, command: AcceptHandover, now: datetime) -> Answer:
    offer = _answered(plan, record, command, command.offer)
    if isinstance(offer, Refusal):
        return offer
    at = command.true_at or now
    if at < offer.at:
        return Refusal(
            zh=f"true_at：不能早于提出移交的 {offer.at.isoformat()}",
            reason=f"true_at: expected a time after the offer, {offer.at.isoformat()}",
        )
    if refusal := too_early(record, at):
        return refusal
    rule = next((one for one in plan.command.handovers if one.id == offer.rule), None)
    data = _told(plan, command, offer)
    accepted = command.entry("handover_accepted", now, data, rule.clauses if rule else ())
    return (accepted, *deadlines.done(record, command, _limit(offer.id), now))


def refuse_handover(plan: Plan, record: Record, command: RefuseHandover, now: datetime) -> Answer:
    offer = _answered(plan, record, command, command.offer)
    if isinstance(offer, Refusal):
        return offer
    refused = command.entry("handover_refused", now, {**_told(plan, command, offer), "reason": command.reason})
    return (refused, *deadlines.done(record, command, _limit(offer.id), now))


def _answered(plan: Plan, record: Record, command: Ordered, name: str) -> Offer | Refusal:
    """The open offer that its taker answers."""
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    offer = record.offers.get(name)
    if offer is None or offer.state != HANDOVER.initial:
        waiting = ", ".join(one.id for one in record.offers.values() if one.state == HANDOVER.initial) or "none"
        return Refusal(
            zh=f"offer：没有待答复的 {name}；待答复 {waiting}",
            reason=f"offer: no '{name}' waits for an answer; waiting: {waiting}",
        )
    if said.post != offer.taker:
        return Refusal(
            zh=f"post：应由{plan.posts[offer.taker].title}答复，现为 {said.post}",
            reason=f"post: expected {offer.taker} to answer, found {said.post}",
            kind="hard",
        )
    return offer


def _told(plan: Plan, command: Ordered, offer: Offer) -> dict[str, Any]:
    said = speaker(plan, command)
    assert not isinstance(said, Refusal)
    return {"offer": offer.id, "giver": offer.giver, "rule": offer.rule, **command.heard(said)}


def _limit(offer: str) -> str:
    return f"handover-{offer}"


# -- functions ---------------------------------------------------------------------------------------------------------


def hand_over_function(plan: Plan, record: Record, command: HandOverFunction, now: datetime) -> Answer:
    kinds = ("relieve", "function")
    rule = next((one for one in plan.command.handovers if one.id == command.handover and one.kind in kinds), None)
    if rule is None:
        known = ", ".join(one.id for one in plan.command.handovers if one.kind in kinds) or "none"
        return Refusal(
            zh=f"handover：应为 {known} 之一，现为 {command.handover}",
            reason=f"handover: expected one of {known}, found {command.handover}",
        )
    if command.way == "declared" and not (command.witnesses or command.number):
        return Refusal(
            zh="witnesses：须有见证人，或文号", reason="witnesses: expected them, or the number of the order"
        )
    if rule not in in_turn(plan, record).values():
        return Refusal(
            zh=f"handover：现行响应级别没有“{rule.says}”",
            reason=f"handover: '{rule.id}' belongs to {', '.join(rule.levels)}; {record.level or 'no level'} stands",
            kind="plan",
            clauses=rule.clauses,
        )
    data = {
        **command.told("handover", "giver", "taker", "way", "witnesses", "number", "words"),
        "from": list(rule.giver),
        "to": list(rule.taker),
    }
    copies = dict.fromkeys(rule.copies, "")
    at = clock_time(plan, command.true_at or now)
    name = f"N-copy-{rule.id}"
    return (
        command.entry("function_passed", now, data, rule.clauses),
        *tell(plan, record, now, name, "function", copies, {"what": rule.says, "from": at}, chased=False),
    )


Topic = tuple[str, tuple[str, ...], tuple[str, ...]]
"""What passes, from whom, to whom. Command passes once, whoever the plan has giving it."""


def in_turn(plan: Plan, record: Record) -> dict[Topic, Handover]:
    """The handovers of the level that stands, then of those beneath; one on the same topic replaces the lower one's."""
    found: dict[Topic, Handover] = {}
    for level in in_force(plan, record.level):
        for rule in plan.command.handovers:
            if not rule.levels or level in rule.levels:
                found.setdefault(_topic(rule), rule)
    return found


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """Check-ins, reliefs and functions as tasks of their level; command, once its taker is there; who commands."""
    if record.phase != "response":
        return
    turn = in_turn(plan, record)
    every = {rule.id: rule for rule in plan.command.handovers}
    beneath = _beneath(plan, record, turn)
    settled: set[Topic] = set()
    for task in record.tasks.values():
        old = every.get(task.rule)
        if old is None:
            continue
        # A higher level says it anew: what is open passes to its rule, what has happened is not owed again.
        instead = beneath.get(_topic(old), turn.get(_topic(old), old))
        if instead is old:
            # Named or there by the level: the taker commands, by whichever way.
            if task.state in OPEN and old.kind == "command" and _commands(plan, record, old):
                yield by_system("task_moved", now, now, {"task": task.id, "outcome": "done", "words": ""}, task.clauses)
        elif task.state in OPEN:
            words = f"由“{instead.id}”取代"
            data = {"task": task.id, "outcome": "not_applicable", "words": words}
            yield by_system("task_moved", now, now, data, task.clauses)
        elif task.state == "done":
            settled.add(_topic(old))
    owed = {(task.rule, task.owner) for task in record.tasks.values()}
    rules = [
        _task(rule, owner)
        for topic, rule in turn.items()
        if topic not in settled and topic not in beneath
        for owner in _owners(plan, record, rule)
        if (rule.id, owner) not in owed
    ]
    yield from tasks.give(plan, record, rules, now, "handovers")
    yield from _told_all(plan, record, now)


def _beneath(plan: Plan, record: Record, turn: Mapping[Topic, Handover]) -> dict[Topic, Handover]:
    """The handovers of command to bodies beneath the one that commands already, each with that one's: nobody owes
    them, command passes upward."""
    above: Handover | None = None
    found: dict[Topic, Handover] = {}
    for topic, rule in turn.items():
        if rule.kind != "command":
            continue
        if above is not None:
            found[topic] = above
        elif _commands(plan, record, rule):
            above = rule
    return found


def _commands(plan: Plan, record: Record, rule: Handover) -> bool:
    """Whether a taker of this handover has command already."""
    return record.commander is not None and record.commander.post in _takers(plan, rule)


def _takers(plan: Plan, rule: Handover) -> set[PostId]:
    """The posts by which command passes with this handover."""
    return {name for name, post in plan.posts.items() if {name, post.unit} & set(rule.taker)}


def _topic(rule: Handover) -> Topic:
    return (rule.kind, () if rule.kind == "command" else rule.giver, rule.taker)


def _owners(plan: Plan, record: Record, rule: Handover) -> tuple[str, ...]:
    """Who owes it: who arrives or gives; who relieves; for command whoever commands, once the taker is there."""
    if rule.kind in ("check_in", "function"):
        return rule.giver
    if rule.kind == "relieve":
        return rule.taker
    present = record.commander
    if present is None or _commands(plan, record, rule) or not _takers(plan, rule) & record.arrivals.keys():
        return ()
    known = next((task.owner for task in record.tasks.values() if task.rule == rule.id), None)
    return (known or plan.posts[present.post].unit,)


def _task(rule: Handover, owner: str) -> TaskRule:
    # Functions wait until the superior's unit is there: they are asked about.
    return TaskRule(
        id=rule.id, owner=owner, says=rule.says, en=rule.en, clauses=rule.clauses, conditional=rule.kind == "function"
    )


def _told_all(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The groups hear who commands now."""
    onsite, present = record.onsite, record.commander
    if onsite is None or present is None or present.since < onsite.since or len(record.commands) < 2:
        return
    name = f"N-command-{present.seq}"
    units = dict.fromkeys(unit for team in onsite.groups.values() for unit in (team.lead, *team.members) if unit)
    if name not in record.notices:
        said = {
            "giver": plan.posts[record.commands[-2].post].title,
            "taker": plan.posts[present.post].title,
            "from": clock_time(plan, present.since),
        }
        yield from tell(plan, record, now, name, "handover", dict.fromkeys(units, ""), said, chased=False)


# -- folding -----------------------------------------------------------------------------------------------------------


def offered(record: Record, entry: Draft) -> Record:
    data = entry.data
    offers = {
        name: old.but(state=HANDOVER.step(old.state, "lapse")) if old.state == HANDOVER.initial else old
        for name, old in record.offers.items()
    }
    offer = Offer(id=data["offer"], giver=data["giver"], taker=data["taker"], rule=data["rule"], at=entry.true_at)
    return record.but(offers={**offers, offer.id: offer})


def accepted(record: Record, entry: Draft) -> Record:
    record = _step(record, entry, "accept")
    record = take(record, entry, entry.data["post"], entry.data["by"], "accepted")
    return handed(record, entry.data["rule"])


def refused(record: Record, entry: Draft) -> Record:
    return _step(record, entry, "refuse")


def passed(record: Record, entry: Draft) -> Record:
    return handed(record, entry.data["handover"])


def handed(record: Record, rule: str) -> Record:
    """The tasks of a handover that has happened are done."""
    for task in record.tasks.values():
        if rule and task.rule == rule and task.state in OPEN:
            record = tasks.stepped(record, task.id, "finish")
    return record


def _step(record: Record, entry: Draft, trigger: str) -> Record:
    offer = record.offers[entry.data["offer"]]
    moved = offer.but(state=HANDOVER.step(offer.state, trigger))
    return record.but(offers={**record.offers, offer.id: moved})
