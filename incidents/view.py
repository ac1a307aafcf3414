"""How an incident is shown to people and scripts: the JSON shapes of the contract, read from the record alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, get_args

from pydantic import TypeAdapter

from incidents import accounts, chain, timeline
from incidents.accident import OFFICIAL, State
from incidents.lateness import Statement
from incidents.logbook import Entry
from incidents.record import Act, Approval, PublicWarning, Record, Stands
from statecharts.approval import OPEN

_LENGTH = TypeAdapter(timedelta | None)
UNSIGNED = ("overdue", "late", "missed")
"""Where the deadline of a signature stands when the hand came late or not at all."""


def shown(record: Record) -> dict[str, Any]:
    """What `show` gives: phase, grades, level, command, approvals, clocks, notices, tasks and where the log stands."""
    told = record.model_dump(mode="json")
    grades, commander = told["grades"] or {}, (told["commands"] or [None])[-1]
    return {
        "id": record.id,
        "kind": record.kind,
        "plan": record.plan,
        "plan_hash": record.plan_hash,
        "phase": record.phase,
        "grade_computed": grades.get("computed"),
        "grade_standing": grades.get("standing"),
        "grade_may_be": grades.get("may_be"),
        "statutory_grade": grades.get("statutory"),
        "level": record.level,
        "warning": _warned(record.warning) if record.warning else None,
        "commander": commander and {name: commander[name] for name in ("post", "user", "since", "how", "state")},
        "guiding": told["guides"],
        "deputies": list(told["deputies"].values()),
        "handovers": list(told["offers"].values()),
        "onsite_hq": told["onsite"],
        "forces": list(told["forces"].values()),
        "support": list(told["support"].values()),
        "instructions": list(told["instructions"].values()),
        "consultations": list(told["consultations"].values()),
        "zones": list(told["zones"].values()),
        "rescue": record.rescue,
        "suspensions": told["suspensions"],
        "approvals": [item for approval in record.approvals.values() for item in _stages(approval)],
        "clocks": [
            {
                "id": clock["id"],
                "clause": clock["clause"],
                "from": clock["sender"],
                "to": clock["addressee"],
                "leg": clock["leg"],
                "starts_at": clock["starts_at"],
                "due_at": clock["due_at"],
                "done_at": clock["done_at"],
                "verdict": clock["verdict"],
                "late_by": _LENGTH.dump_python(record.clocks[clock["id"]].late_by, mode="json"),
                "says": clock["says"],
                "soft": clock["soft"],
                "external": clock["external"],
                **({"disputed": clock["disputed"]} if clock["disputed"] else {}),
            }
            for clock in told["clocks"].values()
        ],
        "notices": [
            {
                "id": notice.id,
                "recipients": [
                    {
                        "unit": recipient.unit,
                        "channel": notice.steps[recipient.step].channel,
                        "state": recipient.state,
                        "answered_by": recipient.answered_by,
                    }
                    for recipient in notice.recipients.values()
                ],
            }
            for notice in record.notices.values()
        ],
        "tasks": [{name: task[name] for name in _TASK} for task in told["tasks"].values()],
        "conditions": {name: tick["holds"] for name, tick in told["conditions"].items()},
        "departures": told["departures"],
        "report_faults": told["report_faults"],
        "reports": [_report(record, report) for report in told["reports"].values()],
        "chasers": list(told["chasers"].values()),
        "revisions": told["revisions"],
        "releases": list(told["releases"].values()),
        "false_alarm": told["false_alarm"],
        "facts": told["facts"],
        "intakes": list(told["intakes"].values()),
        "counts": told["counts"],
        "hearsay": told["hearsay"],
        "ledger": _ledger(record),
        "name_lists": list(told["lists"].values()),
        "frozen": told["frozen"],
        "window_ends": told["window_ends"],
        "archive": record.archive or None,
        "seq": record.head.seq,
        "head": record.head.hash,
    }


_STATES = get_args(State)


def _ledger(record: Record) -> list[dict[str, Any]]:
    """The sources side by side, a row for each state: who says how many, where they differ, whose figure counts."""
    rows = []
    for state in _STATES:
        told = {name: account.states[state] for name, account in record.accounts.items() if state in account.states}
        if told:
            counts = accounts.counting(record.accounts, state)
            rows.append(
                {
                    "state": state,
                    "differ": accounts.differ(record.accounts, state),
                    "counts": counts.account if counts else None,
                    "sources": [_claim(name, stands) for name, stands in told.items()],
                }
            )
    return rows


def _claim(account: str, stands: Stands) -> dict[str, Any]:
    count = stands.count
    return {
        "source": account,
        **count.model_dump(include={"n", "at_least", "about"}),
        "as_of": stands.at.isoformat(),
        "official": count.source in OFFICIAL,
        "verified": bool(count.verified),
        "list": stands.listed or None,
        "corrected": stands.corrected,
        "differs": stands.differs or None,
        "settled_against": stands.aside,
        "overtaken": stands.overtaken > 0,
        "after_window": stands.late,
    }


_TASK = ("id", "says", "owner", "state", "due_at", "clauses", "group", "ordered_by", "instruction", "progress")


def places(record: Record) -> dict[str, Mapping[str, int]]:
    """Where an incident stands in each chart, by the chart's name: how many stand in a state now."""
    acts = [act for approval in record.approvals.values() for act in approval.acts if act.form != "in_system"]
    recipients = [recipient for notice in record.notices.values() for recipient in notice.recipients.values()]
    return {
        "intake": {"confirmed": len(record.intakes)} if record.intakes else {},
        "lifecycle": {record.phase: 1},
        "warning": {record.warning.state: 1} if record.warning else {},
        "approval": Counter(approval.state for approval in record.approvals.values()),
        "hand": Counter(act.hand for act in acts),
        "clock": Counter(clock.verdict for clock in record.clocks.values()),
        "notice": Counter(recipient.state for recipient in recipients),
        "task": Counter(task.state for task in record.tasks.values()),
        "command": {record.commander.state: 1} if record.commander else {},
        "handover": Counter(offer.state for offer in record.offers.values()),
        "instruction": Counter(instruction.state for instruction in record.instructions.values()),
        "rescue": {record.rescue: 1},
    }


