"""The pure core of an intake: `handle` answers a command with entries or a refusal, `fold` adds entries up.

An intake comes before any plan, so no plan says who may take one: whoever holds a post in the directory may, and the
opening of an incident is then asked of its plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from incidents.accident import Count, Words
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft, Entry, Head
from incidents.record import Kind, Opens
from intakes.record import Ending, Intake, LeaderTold, Result, Said, Verification
from intakes.telling import Short, Telling
from statecharts.chart import Refused
from statecharts.intake import INTAKE

NEW = "intake"
"""For what a `take` is signed: it has no number yet."""


class Take(Command):
    """A call comes in: saved at once, however little is known. `telling` may be empty."""

    verb: ClassVar[str] = "take"
    kind: Kind
    telling: Telling = Telling()


class Amend(Command):
    """What was learned later. It stands over what was said before, which stays."""

    verb: ClassVar[str] = "amend"
    telling: Telling
    source: str = Field(default="", max_length=200)
    """Who said so, if not the caller."""
    corrects: int | None = Field(default=None, ge=1)
    """The entry that was wrong, where it was; else what is newer stands over what is older."""


class Verify(Command):
    """Somebody was called back: whom, on which number, with what result, and what was said there."""

    verb: ClassVar[str] = "verify"
    with_whom: Short
    number: str = Field(default="", max_length=200)
    result: Result
    words: str = Field(default="", max_length=4000)
    found: Telling = Telling()
    """What the call back found; where the result holds, its counts are verified."""


class TellLeader(Command):
    """The leader on duty was told; his words, and whether they were read back to him."""

    verb: ClassVar[str] = "tell-leader"
    leader: Short
    words: str = Field(default="", max_length=4000)
    read_back: bool = False


class Confirm(Command):
    """It is true: it has opened an incident, or joined one."""

    verb: ClassVar[str] = "confirm"
    incident: str = Field(min_length=1, max_length=64)
    how: Opens


class FindFalse(Command):
    """Nothing has happened, by whose word, and why that is believed."""

    verb: ClassVar[str] = "false"
    reason: Words
    found_by: Short


class HandOver(Command):
    """Another body's: which, and who took it there."""

    verb: ClassVar[str] = "hand-over"
    to: Short
    taken_by: Short
    words: str = Field(default="", max_length=4000)


class Reopen(Command):
    """It was closed by mistake, or came back."""

    verb: ClassVar[str] = "reopen"
    reason: Words


Rule = Callable[[Intake, Any, datetime], Answer]
Fold = Callable[[Intake, Draft, int], Intake]


def handle(intake: Intake, command: Command, now: datetime) -> Answer:
    """The entries that `command` brings, or a refusal in words. Changes nothing."""
    if (intake.taken_at is None) != isinstance(command, Take):
        return Refusal(
            zh=f"{intake.number}：{'尚未登记' if intake.taken_at is None else '早已登记'}",
            reason=f"{intake.number}: {'not taken yet' if intake.taken_at is None else 'taken already'}",
            kind="plan",
        )
    if command.true_at is not None and command.true_at > now:
        return _future("true_at", now)
    return COMMANDS[type(command)](intake, command, now)


def fold(intake: Intake, entries: Iterable[Entry]) -> Intake:
    """The intake after `entries`; they must follow its head."""
    for entry in entries:
        if entry.prev != intake.head.hash:
            raise ValueError(f"entry {entry.seq} does not follow entry {intake.head.seq}")
        folded = _FOLDS[entry.kind](intake, entry, entry.seq)
        intake = folded.but(head=Head(seq=entry.seq, hash=entry.hash))
    return intake


def take(intake: Intake, command: Take, now: datetime) -> Answer:
    telling = command.telling
    if telling.received_at is None:
        telling = telling.but(received_at=command.true_at or now)
    if refusal := _unfit(telling, now):
        return refusal
    entry = command.entry("taken", now, {"kind": command.kind, "telling": _json(telling)})
    return (entry.model_copy(update={"true_at": telling.received_at}),)


