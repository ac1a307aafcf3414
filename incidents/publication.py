"""How a warning reaches the public (预警发布): through the plan's one publisher, with a receipt, never by one person.

A correction or a withdrawal goes out on one officer's act; a second person confirms it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field

from incidents import approval, deadlines, tasks
from incidents.accident import Words
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.notices import clock_time, issue
from incidents.record import Approval, Clock, Correction, Departure, Edition, PublicWarning, Record, fresh
from incidents.warned import CALLED, END_CLOCK, UNTIL, cited, closed, is_over, measures, over, ruled, step
from plans.schema import Plan, Role, WarningRules
from plans.vocabulary import WORDS
from statecharts.task import OPEN
from statecharts.warning import WARNING


class SubmitWarning(Command):
    """The text goes to the publisher: once it is determined, or under a prior authorisation."""

    verb: ClassVar[str] = "submit-warning"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    under: str = ""
    """The approval that authorised it beforehand; empty: it was determined."""
    checked: tuple[str, ...] = Field(default=(), max_length=40)
    """The plan's items of review that were found in order."""


class SecondWarning(Command):
    """In an emergency a second person confirms at once that this text goes out."""

    verb: ClassVar[str] = "second-warning"
    roles: ClassVar[tuple[Role, ...]] = ("watch", "decider", "leader")


class RecordPublication(Command):
    """The platform's receipt: published when (`true_at`), under which number, on which channels."""

    verb: ClassVar[str] = "record-publication"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    number: str = Field(min_length=1, max_length=64)
    channels: tuple[str, ...] = Field(min_length=1, max_length=40)
    correction: str = ""
    """Which correction it is the receipt of; empty: the warning itself."""


class CorrectPublication(Command):
    """What is public is wrong and is put right at once. The colour is changed by adjusting alone."""

    verb: ClassVar[str] = "correct-publication"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    text: Words
    reason: str = Field(min_length=1, max_length=2000)


class WithdrawPublication(Command):
    """What is public should not be, and is taken back at once."""

    verb: ClassVar[str] = "withdraw-publication"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    reason: str = Field(min_length=1, max_length=2000)


class ConfirmCorrection(Command):
    """The second person confirms a correction or withdrawal that went out on one officer's act."""

    verb: ClassVar[str] = "confirm-correction"
    correction: str


# -- submitting --------------------------------------------------------------------------------------------------------


def submit_warning(plan: Plan, record: Record, command: SubmitWarning, now: datetime) -> Answer:
    rules, told = ruled(plan), record.warning
    if isinstance(rules, Refusal):
        return rules
    if told is None or not told.draft:
        return _nothing_approved(rules)
    edition = told.on_its_way
    publisher = rules.publisher_of(edition.colour, edition.across)
    if edition.submitted_at is not None:
        return Refusal(zh="已报送发布平台", reason="it was submitted already", kind="plan", clauses=publisher.clauses)
    if publisher.submitted_by and plan.posts[command.envelope.post].unit != publisher.submitted_by:
        unit = plan.units[publisher.submitted_by].name
        return Refusal(
            zh=f"post：须由{unit}报送",
            reason=f"post: expected one of {publisher.submitted_by}, which submits it",
            kind="plan",
            clauses=publisher.clauses,
        )
    if edition.valid_until <= now:
        return Refusal(zh="valid_until：已过截止时间", reason="valid_until: it has passed already", kind="plan")
    if edition.determined_at is None:
        refusal = _not_ahead(rules, record, edition, command, now)
    else:
        refusal = _not_heard(record.approvals[name] for name in edition.approvals)
    if refusal is not None:
        return refusal
    hurried = edition.determined_at is None and edition.urgent
    missing = [item for item in rules.review if item.id not in command.checked and not hurried]
    if missing:
        return Refusal(
            zh=f"checked：尚缺 {missing[0].id}（{missing[0].says}）",
            reason=f"checked: expected {missing[0].id} ({missing[0].en or missing[0].says})",
            kind="plan",
            clauses=missing[0].clauses,
        )
    data = {**command.told("checked"), "edition": edition.number, "waits": hurried}
    if edition.determined_at is None:
        data["under"] = command.under
    checked = cited(item.clauses for item in rules.review if item.id in command.checked)
    entry = command.entry("warning_submitted", now, data, cited((publisher.clauses, checked)))
    return (entry,) if hurried else (entry, _to_publisher(plan, rules, record, edition, now))


