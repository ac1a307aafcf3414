"""Warnings (预警): proposed, determined, changed, lifted, or expired.

How one begins and may become an accident: `incidents.assessing`. How it is published: `incidents.publication`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import approval, tasks
from incidents.accident import Words
from incidents.assessing import INBOUND, inbound
from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Departure, Edition, PublicWarning, Record, What
from incidents.warned import UNTIL, cited, closed, is_over, measures, moot, no_colour, over, ruled, step
from plans.schema import COLOURS, Adjustment, ApprovalRule, Colour, ColourRule, Plan, Role, WarningRules
from plans.vocabulary import WORDS
from statecharts.warning import WARNING

DOES: Mapping[str, What] = {"issue": "warning", "adjust": "warning_adjust", "lift": "warning_lift"}
_TRIGGERS = {"issue": "propose", "adjust": "adjust", "lift": "begin_lifting"}
FILLED = ("colour", "valid-from", UNTIL, "issued-at")
"""The items of a warning's content that nobody types: the command and the receipt have them."""


class _Proposing(Command):
    """A text for the public is laid before those who determine it."""

    roles: ClassVar[tuple[Role, ...]] = ("watch", "decider")
    text: Words
    drafted_by: str = Field(default="", max_length=64)
    """Who wrote it, if not who proposes it: neither may approve it."""
    in_name_of: str = Field(default="", max_length=64)
    """The post of the proposing body in whose name the watch lays it before the others."""
    in_name_by: str = Field(default="", max_length=64)
    """The person in that post."""
    call_also: tuple[str, ...] = Field(default=(), max_length=100)
    reason: str = Field(default="", max_length=2000)


class ProposeWarning(_Proposing):
    """A warning is proposed: its colour, its text, until when it holds."""

    verb: ClassVar[str] = "propose-warning"
    colour: Colour
    content: Mapping[str, Words]
    """The items that the plan wants of a warning, by id."""
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    across: bool = False
    """The warned area reaches beyond the jurisdiction: where the plan asks for it, another body must give leave."""
    urgent: bool = False
    """It cannot wait for the proposing body: only under a prior authorisation, with a second person."""


class AdjustWarning(_Proposing):
    """A standing warning is to change its colour, its text or its end."""

    verb: ClassVar[str] = "adjust-warning"
    colour: Colour
    content: Mapping[str, Words] = {}
    """What changes; the rest stays."""
    valid_until: AwareDatetime | None = None
    across: bool | None = None
    """The warned area now reaches beyond the jurisdiction, or no longer; None: as it stands."""
    advice: str = Field(default="", max_length=2000)
    """What those whose advice comes first said."""


class LiftWarning(_Proposing):
    """A standing warning is to end before its time."""

    verb: ClassVar[str] = "lift-warning"
    advice: str = Field(default="", max_length=2000)


class DropWarning(Command):
    """Nothing was published, and nothing will be."""

    verb: ClassVar[str] = "drop-warning"
    reason: str = Field(min_length=1, max_length=2000)


class AuthoriseWarning(Command):
    """Those who determine a colour are asked to let it go out ahead of them, until a time."""

    verb: ClassVar[str] = "authorise-warning"
    roles: ClassVar[tuple[Role, ...]] = ("watch",)
    colours: tuple[Colour, ...] = Field(min_length=1, max_length=4)
    until: AwareDatetime
    scope: str = Field(min_length=1, max_length=2000)
    """For which danger, on which signs."""


# -- proposing ---------------------------------------------------------------------------------------------------------


