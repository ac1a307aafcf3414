"""Approvals (审批): proposed, decided, signed.

A spoken decision takes effect at once and stays open until a hand is under it; what the public is told waits, in
addition, until a second person has rung the speaker's number. Silence is chased, passed to the substitute and then
upward; it is never taken for a yes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

import rfc8785
from pydantic import AwareDatetime, Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal, by_system
from incidents.conditions import people_left
from incidents.logbook import Draft
from incidents.notices import issue, withdraw
from incidents.record import Act, Approval, Clock, Departure, Form, Notice, Record, What
from plans.schema import ApprovalRule, Plan, Role, Stage
from statecharts.approval import APPROVAL, HAND, OPEN

WARNINGS: tuple[What, ...] = ("warning", "warning_adjust", "warning_lift", "warning_ahead")
PUBLIC: tuple[What, ...] = (*WARNINGS, "release")
"""What the public is told: never by one person."""
ENDS: tuple[What, ...] = ("scene_end", "lift")
"""What is never granted over people who are unaccounted for."""
WATCH: tuple[Role, ...] = ("watch",)
LEADERS: tuple[Role, ...] = ("decider", "signatory")
Answered = Literal["yes", "no"]


class _Answering(Command):
    """An answer in an own session."""

    roles: ClassVar[tuple[Role, ...]] = LEADERS
    approval: str
    answer: Answered = "yes"
    digest: str | None = None
    """What was read when answering; an approval holds for nothing else."""
    words: str = Field(default="", max_length=400)


class Decide(_Answering):
    """The body's decision, by one of its posts."""

    verb: ClassVar[str] = "decide"


class Sign(_Answering):
    """The signature that lets an order go out."""

    verb: ClassVar[str] = "sign"


class RecordOral(Command):
    """A leader's word, written down by the watch: on the telephone, face to face, on a paper sheet or elsewhere."""

    verb: ClassVar[str] = "record-oral"
    roles: ClassVar[tuple[Role, ...]] = WATCH
    approval: str
    stage: Literal["decide", "sign"]
    answer: Answered = "yes"
    form: Form = "oral"
    post: str
    by: str = Field(min_length=1, max_length=64)
    said_at: AwareDatetime
    via: str = Field(min_length=1, max_length=200)
    words: str = Field(min_length=1, max_length=400)
    read_back: bool
    number: str = Field(default="", max_length=64)
    """The number in the other office system, for `elsewhere`."""
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """The signed sheet, photographed or scanned, for `paper`: the hand is under it at once."""


class Above(Command):
    """A superior body's word, recorded as it came: who, in which post, by which means, when."""

    post: str
    by: str = Field(min_length=1, max_length=64)
    """Who said or signed it."""
    form: Literal["oral", "paper", "elsewhere"]
    said_at: AwareDatetime
    via: str = Field(min_length=1, max_length=200)
    number: str = Field(default="", max_length=64)
    """Of the document, unless it was spoken."""
    words: str = Field(min_length=1, max_length=400)
    read_back: bool = False


class ConfirmOral(Command):
    """The second person on watch, or the next shift, confirms that it was recorded as said."""

    verb: ClassVar[str] = "confirm-oral"
    roles: ClassVar[tuple[Role, ...]] = WATCH
    approval: str
    stage: Literal["decide", "sign"]


class CallBack(Command):
    """The second person rang the number that the directory has for the speaker, and heard the same, or not."""

    verb: ClassVar[str] = "call-back"
    roles: ClassVar[tuple[Role, ...]] = WATCH
    approval: str
    stage: Literal["decide", "sign"]
    number: str = Field(min_length=1, max_length=64)
    """As the directory has it."""
    same: bool
    words: str = Field(min_length=1, max_length=400)


class AttachSignature(Command):
    """The signed sheet, as a file by its hash, puts a hand under a spoken decision."""

    verb: ClassVar[str] = "attach-signature"
    roles: ClassVar[tuple[Role, ...]] = WATCH
    approval: str
    stage: Literal["decide", "sign"]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=200)


class Ratify(Command):
    """The person who spoke confirms it in an own session."""

    verb: ClassVar[str] = "ratify"
    roles: ClassVar[tuple[Role, ...]] = LEADERS
    approval: str
    stage: Literal["decide", "sign"]


