"""The ordinary accident of the end-to-end tests: what two people say, step by step, from opening to archive."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Said(NamedTuple):
    """One command: by which post's holder, and its fields."""

    post: str
    verb: str
    fields: dict[str, Any]


OFFICER, DEPUTY = "first_officer", "deputy_commander_bureau"

LEGS = (
    "verify",
    "phone-general-hq",
    "phone-party",
    "phone-government",
    "side-police",
    "side-human-resources",
    "side-trade-union",
    "side-procuratorate",
    "own-government",
    "enterprise-report",
    "follow-up",
)
CONTROL = ("under-control", "accident-removed", "harm-removed", "secondary-removed", "no-recurrence", "all-rescued")


def response(now: datetime) -> Iterator[Said]:
    """Level IV: proposed by the officer; decided by word of mouth and recorded; signed in an own session."""
    yield Said(OFFICER, "propose-level", {"level": "IV", "matter": "启动四级响应", "expected_duration": "PT24H"})
    said = {"approval": "A1", "stage": "decide", "post": DEPUTY, "by": "wang.qiang", "said_at": now.isoformat()}
    yield Said(OFFICER, "record-oral", {**said, "via": "电话", "words": "同意启动", "read_back": True})
    yield Said(DEPUTY, "sign", {"approval": "A1"})


def reports(now: datetime) -> Iterator[Said]:
    """Every leg goes out, and the site's leader arrives."""
    for leg in LEGS:
        fields = {"clock": leg, "via": "电话", "as_at": now.isoformat(), "signed_by": "王强", "received_by": "值班员"}
        yield Said(OFFICER, "send-report", fields)
    yield Said(OFFICER, "declare-handover", {"post": "site_duty_leader", "by": "ciren", "way": "arrived"})


def end() -> Iterator[Said]:
    """Conditions, scene end, withdrawal, lifting."""
    for condition in CONTROL:
        yield Said(OFFICER, "tick-condition", {"condition": condition, "words": "现场核查"})
    yield Said(OFFICER, "propose-termination", {})
    yield Said(DEPUTY, "decide", {"approval": "A2"})
    yield Said(OFFICER, "confirm-withdrawal", {"counted_by": "张", "people": 42})
    yield Said(DEPUTY, "decide", {"approval": "A3"})
    yield Said(DEPUTY, "sign", {"approval": "A3"})
    yield Said(DEPUTY, "ratify", {"approval": "A1", "stage": "decide"})


def recovery(tasks: Mapping[str, str]) -> Iterator[Said]:
    """Every task closed that is still open, given as its state by id; then the file is archived."""
    for task, state in tasks.items():
        if state in ("asked", "held"):
            fields = {"task": task, "outcome": "not_applicable", "words": "无此情形"}
            yield Said(OFFICER, "complete-task", fields)
        elif state == "given":
            yield Said(OFFICER, "complete-task", {"task": task})
    yield Said(OFFICER, "archive", {"keeper": "档案室"})