def second_warning(plan: Plan, record: Record, command: SecondWarning, now: datetime) -> Answer:
    rules, told = ruled(plan), record.warning
    if isinstance(rules, Refusal):
        return rules
    if told is None or not WARNING.can(told.state, "second", told) or rules.ahead is None:
        return Refusal(zh="没有待第二人确认的紧急发布", reason="no emergency waits for a second person", kind="plan")
    edition = told.on_its_way
    if command.envelope.user == edition.submitted_by:
        return Refusal(
            zh="发起人不能兼作第二人", reason="who submitted it can't be the second person", kind="hard",
            clauses=rules.publisher_of(edition.colour, edition.across).clauses,
        )  # fmt: skip
    asked_at = edition.waits_since or now
    if now > asked_at + rules.ahead.seconded_within:
        return Refusal(
            zh="已过第二人确认的时限，请重新报送",
            reason="the time for a second person has passed: submit it again",
            kind="plan",
            clauses=rules.ahead.clauses,
        )
    entry = command.entry("warning_seconded", now, {"edition": edition.number}, rules.ahead.clauses)
    return (entry, _to_publisher(plan, rules, record, edition, now))


def _not_ahead(
    rules: WarningRules, record: Record, edition: Edition, command: SubmitWarning, now: datetime
) -> Refusal | None:
    """Why an edition that is not determined may not go out."""
    given, ahead = record.approvals.get(command.under), rules.ahead
    may = ahead is not None and (ahead.emergency if edition.urgent else ahead.authorised)
    if not command.under or not may or edition.does == "lift":
        return _nothing_approved(rules, edition)
    if given is None or given.what != "warning_ahead" or given.state != "granted":
        return Refusal(
            zh=f"under：{command.under} 不是已批准的事先授权",
            reason=f"under: {command.under} is no prior authorisation that was granted",
            kind="hard",
            clauses=rules.colours[edition.colour].clauses,
        )
    if edition.colour not in given.asks["colours"] or datetime.fromisoformat(given.asks["until"]) <= now:
        return Refusal(
            zh=f"under：{given.id} 不含{WORDS[edition.colour]}，或已过期",
            reason=f"under: {given.id} does not cover {edition.colour}, or has ended",
            kind="hard",
            clauses=rules.colours[edition.colour].clauses,
        )
    if command.envelope.user in {act.user for act in given.acts}:
        return Refusal(
            zh="授权人不得自行发布", reason="who authorised it can't submit it: two people publish", kind="hard"
        )
    return _not_heard((given,))


def _not_heard(given: Iterator[Approval] | tuple[Approval, ...]) -> Refusal | None:
    for one in given:
        if (act := approval.unheard(one)) is not None:
            return Refusal(
                zh=f"{one.id} 的 {act.stage} 只有口头同意：须由第二人按通讯录号码回拨（call-back），或已补签",
                reason=f"{one.id} '{act.stage}' was only spoken: expected a second person's call-back, or a signature",
                kind="hard",
                clauses=next((stage.clauses for stage in one.stages if stage.stage == act.stage), ()),
            )
    return None


def _nothing_approved(rules: WarningRules, edition: Edition | None = None) -> Refusal:
    return Refusal(
        zh="未经审定的预警不得发布",
        reason="a warning is not published before it is determined",
        kind="hard",
        clauses=rules.colours[edition.colour].clauses if edition else rules.publisher.clauses,
    )