def propose_warning(plan: Plan, record: Record, command: ProposeWarning, now: datetime) -> Answer:
    found = _ready(plan, record, "issue")
    if isinstance(found, Refusal):
        return found
    rules, warning = found
    if command.colour not in rules.colours:
        return no_colour(rules, command.colour)
    least = max(warning.assessment.colour, warning.by_counts or "blue", key=COLOURS.index)
    if COLOURS.index(command.colour) < COLOURS.index(least) and not command.reason:
        return Refusal(
            zh=f"reason：研判为{WORDS[least]}，低于它须写明理由",
            reason=f"reason: expected one, since it was assessed as {least}",
            clauses=rules.colours[command.colour].clauses,
        )
    if command.urgent and not (rules.ahead and rules.ahead.emergency):
        return Refusal(zh="urgent：本预案未设紧急发布", reason="urgent: this plan has no emergency flow", kind="plan")
    start = command.valid_from or now
    until = command.valid_until or (start + rules.valid_for if rules.valid_for else None)
    if until is None:
        return _endless(rules)
    edition = _edition(record, command, "issue", command.colour, start, until)
    if refusal := _unfit(plan, rules, edition, now):
        return refusal
    return _laid_before(plan, rules, record, edition, command, now)


def adjust_warning(plan: Plan, record: Record, command: AdjustWarning, now: datetime) -> Answer:
    found = _ready(plan, record, "adjust")
    if isinstance(found, Refusal):
        return found
    rules, warning = found
    standing = warning.edition(warning.standing)
    assert standing is not None  # the chart leads here from a published one alone
    if command.colour not in rules.colours:
        return no_colour(rules, command.colour)
    if rules.adjust.consults and not command.advice:
        return _unadvised(plan, rules.adjust)
    edition = _edition(
        record, command, "adjust", command.colour, now, command.valid_until or standing.valid_until, standing
    )
    if refusal := _unfit(plan, rules, edition, now):
        return refusal
    return _laid_before(plan, rules, record, edition, command, now)


def lift_warning(plan: Plan, record: Record, command: LiftWarning, now: datetime) -> Answer:
    found = _ready(plan, record, "lift")
    if isinstance(found, Refusal):
        return found
    rules, warning = found
    standing = warning.edition(warning.standing)
    if standing is None:
        return Refusal(zh="没有已发布的预警可解除", reason="no published warning is there to lift", kind="plan")
    if rules.lift.consults and not command.advice:
        return _unadvised(plan, rules.lift)
    edition = _edition(record, command, "lift", standing.colour, now, standing.valid_until, standing)
    return _laid_before(plan, rules, record, edition, command, now)


def drop_warning(plan: Plan, record: Record, command: DropWarning, now: datetime) -> Answer:
    warning = record.warning
    if warning is None or not WARNING.can(warning.state, "drop", warning):
        state = WARNING.words(warning.state) if warning else "无"
        return Refusal(
            zh=f"预警{state}，不能终止研判；已对外的用解除或撤回",
            reason=f"nothing to drop: the warning is {warning.state if warning else 'not there'}; "
            "what is public is lifted or withdrawn",
            kind="plan",
        )
    return (command.entry("warning_dropped", now, command.told("reason")),)


def authorise_warning(plan: Plan, record: Record, command: AuthoriseWarning, now: datetime) -> Answer:
    rules = ruled(plan)
    if isinstance(rules, Refusal):
        return rules
    if rules.ahead is None or not (rules.ahead.authorised or rules.ahead.emergency):
        return Refusal(
            zh="本预案不允许先发布后审定", reason="in this plan nothing goes out before it is determined", kind="plan"
        )
    if command.until <= now:
        return Refusal(zh="until：须晚于现在", reason="until: expected a time after now")
    if unknown := [colour for colour in command.colours if colour not in rules.colours]:
        return no_colour(rules, unknown[0])
    able = [rules.colours[colour].approval for colour in command.colours]
    if len({tuple(stage.posts for stage in rule.stages) for rule in able}) > 1:
        return Refusal(
            zh="colours：由不同机构审定，须分别请授权",
            reason="colours: different bodies determine them; ask each of them",
            clauses=cited(rule.clauses for rule in able),
        )
    names = "、".join(WORDS[colour] for colour in command.colours)
    asks = {
        "matter": f"事先授权发布{names}预警：{command.scope}",
        "colours": list(command.colours),
        "until": command.until.isoformat(),
        "as_at": now.isoformat(),
    }
    data = approval.ask(record, "warning_ahead", able[0], asks, command.envelope.user)
    return (command.entry("proposed", now, data),)


