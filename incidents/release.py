"""Public information (信息发布): a text with figures and the report they come from, approved by two people, published.

The published text is the one that was approved; its figures stand at their "as at", and what moved since is confirmed
in words before it leaves. A correction or a withdrawal goes out on one officer's act; a second confirms it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from incidents import approval, tasks
from incidents.command import Answer, Command, Refusal
from incidents.facts import holds
from incidents.logbook import Draft
from incidents.notices import issue
from incidents.record import Record, Release, fresh
from plans.schema import ApprovalRule, Measure, Plan, ReleaseRule, Role, Stage

Text = Field(min_length=1, max_length=10_000)


class _ByRule(Command):
    """By which rule of the plan, and what it asks beside the approval."""

    rule: str = Field(default="", max_length=64)
    """Left out: the first that holds for this accident."""
    authorised: str = Field(default="", max_length=400)
    """Who authorised it, when, by which number, where the rule needs it."""
    required: str = Field(default="", max_length=400)
    """What the superior requires, where the rule follows one."""
    differs: str = Field(default="", max_length=400)
    """Why figures stand that the ledger does not have, or has no longer."""


class DraftRelease(_ByRule):
    """A text for the public is laid before those who approve it."""

    verb: ClassVar[str] = "draft-release"
    text: str = Text
    figures: Mapping[Measure, int] = Field(default={}, max_length=20)
    """Every count in the text, as it says it."""
    as_at: AwareDatetime
    report: str = Field(default="", max_length=64)
    """The report that the figures come from, by its deadline."""


class RecordRelease(_ByRule):
    """A text was published: an approved one of ours, or another body's where the plan leaves it to that body."""

    verb: ClassVar[str] = "record-release"
    release: str = Field(default="", max_length=64)
    """Left out: another body's text."""
    text: str = Field(default="", max_length=10_000)
    """The text of another body; an approved one is published as it was approved."""
    channels: tuple[str, ...] = Field(min_length=1, max_length=20)
    managed_by: Mapping[str, str] = Field(default={}, max_length=20)
    """Who stood by it for each of the bodies that manage releases: the person, by the unit."""
    carries: tuple[str, ...] = Field(default=(), max_length=20)
    """Which of the items that the plan wants in a text it carries, by id."""


class CorrectRelease(Command):
    """A published text is corrected or withdrawn at once, by one officer."""

    verb: ClassVar[str] = "correct-release"
    release: str
    how: Literal["correction", "withdrawal"]
    text: str = Text
    reason: str = Field(min_length=1, max_length=400)
    channels: tuple[str, ...] = Field(min_length=1, max_length=20)


class ConfirmReleaseCorrection(Command):
    """The second person stands by a correction or withdrawal, afterwards."""

    verb: ClassVar[str] = "confirm-release-correction"
    roles: ClassVar[tuple[Role, ...]] = ("watch", "decider", "signatory")
    release: str


def draft_release(plan: Plan, record: Record, command: DraftRelease, now: datetime) -> Answer:
    rule = _rule(plan, record, command.rule)
    if isinstance(rule, Refusal):
        return rule
    if not rule.approved_by or rule.publisher is None:
        publisher = plan.units[rule.publisher].name if rule.publisher else _names(plan, rule.follows)
        return Refusal(
            zh=f"本项由{publisher}发布；请以 record-release 记录",
            reason=f"'{rule.id}': published by {rule.publisher or ', '.join(rule.follows)}; use record-release",
            kind="plan",
            clauses=rule.clauses,
        )
    if refusal := _lacks(plan, rule, command):
        return refusal
    if command.as_at > now:
        return Refusal(
            zh=f"as_at：不能晚于现在，现为 {command.as_at.isoformat()}",
            reason=f"as_at: expected a time that is not in the future, found {command.as_at.isoformat()}",
        )
    if command.figures and command.report not in {c.id for c in record.clocks.values() if c.rule and c.done_at}:
        return Refusal(
            zh="report：须写明数字出自哪份已报出的报告",
            reason="report: expected the report that was sent with these figures",
            clauses=rule.clauses,
        )
    if refusal := _moved(record, command.figures, command.differs, rule):
        return refusal
    name = fresh("R1", record.releases)
    told = command.told("text", "figures", "as_at", "report", "authorised", "required", "differs")
    data = {"release": name, "rule": rule.id, "publisher": rule.publisher, **told}
    stage = Stage(stage="decide", posts=rule.approved_by, enough="one", clauses=rule.clauses)
    asks = {"matter": f"发布信息 {name}", "release": name, **told}
    # One person never publishes alone, whatever a plan allows elsewhere.
    asked = approval.ask(
        record, "release", ApprovalRule(stages=(stage,), one_person="refused"), asks, command.envelope.user
    )
    drafted = command.entry("release_drafted", now, {**data, "approval": asked["approval"]})
    return (drafted, command.entry("proposed", now, asked), *_heard_first(plan, record, rule, name, now))