def _to_publisher(plan: Plan, rules: WarningRules, record: Record, edition: Edition, now: datetime) -> Draft:
    name, publisher = fresh("N-publish", record.notices), rules.publisher_of(edition.colour, edition.across)
    said: dict[str, Any] = {
        "colour": WORDS[edition.colour],
        "text": edition.text,
        "from": clock_time(plan, edition.valid_from),
        "until": clock_time(plan, edition.valid_until),
    }
    return issue(
        plan,
        record,
        now,
        name,
        "warning_submitted",
        {publisher.unit: ""},
        clauses=publisher.clauses,
        **said,
    )


# -- published ---------------------------------------------------------------------------------------------------------


def record_publication(plan: Plan, record: Record, command: RecordPublication, now: datetime) -> Answer:
    rules, told = ruled(plan), record.warning
    if isinstance(rules, Refusal):
        return rules
    if command.correction:
        return _correction_out(record, command, now)
    edition = told.edition(told.draft) if told else None
    if edition is None or edition.submitted_at is None:
        return _nothing_approved(rules, edition)
    colour = edition.colour
    at = command.true_at or now
    ends = edition.does == "lift"
    keep = () if ends else (*measures(rules, colour), *rules.watch)
    data = {
        **over(rules, record, keep),
        **command.told("number", "channels"),
        "edition": edition.number,
        "does": edition.does,
        "colour": colour,
        "valid_until": edition.valid_until.isoformat(),
        "before_submission": at < edition.submitted_at,
    }
    # A text has every item, or it was not taken; one that ends a warning says only that.
    carried = () if ends else cited(item.clauses for item in rules.content)
    clauses = cited((rules.publisher_of(colour, edition.across).clauses, carried))
    entry = command.entry("warning_published", now, data, clauses)
    if ends:
        lifted = is_over(plan, record, entry, now)
        return (*lifted, *tasks.give(plan, record, rules.lift.tasks, now, "warning lifted"))
    return (entry, *_in_force(plan, rules, record, edition, at, now))


def _in_force(
    plan: Plan, rules: WarningRules, record: Record, edition: Edition, at: datetime, now: datetime
) -> Iterator[Draft]:
    """What a published colour sets going: its measures and duties, the word to those who owe them, its end."""
    owed = [*measures(rules, edition.colour), *rules.watch]
    publisher = rules.publisher_of(edition.colour, edition.across)
    owners = [*dict.fromkeys([rule.owner for rule in owed]), publisher.submitted_by or publisher.unit]
    owed += [duty for unit in dict.fromkeys((*owners, *edition.units)) for duty in tasks.duties(plan, unit, "warning")]
    held = {task.rule for task in record.tasks.values() if task.state in (*OPEN, "done")}
    news = [rule for rule in owed if rule.id not in held]
    if edition.does == "adjust":
        news += rules.adjust.tasks
    yield from tasks.give(plan, record, news, now, f"warning {edition.colour}")
    titles = tasks.titles(news, record)
    said: dict[str, Any] = {
        "colour": WORDS[edition.colour],
        "matter": record.scene().summary,
        "area": edition.content.get("area") or record.scene().place,
        "from": clock_time(plan, edition.valid_from),
        "until": clock_time(plan, edition.valid_until),
    }
    called = {unit: titles.get(unit, "") for unit in dict.fromkeys((*owners, *edition.units))}
    occasion = "warning" if edition.does == "issue" else "warning_adjusted"
    name = fresh(f"{CALLED}-{edition.colour}", record.notices)
    yield issue(plan, record, now, name, occasion, called, clauses=rules.colours[edition.colour].clauses, **said)
    for running in record.clocks:
        if running.startswith(END_CLOCK):
            yield from deadlines.void(record, running, now, "预警已调整")
    length = edition.valid_until - at
    until = next((item.clauses for item in rules.content if UNTIL in (item.id, *item.covers)), ())
    starting = [
        Clock(
            id=fresh(END_CLOCK, record.clocks),
            says="预警期满前延长、调整或解除",
            clause=next(iter(until), ""),
            soft=True,
            starts_at=at,
            due_at=edition.valid_until,
            warn_at=max(at, edition.valid_until - length / 6),
        )
    ]
    if edition.determined_at is None and rules.ahead is not None:
        due = at + rules.ahead.determined_within
        starting.append(
            Clock(
                id=f"determine-{edition.number}",
                says="先行发布的预警补办审定",
                clause=next(iter(rules.ahead.clauses), ""),
                soft=False,
                starts_at=at,
                due_at=due,
                warn_at=due - rules.ahead.determined_within / 6,
            )
        )
    yield from deadlines.begin(starting, now)