def needed(rules: WarningRules, edition: Edition) -> tuple[ApprovalRule, ...]:
    """Whose approvals an edition needs, one after the other; a body is asked once."""
    change = {"adjust": rules.adjust, "lift": rules.lift}.get(edition.does)
    if change is None:
        return _agreeing((), rules.colours[edition.colour], edition.across)
    asked = (change.approval,) if change.approval else ()
    if not change.also_by_colour:
        return asked
    by_new = _agreeing(asked, rules.colours[edition.colour], edition.across)
    by_old = _agreeing((*asked, *by_new), rules.colours[edition.was or edition.colour], edition.across)
    # The lower colour's body first: what it has agreed to itself, it has proposed to the higher one.
    return (*asked, *by_old, *by_new) if _rises(edition) else (*asked, *by_new, *by_old)


def _agreeing(asked: tuple[ApprovalRule, ...], colour: ColourRule, across: bool) -> tuple[ApprovalRule, ...]:
    """Whoever a colour needs beside those who are asked already."""
    more: tuple[ApprovalRule, ...] = ()
    for rule in (colour.approval, colour.across if across else None):
        bodies = {stage.body for one in (*asked, *more) for stage in one.stages}
        if rule is not None and not {stage.body for stage in rule.stages} <= bodies:
            more = (*more, rule)
    return more


def _rises(edition: Edition) -> bool:
    return COLOURS.index(edition.colour) > COLOURS.index(edition.was or edition.colour)


def _ready(plan: Plan, record: Record, does: str) -> tuple[WarningRules, PublicWarning] | Refusal:
    rules, warning, trigger = ruled(plan), record.warning, _TRIGGERS[does]
    if isinstance(rules, Refusal):
        return rules
    if warning is None or not WARNING.can(warning.state, trigger, warning):
        state = warning.state if warning else "none"
        words = WARNING.words(state) if warning else "无预警"
        return Refusal(
            zh=f"{words}：不能{WARNING.words(trigger)}",
            reason=f"the warning is {state}: it can't {trigger.replace('_', ' ')}",
            kind="plan",
        )
    if warning.draft and warning.on_its_way.submitted_at:
        return Refusal(
            zh="上一件已报送，尚无平台回执", reason="the last text waits for the platform's receipt", kind="plan"
        )
    return rules, warning


def _edition(
    record: Record,
    command: _Proposing,
    does: Literal["issue", "adjust", "lift"],
    colour: Colour,
    start: datetime,
    until: datetime,
    standing: Edition | None = None,
) -> Edition:
    content = {**(standing.content if standing else {}), **getattr(command, "content", {})}
    across: bool | None = getattr(command, "across", None)
    return Edition(
        number=len(record.warned().editions) + 1,
        does=does,
        colour=colour,
        was=standing.colour if standing else None,
        text=command.text,
        content=content,
        valid_from=start,
        valid_until=until,
        units=command.call_also,
        across=across if across is not None else bool(standing and standing.across),
        urgent=getattr(command, "urgent", False),
    )


def _unfit(plan: Plan, rules: WarningRules, edition: Edition, now: datetime) -> Refusal | None:
    """What an edition lacks."""
    if edition.valid_until <= max(now, edition.valid_from):
        return Refusal(
            zh="valid_until：须晚于现在和起始时间", reason="valid_until: expected a time after now and after its start"
        )
    items = {item.id: item for item in rules.content if not {item.id, *item.covers} & set(FILLED)}
    for item in items.values():
        if not edition.content.get(item.id):
            return Refusal(
                zh=f"content：尚缺 {item.id}（{item.says}）",
                reason=f"content: expected {item.id} ({item.en or item.says})",
                clauses=item.clauses,
            )
    for name in edition.content:
        if name not in items:
            return Refusal(
                zh=f"content：应为 {', '.join(items)}，现为 {name}",
                reason=f"content: expected {', '.join(items)}, found {name}",
            )
    for unit in edition.units:
        if unit not in plan.units:
            return Refusal(
                zh=f"call_also：应为预案中的单位，现为 {unit}",
                reason=f"call_also: expected units of the plan, found {unit}",
            )
    return None