def amend(intake: Intake, command: Amend, now: datetime) -> Answer:
    if not dict(command.telling.items()):
        return Refusal(zh="telling：至少填一项", reason="telling: expected at least one field")
    if command.corrects is not None and command.corrects > intake.head.seq:
        return Refusal(
            zh=f"corrects：没有第 {command.corrects} 条；最后一条是 {intake.head.seq}",
            reason=f"corrects: entry {command.corrects} does not exist; the last is {intake.head.seq}",
        )
    if refusal := _unfit(command.telling, now):
        return refusal
    data = {
        "telling": _json(command.telling),
        "replaces": _replaced(intake, command.telling),
        **command.told("source", "corrects"),
    }
    return (command.entry("amended", now, data),)


def verify(intake: Intake, command: Verify, now: datetime) -> Answer:
    if refusal := _unfit(command.found, now) or _stuck(intake, "verify"):
        return refusal
    found = _verified(command.found) if command.result == "holds" else command.found
    data = {
        **command.told("with_whom", "number", "result", "words"),
        "telling": _json(found),
        "replaces": _replaced(intake, found),
    }
    return (command.entry("verified", now, data),)


def tell_leader(intake: Intake, command: TellLeader, now: datetime) -> Answer:
    return (command.entry("leader_told", now, command.told("leader", "words", "read_back")),)


def confirm(intake: Intake, command: Confirm, now: datetime) -> Answer:
    if refusal := _stuck(intake, "confirm"):
        return refusal
    data = {**command.told("incident", "how"), "verified": intake.verified}
    return (command.entry("confirmed", now, data),)


def find_false(intake: Intake, command: FindFalse, now: datetime) -> Answer:
    if refusal := _stuck(intake, "find_false"):
        return refusal
    return (command.entry("found_false", now, command.told("reason", "found_by")),)


def hand_over(intake: Intake, command: HandOver, now: datetime) -> Answer:
    if refusal := _stuck(intake, "hand_over"):
        return refusal
    return (command.entry("handed_over", now, command.told("to", "taken_by", "words")),)


def reopen(intake: Intake, command: Reopen, now: datetime) -> Answer:
    if refusal := _stuck(intake, "reopen"):
        return refusal
    return (command.entry("reopened", now, command.told("reason")),)


def _stuck(intake: Intake, trigger: str) -> Refusal | None:
    """Why no arrow leads on from here, and what would."""
    try:
        INTAKE.step(intake.state, trigger)
    except Refused:
        where, what = INTAKE.words(intake.state), INTAKE.words(trigger)
        zh, way = _WAYS_OUT.get(intake.state, ("", ""))
        return Refusal(
            zh=f"{intake.number} {where}，不能{what}{zh}".replace("INCIDENT", intake.incident),
            reason=f"{intake.number} is {intake.state.replace('_', ' ')}: it can't {trigger.replace('_', ' ')}"
            + way.replace("INCIDENT", intake.incident),
            kind="plan",
        )
    return None


_WAYS_OUT = {
    "confirmed": (
        "；已归入事故 INCIDENT，误报在该事故中用 declare-false-alarm 提出",
        "; it is of incident INCIDENT, where `declare-false-alarm` is the way out",
    ),
    "false": ("；如系误判，先用 reopen", "; `reopen` it first, if that was a mistake"),
    "handed_over": ("；如被退回，先用 reopen", "; `reopen` it first, if it came back"),
}


def _unfit(told: Telling, now: datetime) -> Refusal | None:
    """What can't be as it was typed."""
    for name in ("received_at", "ended_at", "occurred_at", "heard_at"):
        at: datetime | None = getattr(told, name)
        if at is not None and at > now:
            return _future(name, now)
    for measure, most in told.slips():
        return Refusal(zh=f"people.{measure}：应不大于 {most}", reason=f"people.{measure}: expected at most {most}")
    return None


def _future(field: str, now: datetime) -> Refusal:
    return Refusal(
        zh=f"{field}：不能晚于现在（{now.isoformat()}）",
        reason=f"{field}: expected a time that is not in the future (now {now.isoformat()})",
    )