def line(entry: Entry) -> dict[str, Any]:
    """One line of the log: what was hashed, and its hash."""
    return {
        "seq": entry.seq,
        "true_at": entry.true_at.isoformat(),
        "known_at": entry.known_at.isoformat(),
        "kind": entry.kind,
        "user": entry.user,
        "post": entry.post,
        "clauses": list(entry.clauses),
        "data": dict(entry.data),
        "prev": entry.prev,
        "hash": entry.hash,
    }


def first_page(record: Record) -> dict[str, Any]:
    """What a supervisor reads first: who decided in what form, who commanded when, each deadline's verdict, whom the
    notices reached, when the rescue stopped, which instructions are open, and everything that departed from the plan
    or is not signed."""
    told = shown(record)
    spoken = [act for act in told["approvals"] if act["form"] not in (None, "in_system")]
    return {
        **{name: told[name] for name in ("id", "kind", "plan", "plan_hash", "phase", "grade_standing", "level")},
        "warning": told["warning"],
        "departures": told["departures"],
        "scope_accepted": told["facts"] and told["facts"]["scope_accepted"],
        "report_faults": told["report_faults"],
        "receipts_disputed": [clock["id"] for clock in told["clocks"] if "disputed" in clock],
        "chasers_unanswered": [chaser for chaser in told["chasers"] if not chaser["answered_at"]],
        "revisions": told["revisions"],
        "not_signed": [act for act in spoken if act["hand"] != "signed"],
        "overdue_signatures": [
            clock for clock in told["clocks"] if clock["id"].startswith("hand-") and clock["verdict"] in UNSIGNED
        ],
        "not_confirmed": [act for act in spoken if not act["confirmed_by"]],
        "false_alarm": told["false_alarm"],
        "releases": told["releases"],
        "corrections_not_confirmed": [
            release for release in told["releases"] if release["correction"] and not release["confirmed_by"]
        ],
        "spoken": spoken,
        "decisions": told["approvals"],
        "commanders": commanders(record),
        "guiding": told["guiding"],
        "suspensions": told["suspensions"],
        "instructions": [told for told in told["instructions"] if told["state"] != "closed"],
        "clocks": told["clocks"],
        "unreached": [
            {"notice": notice["id"], "unit": recipient["unit"], "state": recipient["state"]}
            for notice in told["notices"]
            for recipient in notice["recipients"]
            if recipient["state"] in ("unreached", "uncertain", "failed")
        ],
        "notices": told["notices"],
        "seq": told["seq"],
        "head": told["head"],
    }