def _laid_before(
    plan: Plan, rules: WarningRules, record: Record, edition: Edition, command: _Proposing, now: datetime
) -> Answer:
    """The proposal to the first of those who must agree."""
    asked = needed(rules, edition)
    if not asked:
        return Refusal(
            zh="本预案未规定由谁批准，请先作出决定", reason="the plan names nobody who approves this", kind="plan"
        )
    # A body that has agreed to a change itself has proposed it to the next one.
    agree = [{stage.body for rule in asked[:number] for stage in rule.stages} for number in range(len(asked))]
    proposals = [
        rule.proposal
        for rule, before in zip(asked, agree, strict=True)
        if rule.proposal and rule.proposal.by not in before
    ]
    post = plan.posts.get(command.in_name_of or command.envelope.post)
    for proposal in proposals if not edition.urgent else ():
        if post is None or post.unit != proposal.by:
            by = plan.units[proposal.by].name
            return Refusal(
                zh=f"in_name_of：须由{by}提出，应为其岗位，现为 {command.in_name_of or command.envelope.post}",
                reason=f"in_name_of: expected a post of {proposal.by}, which proposes it, "
                f"found {command.in_name_of or command.envelope.post}",
                kind="plan",
                clauses=proposal.clauses,
            )
    if command.in_name_of and not command.in_name_by:
        return Refusal(zh="in_name_by：须写明提出人", reason="in_name_by: expected the person who proposed it")
    matter = record.scene().summary
    verbs = {
        "issue": f"发布{WORDS[edition.colour]}预警",
        "adjust": f"预警由{WORDS[edition.was or edition.colour]}调整为{WORDS[edition.colour]}",
        "lift": f"解除{WORDS[edition.colour]}预警",
    }
    writers = (command.drafted_by or command.envelope.user, command.in_name_by)
    told = command.told("reason", "in_name_of", "in_name_by", "advice")
    asks = {
        "matter": f"{verbs[edition.does]}：{matter}",
        "as_at": now.isoformat(),
        "edition": edition.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        "drafters": [name for name in dict.fromkeys(writers) if name],
        **{name: words for name, words in told.items() if words},
    }
    data = approval.ask(record, DOES[edition.does], asked[0], asks, command.envelope.user)
    return (command.entry("proposed", now, data, cited(proposal.clauses for proposal in proposals)),)


def _endless(rules: WarningRules) -> Refusal:
    clauses = cited(item.clauses for item in rules.content if UNTIL in (item.id, *item.covers))
    return Refusal(
        zh="valid_until：须写明截止时间", reason="valid_until: expected until when it holds", clauses=clauses
    )


def _unadvised(plan: Plan, change: Adjustment) -> Refusal:
    names = "、".join(plan.units[unit].name for unit in change.consults)
    return Refusal(
        zh=f"advice：须先听取{names}的意见", reason="advice: expected what those said whose advice comes first",
        kind="plan", clauses=change.clauses,
    )  # fmt: skip