def record_release(plan: Plan, record: Record, command: RecordRelease, now: datetime) -> Answer:
    if refusal := _not_managing(plan, command) or _no_item(plan, command):
        return refusal
    if not command.release:
        return _by_others(plan, record, command, now)
    release = record.releases.get(command.release)
    if release is None or release.published_at is not None:
        return _unknown(record, "待发布的文稿", "a text that waits to be published", command.release)
    rule = _rule(plan, record, release.rule)
    if isinstance(rule, Refusal):
        return rule
    asked = record.approvals[release.approval]
    if asked.state != "granted":
        return Refusal(
            zh=f"{release.id} 未经审批（{asked.state}），不得发布",
            reason=f"{release.id} is {asked.state}: nothing is published without its approval",
            kind="hard",
            clauses=rule.clauses,
        )
    if approval.unheard(asked) is not None:
        return Refusal(
            zh=f"{release.id} 只有口头审批：须由第二人按通讯录回拨确认（call-back）",
            reason=f"{release.id} has a spoken approval alone: expected a second person to call back the number in the "
            "directory (call-back)",
            kind="hard",
            clauses=rule.clauses,
        )
    if refusal := _moved(record, release.figures, command.differs, rule):
        return refusal
    data = {
        "release": release.id,
        "rule": release.rule,
        "publisher": release.publisher,
        **command.told("channels", "differs", "managed_by"),
        **({"carries": list(command.carries)} if command.carries else {}),
    }
    return (command.entry("release_published", now, data, _cited(plan, rule, command)),)


def correct_release(plan: Plan, record: Record, command: CorrectRelease, now: datetime) -> Answer:
    release = record.releases.get(command.release)
    if release is None or release.published_at is None:
        return _unknown(record, "已发布的文稿", "a text that was published", command.release)
    if release.correction == "withdrawal":
        return Refusal(zh=f"{release.id} 已撤回", reason=f"{release.id} is withdrawn already", kind="plan")
    data = command.told("release", "how", "text", "reason", "channels")
    return (command.entry("release_corrected", now, data),)


def confirm_release_correction(plan: Plan, record: Record, command: ConfirmReleaseCorrection, now: datetime) -> Answer:
    release = record.releases.get(command.release)
    if release is None or not release.correction or release.confirmed_by:
        return _unknown(record, "待确认的更正或撤回", "a correction that waits for the second person", command.release)
    if command.envelope.user == release.corrected_by:
        return Refusal(zh="更正人不能兼作第二人", reason="who corrected it can't be the second person", kind="hard")
    return (command.entry("release_correction_confirmed", now, {"release": release.id}),)


def _by_others(plan: Plan, record: Record, command: RecordRelease, now: datetime) -> Answer:
    rule = _rule(plan, record, command.rule)
    if isinstance(rule, Refusal):
        return rule
    if refusal := _lacks(plan, rule, command):
        return refusal
    if rule.approved_by:
        return Refusal(
            zh="release：本项由我方审批发布，须写明文稿",
            reason="release: expected it, since this accident's texts are approved and published here",
            kind="plan",
            clauses=rule.clauses,
        )
    if not command.text:
        return Refusal(zh="text：须写明发布的内容", reason="text: expected what was published")
    publisher = rule.publisher or next(iter(rule.follows), "")
    name = fresh("R1", record.releases)
    data = {
        "release": name,
        "rule": rule.id,
        "publisher": publisher,
        **command.told("text", "channels", "authorised", "required", "managed_by"),
        **({"carries": list(command.carries)} if command.carries else {}),
    }
    published = command.entry("release_published", now, data, _cited(plan, rule, command))
    return (published, *_heard_first(plan, record, rule, name, now))


def _rule(plan: Plan, record: Record, name: str) -> ReleaseRule | Refusal:
    """The rule to publish by as the accident stands now: this one, or the first that holds."""
    rules = plan.release.rules if plan.release else ()
    fitting = [rule for rule in rules if holds(rule.when, record)]
    found = next((rule for rule in fitting if name in ("", rule.id)), None)
    if found is not None:
        return found
    known = ", ".join(rule.id for rule in fitting) or "none"
    return Refusal(
        zh=f"rule：现应为 {known} 之一，不是 {name or '（未写）'}",
        reason=f"rule: expected one of {known} as the accident stands, found {name or 'none'}",
        kind="plan",
        clauses=plan.release.clauses if plan.release else (),
    )


def _not_managing(plan: Plan, command: RecordRelease) -> Refusal | None:
    managing = plan.release.managed_by if plan.release else ()
    other = next((unit for unit in command.managed_by if unit not in managing), None)
    if other is None:
        return None
    return Refusal(
        zh=f"managed_by：应为归口管理单位{_names(plan, managing)}，现为 {other}",
        reason=f"managed_by: expected those who manage releases, {', '.join(managing) or 'none'}; found {other}",
    )