class Dispute(Command):
    """The person who is said to have spoken disputes it. It undoes nothing; both statements stand."""

    verb: ClassVar[str] = "dispute"
    roles: ClassVar[tuple[Role, ...]] = LEADERS
    approval: str
    stage: Literal["decide", "sign"]
    words: str = Field(min_length=1, max_length=400)


# -- proposing ---------------------------------------------------------------------------------------------------------


def ask(
    record: Record,
    what: What,
    rule: ApprovalRule,
    asks: Mapping[str, Any],
    proposer: str,
) -> dict[str, Any]:
    """The data of a proposal: what is asked, its digest, who must agree in which order."""
    return {
        "approval": f"A{len(record.approvals) + 1}",
        "what": what,
        "asks": dict(asks),
        "digest": hashlib.sha256(rfc8785.dumps({"incident": record.id, "what": what, **asks})).hexdigest(),
        "proposed_by": proposer,
        "stages": [stage.model_dump(mode="json") for stage in rule.stages],
        "upward": list(rule.upward),
        "one_person": rule.one_person == "allowed_and_marked" and what not in PUBLIC,
        "supersedes": [a.id for a in record.approvals.values() if a.what == what and a.state in OPEN],
    }


# -- answering ---------------------------------------------------------------------------------------------------------


def decide(plan: Plan, record: Record, command: Decide, now: datetime) -> Answer:
    return _answer(plan, record, command, "decide", now)


def sign(plan: Plan, record: Record, command: Sign, now: datetime) -> Answer:
    return _answer(plan, record, command, "sign", now)


def _answer(plan: Plan, record: Record, command: _Answering, stage: str, now: datetime) -> Answer:
    approval = record.approvals.get(command.approval)
    refusal = _waits(record, command.approval, stage) or _may(plan, approval, command.envelope.post)
    if refusal or approval is None:
        return refusal or Refusal(
            zh=f"approval：没有 {command.approval}", reason=f"approval: no '{command.approval}' here"
        )
    if command.digest is not None and command.digest != approval.digest:
        return Refusal(
            zh="digest：所读内容与现在提请的不一致",
            reason="digest: what was read is not what is proposed now",
            kind="plan",
        )
    alone = command.envelope.user in _drafters(approval)
    if alone and not approval.one_person:
        return _own(approval, stage)
    if left := _left(plan, record, approval, command.answer):
        return left
    if command.answer == "no" and not command.words:
        return Refusal(zh="words：不同意须写明理由", reason="words: expected the reason, since the answer is no")
    act = Act(
        stage="decide" if stage == "decide" else "sign",
        answer=command.answer,
        post=command.envelope.post,
        user=command.envelope.user,
        form="in_system",
        at=command.true_at or now,
        hand="signed",
    )
    data = {"approval": approval.id, "act": _told(act), "words": command.words, "one_person": alone}
    return (command.entry("approval_answered", now, data, _clauses(approval, stage)),)


def record_oral(plan: Plan, record: Record, command: RecordOral, now: datetime) -> Answer:
    approval = record.approvals.get(command.approval)
    refusal = _waits(record, command.approval, command.stage) or _may(plan, approval, command.post)
    if refusal or approval is None:
        return refusal or Refusal(
            zh=f"approval：没有 {command.approval}", reason=f"approval: no '{command.approval}' here"
        )
    if command.form == "in_system":
        return Refusal(
            zh="form：应为 oral、paper 或 elsewhere；本人登录时由本人决定或签发",
            reason="form: expected oral, paper or elsewhere; in their own session leaders decide and sign",
        )
    if command.form == "elsewhere" and not command.number:
        return Refusal(
            zh="number：须填另一办公系统中的文号", reason="number: expected the number in the other office system"
        )
    if command.sha256 and command.form != "paper":
        return Refusal(zh="sha256：只有 paper 才有签批单", reason="sha256: only a decision on paper has a signed sheet")
    if command.said_at > now:
        return Refusal(
            zh=f"said_at：不能晚于现在，现为 {command.said_at}",
            reason=f"said_at: expected a time that is not in the future, found {command.said_at}",
        )
    if left := _left(plan, record, approval, command.answer):
        return left
    # Said before the proposal was typed is the usual case at night; the log shows both times.
    alone = command.by in _drafters(approval)
    if alone and not approval.one_person:
        return _own(approval, command.stage)
    act = Act(
        stage=command.stage,
        answer=command.answer,
        post=command.post,
        user=command.by,
        form=command.form,
        at=command.said_at,
        recorded_by=command.envelope.user,
        read_back=command.read_back,
        hand="signed" if command.sha256 else HAND.initial,
    )
    draft = command.entry(
        "approval_answered",
        now,
        {
            "approval": approval.id,
            "act": _told(act),
            "words": command.words,
            "via": command.via,
            "number": command.number,
            **({"sha256": command.sha256} if command.sha256 else {}),
            "one_person": alone,
            # Recorder and drafter are one person where nobody else was on watch: the entry says so.
            "recorder_proposed": command.envelope.user == approval.proposed_by,
        },
        _clauses(approval, command.stage),
    )
    return (draft.model_copy(update={"true_at": command.said_at}),)