def _verified(told: Telling) -> Telling:
    """Counts that a call back has confirmed are verified, where nothing else is said of them."""
    people = {
        measure: count.model_copy(update={"verified": True})
        if isinstance(count, Count) and count.verified is None
        else count
        for measure, count in told.people.items()
    }
    return told.but(people=people) if people else told


def _json(told: Telling) -> dict[str, Any]:
    return told.model_dump(mode="json", exclude_defaults=True)


def _replaced(intake: Intake, told: Telling) -> dict[str, int]:
    """Which earlier entries said something else of the same, by field."""
    return {
        field: intake.said[field][-1].seq
        for field, value in told.items()
        if field in intake.said and intake.said[field][-1].value != value
    }


def _heard(intake: Intake, entry: Draft, seq: int) -> Intake:
    """What an entry tells is added to what was said; what it tells of the same stands over it."""
    told = Telling.model_validate(entry.data["telling"])
    source = entry.data.get("source") or entry.data.get("with_whom", "")
    said = dict(intake.said)
    for field, value in told.items():
        one = Said(seq=seq, value=value, user=entry.user, source=source, known_at=entry.known_at)
        said[field] = (*said.get(field, ()), one)
    return intake.but(told=intake.told.after(told), said=said)


def _taken(intake: Intake, entry: Draft, seq: int) -> Intake:
    fresh = intake.but(kind=entry.data["kind"], taken_at=entry.known_at, recorder=entry.user, recorder_post=entry.post)
    return _heard(fresh, entry, seq)


def _called_back(intake: Intake, entry: Draft, seq: int) -> Intake:
    data = entry.data
    one = Verification(
        seq=seq,
        at=entry.true_at,
        with_whom=data["with_whom"],
        number=data["number"],
        result=data["result"],
        words=data["words"],
        by=entry.user,
    )
    heard = _heard(intake, entry, seq)
    return heard.but(state=INTAKE.step(intake.state, "verify"), verifications=(*intake.verifications, one))


def _leader_told(intake: Intake, entry: Draft, seq: int) -> Intake:
    data = entry.data
    one = LeaderTold(
        at=entry.true_at, leader=data["leader"], words=data["words"], read_back=data["read_back"], by=entry.user
    )
    return intake.but(leaders=(*intake.leaders, one))


def _confirmed(intake: Intake, entry: Draft, seq: int) -> Intake:
    incident = entry.data["incident"]
    return intake.but(
        state=INTAKE.step(intake.state, "confirm"),
        incident=incident,
        how=entry.data["how"],
        ending=Ending(at=entry.true_at, by=entry.user, words=incident),
    )


def _found_false(intake: Intake, entry: Draft, seq: int) -> Intake:
    data = entry.data
    ending = Ending(at=entry.true_at, by=entry.user, words=data["reason"], taken_by=data["found_by"])
    return intake.but(state=INTAKE.step(intake.state, "find_false"), ending=ending)


def _handed_over(intake: Intake, entry: Draft, seq: int) -> Intake:
    data = entry.data
    ending = Ending(at=entry.true_at, by=entry.user, words=data["to"], taken_by=data["taken_by"])
    return intake.but(state=INTAKE.step(intake.state, "hand_over"), ending=ending)


def _reopened(intake: Intake, entry: Draft, seq: int) -> Intake:
    return intake.but(state=INTAKE.step(intake.state, "reopen"), ending=None)


COMMANDS: dict[type[Command], Rule] = {
    Take: take,
    Amend: amend,
    Verify: verify,
    TellLeader: tell_leader,
    Confirm: confirm,
    FindFalse: find_false,
    HandOver: hand_over,
    Reopen: reopen,
}
"""Every command of an intake, with the rule that answers it, in the order in which a call meets them."""

_FOLDS: dict[str, Fold] = {
    "taken": _taken,
    "amended": _heard,
    "verified": _called_back,
    "leader_told": _leader_told,
    "confirmed": _confirmed,
    "found_false": _found_false,
    "handed_over": _handed_over,
    "reopened": _reopened,
}