# -- put right, taken back ---------------------------------------------------------------------------------------------


def correct_publication(plan: Plan, record: Record, command: CorrectPublication, now: datetime) -> Answer:
    found = _in_public(plan, record)
    if isinstance(found, Refusal):
        return found
    rules, told, edition = found
    name, publisher = f"K{len(told.corrections) + 1}", rules.publisher_of(edition.colour, edition.across)
    data = {**command.told("text", "reason"), "correction": name, "edition": edition.number}
    entry = command.entry("publication_corrected", now, data, publisher.clauses)
    units = {publisher.unit: "", **{unit: "" for unit in _called(record)}}
    notice = issue(
        plan, record, now, fresh("N-correct", record.notices), "warning_corrected", units,
        clauses=publisher.clauses, text=command.text, reason=command.reason,
    )  # fmt: skip
    return (entry, notice, *_second_wanted(rules, name, command.true_at or now, now))


def withdraw_publication(plan: Plan, record: Record, command: WithdrawPublication, now: datetime) -> Answer:
    found = _in_public(plan, record)
    if isinstance(found, Refusal):
        return found
    rules, told, edition = found
    name, publisher = f"K{len(told.corrections) + 1}", rules.publisher_of(edition.colour, edition.across)
    data = {**over(rules, record), **command.told("reason"), "correction": name}
    entry = command.entry("publication_withdrawn", now, data, publisher.clauses)
    notice = issue(
        plan, record, now, fresh("N-withdraw", record.notices), "warning_withdrawn", {publisher.unit: ""},
        clauses=publisher.clauses, colour=WORDS[told.colour], matter=record.scene().summary,
        reason=command.reason,
    )  # fmt: skip
    ended = is_over(plan, record, entry, now, command.reason)
    return (*ended, notice, *_second_wanted(rules, name, command.true_at or now, now))


def confirm_correction(plan: Plan, record: Record, command: ConfirmCorrection, now: datetime) -> Answer:
    known = record.warning.corrections if record.warning else {}
    correction = known.get(command.correction)
    if correction is None:
        return _unknown(command.correction, record)
    if correction.confirmed_by:
        return Refusal(
            zh=f"已由 {correction.confirmed_by} 确认",
            reason=f"{correction.id} was confirmed by {correction.confirmed_by} already",
            kind="plan",
        )
    if command.envelope.user == correction.by:
        return Refusal(zh="更正人不能兼作第二人", reason="who corrected it can't be the second person", kind="hard")
    confirmed = command.entry("correction_confirmed", now, command.told("correction"))
    return (confirmed, *deadlines.done(record, command, _second(correction.id), now))


def _correction_out(record: Record, command: RecordPublication, now: datetime) -> Answer:
    known = record.warning.corrections if record.warning else {}
    correction = known.get(command.correction)
    if correction is None:
        return _unknown(command.correction, record)
    if correction.published_at is not None:
        return Refusal(zh="已有回执", reason=f"{correction.id} has its receipt already", kind="plan")
    return (command.entry("correction_published", now, command.told("number", "channels", "correction")),)


def _in_public(plan: Plan, record: Record) -> tuple[WarningRules, PublicWarning, Edition] | Refusal:
    rules, told = ruled(plan), record.warning
    if isinstance(rules, Refusal):
        return rules
    edition = told.edition(told.standing or told.draft) if told else None
    if told is None or edition is None or not told.public:
        return Refusal(zh="没有已对外的预警", reason="no warning is public", kind="plan")
    return rules, told, edition