def heard_above(proposed: Mapping[str, Any], stage: Stage, command: Above, now: datetime) -> Draft:
    """The word of a body above on one stage of what is being recorded, as it came to the watch."""
    act = Act(
        stage=stage.stage,
        answer="yes",
        post=command.post,
        user=command.by,
        form=command.form,
        at=command.said_at,
        recorded_by=command.envelope.user,
        read_back=command.read_back,
        hand=HAND.initial,
    )
    data = {
        "approval": proposed["approval"],
        "act": _told(act),
        "words": command.words,
        "via": command.via,
        "number": command.number,
        "one_person": False,
        "recorder_proposed": True,
    }
    entry = command.entry("approval_answered", now, data, stage.clauses)
    return entry.model_copy(update={"true_at": command.said_at})


def confirm_oral(plan: Plan, record: Record, command: ConfirmOral, now: datetime) -> Answer:
    act = _spoken(record, command.approval, command.stage)
    if isinstance(act, Refusal):
        return act
    if command.envelope.user == act.recorded_by:
        return Refusal(zh="记录人不能兼作第二人", reason="who recorded it can't be the second person", kind="plan")
    return (command.entry("oral_confirmed", now, command.told("approval", "stage")),)


def call_back(plan: Plan, record: Record, command: CallBack, now: datetime) -> Answer:
    act = _spoken(record, command.approval, command.stage)
    if isinstance(act, Refusal):
        return act
    if command.envelope.user in (act.recorded_by, act.user):
        return Refusal(zh="须由记录人以外的第二人回拨", reason="call-back: expected a second person", kind="hard")
    if not command.same and not HAND.can(act.hand, "dispute"):
        return Refusal(zh="已有异议在案", reason="it is disputed already", kind="plan")
    heard = command.entry("called_back", now, command.told("approval", "stage", "number", "same", "words"))
    if command.same:
        return (heard,)
    # Nobody is asked to sign what nobody said.
    return (heard, *deadlines.void(record, _hand(command), now, "回拨所闻与记录不符"))


def unheard(approval: Approval) -> Act | None:
    """The spoken yes that nobody has called back yet, and no hand is under: nothing public goes out on it alone."""
    for act in approval.acts:
        if act.form == "oral" and act.hand != "signed" and (act.hand == "disputed" or not act.called_back_by):
            return act
    return None


def attach_signature(plan: Plan, record: Record, command: AttachSignature, now: datetime) -> Answer:
    act = _unless(_spoken(record, command.approval, command.stage), "sign")
    if isinstance(act, Refusal):
        return act
    attached = command.entry("signature_attached", now, command.told("approval", "stage", "sha256", "name"))
    return (attached, *deadlines.done(record, command, _hand(command), now))


def ratify(plan: Plan, record: Record, command: Ratify, now: datetime) -> Answer:
    act = _unless(_spoken(record, command.approval, command.stage), "sign")
    if isinstance(act, Refusal):
        return act
    if command.envelope.user != act.user:
        return Refusal(
            zh=f"只能由 {act.user} 本人追认；也可补附签字件",
            reason=f"only {act.user} can ratify this; a signed sheet may be attached",
            kind="hard",
        )
    ratified = command.entry("ratified", now, command.told("approval", "stage"))
    return (ratified, *deadlines.done(record, command, _hand(command), now))