def late(told: Statement) -> dict[str, Any]:
    """A statement on a late report, as JSON."""
    clock = told.clock
    return {
        "clock": clock.id,
        "says": clock.says,
        "leg": clock.leg,
        "due_at": clock.due_at.isoformat(),
        "sent_at": clock.done_at.isoformat() if clock.done_at else None,
        "late_by": _LENGTH.dump_python(told.late_by, mode="json"),
        "verdict": clock.verdict,
        "instants": [{"at": one.at.isoformat(), "says": one.says, "en": one.en, "by": one.by} for one in told.instants],
        "longest": [one.says for one in told.longest] if told.longest else None,
        "remedy": told.remedy,
    }


def _report(record: Record, told: dict[str, Any]) -> dict[str, Any]:
    """A report with its figures as they were, and what the ledger has come to since."""
    since = chain.changes(record.reports[told["id"]].figures, record.figures())
    return {**told, "since": {measure: list(pair) for measure, pair in since.items()}}


def commanders(record: Record) -> list[dict[str, Any]]:
    """Who commanded on scene from when to when, in the contract's shape."""
    return [
        {
            "from": told.since.isoformat(),
            "to": told.until.isoformat() if told.until else None,
            "post": told.commander.post,
            "user": told.commander.user,
            "how": told.commander.how,
        }
        for told in timeline.commanders(record)
    ]


def levels(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """How grade and level moved, in the contract's shape."""
    return [told._asdict() | {"at": told.at.isoformat()} for told in timeline.levels(entries)]


def _warned(warning: PublicWarning) -> dict[str, Any]:
    """A warning: where it stands, each text with the hands it went through, what one person did in public."""
    told = warning.model_dump(mode="json")
    out = [edition for edition in told["editions"] if edition["submitted_at"] and not edition["determined_at"]]
    return {
        "state": warning.state,
        "colour": warning.colour,
        "assessed": told["assessment"]["colour"],
        "by_counts": warning.by_counts,
        "ends_at": warning.ends_at.isoformat() if warning.ends_at else None,
        "assessment": told["assessment"],
        "editions": told["editions"],
        "standing": warning.standing or None,
        "on_its_way": warning.draft or None,
        "not_determined": [edition["number"] for edition in out],
        "corrections": list(told["corrections"].values()),
        "not_confirmed": [one.id for one in warning.corrections.values() if not one.confirmed_by],
    }


def _signed_at(act: Act | None) -> str | None:
    """When a hand came under it; one that came with the word itself is as old."""
    if act is None or act.hand != "signed":
        return None
    return (act.signed_at or act.at).isoformat()


def _stages(approval: Approval) -> Iterator[dict[str, Any]]:
    """One item for each stage: what was said there, or who is waited for."""
    said = {act.stage: act for act in approval.acts}
    for stage in approval.stages:
        act = said.get(stage.stage)
        # A stage that nobody has answered: it waits, comes later, or came too late.
        waits = "waiting" if approval.stage() == stage else "next"
        state = waits if approval.state in OPEN else approval.state
        yield {
            "id": approval.id,
            "what": approval.what if approval.level is None else f"{approval.what} {approval.level}",
            "stage": stage.stage,
            "post": act.post if act else ",".join(stage.posts),
            "user": act.user if act else None,
            "form": act.form if act else None,
            "at": act.at.isoformat() if act else None,
            "read_back": act.read_back if act else None,
            "recorded_by": act.recorded_by if act else None,
            "confirmed_by": act.confirmed_by if act else None,
            "called_back_by": (act.called_back_by or None) if act else None,
            "hand": act.hand if act else None,
            "signed_at": _signed_at(act),
            "state": act.answer if act else state,
            "digest": approval.digest,
            "clauses": list(stage.clauses),
        }