def _no_item(plan: Plan, command: RecordRelease) -> Refusal | None:
    items = [item.id for item in (plan.release.content if plan.release else ())]
    other = next((name for name in command.carries if name not in items), None)
    if other is None:
        return None
    known = ", ".join(items) or "none"
    return Refusal(
        zh=f"carries：应为预案所列内容 {known}，现为 {other}",
        reason=f"carries: expected items of a text by the plan, {known}; found {other}",
    )


def _cited(plan: Plan, rule: ReleaseRule, command: RecordRelease) -> tuple[str, ...]:
    """The rule's clauses; those of who manages releases, once everybody who does stood by it; those of what the text
    carries."""
    told = plan.release
    carried = [item for item in (told.content if told else ()) if item.id in command.carries]
    managed = told is not None and bool(told.managed_by) and command.managed_by.keys() >= set(told.managed_by)
    items = [clause for item in carried for clause in item.clauses]
    return (*rule.clauses, *(told.clauses if told is not None and managed else ()), *items)


def _lacks(plan: Plan, rule: ReleaseRule, command: _ByRule) -> Refusal | None:
    if rule.authorised_by and not command.authorised:
        return Refusal(
            zh=f"authorised：须有{plan.units[rule.authorised_by].name}的授权记录",
            reason=f"authorised: expected the recorded authorisation by {rule.authorised_by}",
            clauses=rule.clauses,
        )
    if rule.follows and not command.required:
        return Refusal(
            zh=f"required：须写明{_names(plan, rule.follows)}的要求",
            reason=f"required: expected what {', '.join(rule.follows)} requires",
            clauses=rule.clauses,
        )
    return None


def _moved(record: Record, figures: Mapping[Measure, int], differs: str, rule: ReleaseRule) -> Refusal | None:
    """A text with other figures than the ledger's waits until somebody says in words why."""
    now = record.figures()
    other = {measure: n for measure, n in figures.items() if now.get(measure) != n}
    if not other or differs:
        return None
    told = "; ".join(f"{measure} {n}, now {now.get(measure, 'unknown')}" for measure, n in other.items())
    return Refusal(
        zh=f"figures：与现有数字不同（{told}）；仍要发布须在 differs 写明理由",
        reason=f"figures: they differ from the ledger ({told}); say in 'differs' why the text stands",
        clauses=rule.clauses,
    )


def _heard_first(plan: Plan, record: Record, rule: ReleaseRule, name: str, now: datetime) -> Iterator[Draft]:
    """Whom a release informs, and what every unit owes when the public is told, once."""
    if rule.informs:
        publisher = plan.units[rule.publisher].name if rule.publisher else ""
        yield issue(
            plan,
            record,
            now,
            f"N-release-{name}",
            "release_informed",
            dict.fromkeys(rule.informs, ""),
            chased=False,
            clauses=rule.clauses,
            publisher=publisher,
            matter=f"{publisher}发布信息",
        )
    known = tasks.standing(record)
    duties = (duty for unit in plan.units for duty in tasks.duties(plan, unit, "release"))
    owed = [duty for duty in duties if duty.id not in known]
    yield from tasks.give(plan, record, owed, now, f"release {name}")


def _names(plan: Plan, units: tuple[str, ...]) -> str:
    return "、".join(plan.units[unit].name for unit in units)


def _unknown(record: Record, zh: str, en: str, found: str) -> Refusal:
    known = ", ".join(record.releases) or "none"
    return Refusal(
        zh=f"release：应为{zh}，现为 {found}；现有 {known}",
        reason=f"release: expected {en}, found {found}; known: {known}",
    )


def drafted(record: Record, entry: Draft) -> Record:
    data = entry.data
    release = Release(
        id=data["release"],
        rule=data["rule"],
        approval=data["approval"],
        text=data["text"],
        figures=data["figures"],
        report=data["report"],
        publisher=data["publisher"],
    )
    return _put(record, release)


def published(record: Record, entry: Draft) -> Record:
    data = entry.data
    release = record.releases.get(data["release"]) or Release(
        id=data["release"], rule=data["rule"], text=data["text"], publisher=data["publisher"]
    )
    return _put(record, release.but(published_at=entry.true_at))


def corrected(record: Record, entry: Draft) -> Record:
    release = record.releases[entry.data["release"]]
    return _put(record, release.but(correction=entry.data["how"], corrected_by=entry.user, confirmed_by=""))


def confirmed(record: Record, entry: Draft) -> Record:
    return _put(record, record.releases[entry.data["release"]].but(confirmed_by=entry.user))


def _put(record: Record, release: Release) -> Record:
    return record.but(releases={**record.releases, release.id: release})