def dispute(plan: Plan, record: Record, command: Dispute, now: datetime) -> Answer:
    act = _unless(_spoken(record, command.approval, command.stage), "dispute")
    if isinstance(act, Refusal):
        return act
    if command.envelope.user != act.user:
        return Refusal(zh=f"只能由 {act.user} 本人提出异议", reason=f"only {act.user} can dispute this", kind="hard")
    if not HAND.can(act.hand, "dispute"):
        return Refusal(zh="已有异议在案", reason="it is disputed already", kind="plan")
    disputed = command.entry("disputed", now, command.told("approval", "stage", "words"))
    return (disputed, *deadlines.void(record, _hand(command), now, f"{act.user} 提出异议"))


def _told(act: Act) -> dict[str, Any]:
    """An act as its entry tells it: its words stand beside it, and whoever calls back or signs does so later."""
    return act.model_dump(mode="json", exclude={"words", "called_back_by", "signed_at"})


def _drafters(approval: Approval) -> set[str]:
    """Who proposed it, and who wrote what is proposed."""
    return {approval.proposed_by, *approval.asks.get("drafters", ())}


def _waits(record: Record, name: str, stage: str) -> Refusal | None:
    approval = record.approvals.get(name)
    if approval is None:
        return Refusal(
            zh=f"approval：没有 {name}；现有 {', '.join(record.approvals) or '无'}",
            reason=f"approval: no '{name}' here; known: {', '.join(record.approvals) or 'none'}",
        )
    waiting = approval.stage()
    if waiting is None:
        return Refusal(
            zh=f"approval：{name} 已是 {approval.state}",
            reason=f"approval: {name} is {approval.state} already",
            kind="plan",
        )
    if waiting.stage != stage:
        return Refusal(
            zh=f"approval：{name} 正等待 {waiting.stage}",
            reason=f"approval: {name} waits for '{waiting.stage}'",
            kind="plan",
            clauses=waiting.clauses,
        )
    return None


def _may(plan: Plan, approval: Approval | None, post: str) -> Refusal | None:
    """Whether the holder of `post` may answer: a named post, higher authority, or the substitute once it is asked."""
    waiting = approval.stage() if approval else None
    if approval is None or waiting is None:
        return None
    able = [*waiting.posts, *approval.upward]
    if approval.reached >= 2:
        able += _substitutes(plan, waiting.posts)
    if post in able:
        return None
    titles = "、".join(plan.posts[name].title for name in waiting.posts)
    return Refusal(
        zh=f"post：应为{titles}之一，现为 {post}",
        reason=f"post: expected one of {titles}, found {post}",
        kind="plan",
        clauses=waiting.clauses,
    )


def _left(plan: Plan, record: Record, approval: Approval, answer: Answered) -> Refusal | None:
    """Somebody may have been reported missing since the end was proposed."""
    return people_left(plan, record) if approval.what in ENDS and answer == "yes" else None


def _substitutes(plan: Plan, posts: tuple[str, ...]) -> list[str]:
    found = [name for post in posts for name in plan.posts[post].substitutes]
    return [name for name in dict.fromkeys(found) if name not in posts]


def _spoken(record: Record, name: str, stage: str) -> Act | Refusal:
    approval = record.approvals.get(name)
    act = next((act for act in approval.acts if act.stage == stage), None) if approval else None
    if act is None:
        return Refusal(
            zh=f"approval：{name} 的 {stage} 环节尚无人表态",
            reason=f"approval: nothing was said at '{stage}' of {name}",
        )
    if act.form == "in_system":
        return Refusal(
            zh=f"approval：{name} 的 {stage} 由本人登录作出，无需追认",
            reason=f"approval: '{stage}' of {name} was given in an own session",
            kind="plan",
        )
    return act


def _unless(act: Act | Refusal, trigger: str) -> Act | Refusal:
    """The act, unless its hand is where it would be moved already."""
    if isinstance(act, Refusal) or HAND.can(act.hand, trigger):
        return act
    return Refusal(zh=f"stage：{HAND.words(act.hand)}", reason=f"stage: it is {act.hand} already", kind="plan")