# -- what follows by itself --------------------------------------------------------------------------------------------


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The next body that must agree, the determination once all have, the end of its time, tasks from elsewhere."""
    rules, warning = plan.warning, record.warning
    if rules is None or warning is None:
        return
    elsewhere = warning.assessment.elsewhere
    if elsewhere is not None and INBOUND not in record.notices:
        yield from inbound(plan, rules, record, elsewhere, now)
    for edition in warning.editions:
        # What went out ahead is determined afterwards, even when it is over.
        if edition.determined_at is None and (edition.number == warning.draft or edition.submitted_at):
            yield from _agreed(plan, rules, record, edition, now)
    ends_at = _ends_at(record)
    if ends_at is not None and ends_at <= now:
        clauses = cited(item.clauses for item in rules.content if UNTIL in (item.id, *item.covers))
        yield from is_over(plan, record, by_system("warning_expired", ends_at, now, over(rules, record), clauses), now)


def instants(record: Record) -> Iterator[datetime]:
    """When a warning ends by itself."""
    if (ends_at := _ends_at(record)) is not None:
        yield ends_at


def _ends_at(record: Record) -> datetime | None:
    warning = record.warning
    if warning is None or not (warning.standing or warning.draft) or not WARNING.can(warning.state, "expire", warning):
        return None
    return warning.ends_at


def _agreed(plan: Plan, rules: WarningRules, record: Record, edition: Edition, now: datetime) -> Iterator[Draft]:
    given = [record.approvals[name] for name in edition.approvals]
    if any(one.state != "granted" for one in given):
        return
    asked, last = needed(rules, edition), given[-1]
    if len(given) < len(asked):
        following = asked[len(given)]
        data = approval.ask(record, last.what, following, last.asks, last.proposed_by)
        yield by_system("proposed", now, now, data, following.proposal.clauses if following.proposal else ())
        if edition.does == "adjust" and _rises(edition) and rules.adjust.ready_first:
            known = {task.rule for task in record.tasks.values()}
            news = [rule for rule in measures(rules, edition.colour) if rule.id not in known]
            yield from tasks.give(plan, record, news, now, f"readiness for {edition.colour}")
        return
    clauses = {
        "issue": rules.colours[edition.colour].clauses,
        "adjust": rules.adjust.clauses,
        "lift": rules.lift.clauses,
    }[edition.does]
    # One body's yes may be both: the decision, and the leave to go across the border.
    leave = rules.colours[edition.colour].across if edition.across else None
    at = last.acts[-1].at
    signed = any(act.stage == "sign" for one in given for act in one.acts)
    data = {"edition": edition.number, "does": edition.does, "colour": edition.colour, "signed": signed}
    yield by_system("warning_determined", at, now, data, cited((clauses, leave.clauses if leave else ())))
    clock = record.clocks.get(f"determine-{edition.number}")
    if clock is not None and clock.done_at is None:
        yield by_system("clock_done", at, now, {"clock": clock.id}, (clock.clause,) if clock.clause else ())


# -- folding -----------------------------------------------------------------------------------------------------------


def proposed(record: Record, entry: Draft) -> Record:
    if "edition" not in entry.data["asks"]:
        return record
    edition, warning = Edition.model_validate(entry.data["asks"]["edition"]), record.warned()
    asked = entry.data["approval"]
    if known := warning.edition(edition.number if edition.number <= len(warning.editions) else 0):
        return step(record, known.but(approvals=(*known.approvals, asked)))
    record = moot(record, but=asked)
    warning = warning.but(editions=(*warning.editions, edition.but(approvals=(asked,))), draft=edition.number)
    state = WARNING.step(warning.state, _TRIGGERS[edition.does], warning)
    return record.but(warning=warning.but(state=state))


def answered(record: Record, entry: Draft) -> Record:
    """Who declines a text stops it; if it went out ahead of them, that stands on the first page."""
    name, warning = entry.data["approval"], record.warning
    if warning is None or record.approvals[name].state != "declined":
        return record
    draft = warning.edition(warning.draft)
    if draft is not None and name in draft.approvals and draft.submitted_at is None:
        state = WARNING.step(warning.state, "decline", warning)
        return record.but(warning=warning.but(state=state, draft=0))
    if any(name in edition.approvals and edition.submitted_at for edition in warning.editions):
        says = f"先行发布的预警未获审定：{entry.data['words']}"
        departure = Departure(
            seq=record.head.seq + 1,
            kind="deviation",
            says=says,
            at=entry.true_at,
            clauses=entry.clauses,
            recorded_by=entry.user,
        )
        return record.but(departures=(*record.departures, departure))
    return record


def determined(record: Record, entry: Draft) -> Record:
    edition = record.warned().edition(entry.data["edition"])
    assert edition is not None
    changed = edition.but(determined_at=entry.true_at, signed=entry.data["signed"])
    record = step(record, changed)
    warning = record.warned()
    # What went out ahead of its determination does not move by it.
    on_its_way = warning.draft == edition.number and edition.submitted_at is None
    return step(record, changed, "determine") if on_its_way else record


def ended(record: Record, entry: Draft) -> Record:
    """It has expired, or was dropped."""
    return closed(record, entry, {"warning_expired": "expire", "warning_dropped": "drop"}[entry.kind])