def _unknown(name: str, record: Record) -> Refusal:
    known = ", ".join(record.warning.corrections if record.warning else ()) or "none"
    return Refusal(zh=f"correction：没有 {name}；现有 {known}", reason=f"correction: no '{name}' here; known: {known}")


def _second(correction: str) -> str:
    """The deadline under an act that one person did in public."""
    return f"second-{correction}"


def _second_wanted(rules: WarningRules, correction: str, at: datetime, now: datetime) -> Iterator[Draft]:
    within = rules.publisher.corrected_within
    if within is not None:
        clock = Clock(
            id=_second(correction),
            says="第二人确认更正或撤回",
            soft=False,
            starts_at=at,
            due_at=at + within,
            warn_at=at + within - within / 6,
        )
        yield from deadlines.begin([clock], now)


def _called(record: Record) -> list[str]:
    notices = [notice for name, notice in record.notices.items() if name.startswith(CALLED)]
    return list(dict.fromkeys(unit for notice in notices for unit in notice.recipients))


# -- folding -----------------------------------------------------------------------------------------------------------


def submitted(record: Record, entry: Draft) -> Record:
    edition = _edition(record, entry).but(
        submitted_by=entry.user,
        under=entry.data.get("under", ""),
        **{"waits_since" if entry.data["waits"] else "submitted_at": entry.true_at},
    )
    record = step(record, edition)
    return step(record, edition, "submit_urgently" if entry.data["waits"] else "submit")


def seconded(record: Record, entry: Draft) -> Record:
    edition = _edition(record, entry).but(seconded_by=entry.user, submitted_at=entry.true_at)
    return step(record, edition, "second")


def published(record: Record, entry: Draft) -> Record:
    edition = _edition(record, entry).but(
        published_at=entry.true_at, number_given=entry.data["number"], channels=tuple(entry.data["channels"])
    )
    if entry.data["before_submission"]:
        says = f"平台先于报送发布（{edition.number_given}）"
        departure = Departure(
            seq=record.head.seq + 1,
            kind="deviation",
            says=says,
            at=entry.true_at,
            clauses=entry.clauses,
            recorded_by=entry.user,
        )
        record = record.but(departures=(*record.departures, departure))
    record = step(record, edition)
    if edition.does == "lift":
        return closed(record, entry, "publish")
    record = step(tasks.ended(record, entry.data["ends"]), edition, "publish")
    return record.but(warning=record.warned().but(standing=edition.number, draft=0))


def corrected(record: Record, entry: Draft) -> Record:
    record = step(record, _edition(record, entry).but(text=entry.data["text"]))
    return _noted(record, entry, "correct")


def withdrawn(record: Record, entry: Draft) -> Record:
    return closed(_noted(record, entry, "withdraw"), entry, "withdraw")


def confirmed(record: Record, entry: Draft) -> Record:
    return _put(record, record.warned().corrections[entry.data["correction"]].but(confirmed_by=entry.user))


def correction_published(record: Record, entry: Draft) -> Record:
    return _put(record, record.warned().corrections[entry.data["correction"]].but(published_at=entry.true_at))


def _noted(record: Record, entry: Draft, does: Literal["correct", "withdraw"]) -> Record:
    correction = Correction(
        id=entry.data["correction"],
        does=does,
        by=entry.user,
        at=entry.true_at,
        reason=entry.data["reason"],
        text=entry.data.get("text", ""),
    )
    return _put(record, correction)


def _put(record: Record, correction: Correction) -> Record:
    told = record.warned()
    return record.but(warning=told.but(corrections={**told.corrections, correction.id: correction}))


def _edition(record: Record, entry: Draft) -> Edition:
    edition = record.warned().edition(entry.data["edition"])
    assert edition is not None
    return edition