def _hand(command: AttachSignature | CallBack | Ratify | Dispute) -> str:
    """The deadline under a spoken decision."""
    return f"hand-{command.approval}-{command.stage}"


def _own(approval: Approval, stage: str) -> Refusal:
    return Refusal(
        zh="提请人不得自行审批",
        reason="who proposes never approves",
        kind="hard" if approval.what in PUBLIC else "plan",
        clauses=_clauses(approval, stage),
    )


def _clauses(approval: Approval, stage: str) -> tuple[str, ...]:
    return next((s.clauses for s in approval.stages if s.stage == stage), ())


# -- what follows by itself --------------------------------------------------------------------------------------------

STEPS = ("reminded", "substitutes asked", "asked upward")
"""How far silence carries a proposal, one after the other."""
_REMINDERS = range(1, len(STEPS) + 1)


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """Whom a proposal is shown to, and who is asked when nobody answers."""
    pace = plan.response.pace
    for approval in record.approvals.values():
        waiting = approval.stage()
        if waiting is None:
            continue
        asked = _asked(approval, waiting)
        if asked not in record.notices:
            matter = str(approval.asks.get("matter", approval.what))
            occasion = "warning_proposal" if approval.what in WARNINGS else "proposal"
            yield issue(plan, record, now, asked, occasion, dict.fromkeys(waiting.posts, ""), matter=matter)
        if pace is None or approval.reached >= len(STEPS):
            continue
        due = approval.asked_at + (pace.remind_after, pace.substitute_after, pace.upward_after)[approval.reached]
        if due <= now:
            step = approval.reached + 1
            posts = (list(waiting.posts), _substitutes(plan, waiting.posts), list(approval.upward))[approval.reached]
            data = {"approval": approval.id, "reached": step, "step": STEPS[step - 1], "posts": posts}
            yield by_system("approval_chased", due, now, data, pace.clauses)
            if posts:
                matter = str(approval.asks.get("matter", approval.what))
                occasion = "warning_reminder" if approval.what in WARNINGS else "reminder"
                yield issue(plan, record, now, f"{asked}-{step}", occasion, dict.fromkeys(posts, ""), matter=matter)
    # Who has answered, or need not any more, is not rung again.
    yield from withdraw(record, now, "已答复", _settled(record))
    yield from _hands(plan, record, now)


def _settled(record: Record) -> Iterator[Notice]:
    """The notices that ask for a word which nobody waits for any more."""
    for approval in record.approvals.values():
        for stage in approval.stages:
            if stage != approval.stage():
                asked = _asked(approval, stage)
                notices = (record.notices.get(name) for name in (asked, *(f"{asked}-{n}" for n in _REMINDERS)))
                yield from (notice for notice in notices if notice is not None and notice.chase_at is not None)


def _asked(approval: Approval, stage: Stage) -> str:
    """The notice by which a stage is asked; its reminders bear its name with a number."""
    return f"N-{approval.id}-{stage.stage}"


def _hands(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The deadline under each spoken decision: started with it, met by the signature."""
    pace = plan.response.pace
    if pace is None:
        return
    for approval in record.approvals.values():
        for act in approval.acts:
            name = f"hand-{approval.id}-{act.stage}"
            if approval.state == "superseded":
                # Another proposal took its place before it had any effect: nothing is left to be signed.
                yield from deadlines.void(record, name, now, f"{approval.id} 已被取代")
                continue
            if act.form == "in_system" or name in record.clocks or act.hand == "signed":
                continue
            due = act.at + pace.ratify_within
            yield from deadlines.begin(
                [
                    Clock(
                        id=name,
                        says=f"{plan.posts[act.post].title}补签",
                        clause=next(iter(pace.clauses), ""),
                        sender=act.post,
                        soft=False,
                        starts_at=act.at,
                        due_at=due,
                        warn_at=due - pace.remind_after,
                    )
                ],
                now,
            )


def instants(plan: Plan, record: Record) -> Iterator[datetime]:
    """When the next silence counts."""
    pace = plan.response.pace
    for approval in record.approvals.values():
        if pace is not None and approval.state in OPEN and approval.reached < len(STEPS):
            after = (pace.remind_after, pace.substitute_after, pace.upward_after)[approval.reached]
            yield approval.asked_at + after


# -- folding -----------------------------------------------------------------------------------------------------------


def proposed(record: Record, entry: Draft) -> Record:
    data = entry.data
    level = data["asks"].get("level")
    approval = Approval(
        id=data["approval"],
        what=data["what"],
        level=level,
        asks=data["asks"],
        digest=data["digest"],
        proposed_by=data["proposed_by"],
        proposed_at=entry.true_at,
        asked_at=entry.true_at,
        stages=data["stages"],
        upward=data["upward"],
        one_person=data["one_person"],
    )
    if approval.what == "level" and record.grades is not None:
        record = record.but(weighed=record.grades.computed)
    return _put(moot(record, data["supersedes"]), approval)


def answered(record: Record, entry: Draft) -> Record:
    act = Act.model_validate(entry.data["act"]).but(words=entry.data["words"])
    if sheet := entry.data.get("sha256"):
        record = record.but(evidence={**record.evidence, sheet: f"{entry.data['approval']}-{act.stage}"})
    return taken(record, entry.data["approval"], act, entry.known_at)


def taken(record: Record, name: str, act: Act, known_at: datetime) -> Record:
    """The record after somebody's word on an approval."""
    approval = record.approvals[name]
    trigger = act.stage if act.answer == "yes" else "decline"
    state = APPROVAL.step(approval.state, trigger, approval)
    # The next stage is asked anew, and its silence counts from now.
    return _put(record, approval.but(acts=(*approval.acts, act), state=state, reached=0, asked_at=known_at))


def superseded(record: Record, *whats: What) -> Record:
    """The record in which nobody is asked any more about these."""
    return moot(record, [old.id for old in record.approvals.values() if old.what in whats and old.state in OPEN])


def chased(record: Record, entry: Draft) -> Record:
    return _put(record, record.approvals[entry.data["approval"]].but(reached=entry.data["reached"]))


def confirmed(record: Record, entry: Draft) -> Record:
    return _act(record, entry, lambda act: act.but(confirmed_by=entry.user))


def called_back(record: Record, entry: Draft) -> Record:
    if entry.data["same"]:
        return _act(record, entry, lambda act: act.but(called_back_by=entry.user))
    return _unlike(record, entry)


def attached(record: Record, entry: Draft) -> Record:
    evidence = {**record.evidence, entry.data["sha256"]: entry.data["name"]}
    return _handed(record.but(evidence=evidence), entry)


def ratified(record: Record, entry: Draft) -> Record:
    return _handed(record, entry)


def _handed(record: Record, entry: Draft) -> Record:
    return _act(record, entry, lambda act: act.but(hand=HAND.step(act.hand, "sign"), signed_at=entry.true_at))


def disputed(record: Record, entry: Draft) -> Record:
    return _unlike(record, entry)


def _unlike(record: Record, entry: Draft) -> Record:
    """What was recorded is not what was said: both statements stand."""
    moved = _act(record, entry, lambda act: act.but(hand=HAND.step(act.hand, "dispute")))
    approval = record.approvals[entry.data["approval"]]
    recorded = next(act for act in approval.acts if act.stage == entry.data["stage"])
    says = f"{recorded.recorded_by}记录：{recorded.words}；{entry.user}：{entry.data['words']}"
    departure = Departure(
        seq=record.head.seq + 1,
        kind="dispute",
        says=says,
        at=entry.true_at,
        ordered_by=recorded.user,
        post=recorded.post,
        form=recorded.form,
        recorded_by=recorded.recorded_by,
    )
    return moved.but(departures=(*record.departures, departure))


def moot(record: Record, names: Iterable[str]) -> Record:
    """The record once nobody need answer these any more."""
    for name in names:
        old = record.approvals[name]
        record = _put(record, old.but(state=APPROVAL.step(old.state, "supersede", old)))
    return record


def _act(record: Record, entry: Draft, change: Any) -> Record:
    approval = record.approvals[entry.data["approval"]]
    acts = tuple(change(act) if act.stage == entry.data["stage"] else act for act in approval.acts)
    return _put(record, approval.but(acts=acts))


def _put(record: Record, approval: Approval) -> Record:
    return record.but(approvals={**record.approvals, approval.id: approval})
