"""What departed from the plan stands on the first page of a dossier that verifies, and nothing that came after it
failed: each departure in an incident of its own, and the six that practice fears most in one accident on the workflow.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents import approval, deadlines
from incidents import recovery as aftermath
from incidents import tasks as work
from incidents import termination as end
from incidents.logbook import Entry
from incidents.record import Record
from statecharts.approval import OPEN as OPEN_APPROVALS
from statecharts.lifecycle import ACTIVE
from statecharts.task import OPEN as OPEN_TASKS
from store import dossier
from tests import onscene
from tests.deviations import BY, CASES, Case
from tests.ordinary import OFFICER, Said
from tests.scenes import HEAD, HOLDERS, Scene, Step, Until, View
from tests.stage import Stage
from tests.support import PLAN, facts
from tests.test_incidents_incident import Desk

SOMEBODY = "平"
"""Holds every post that is asked."""


def to_the_archive(desk: Desk) -> None:
    """From wherever a departure has left it, by regular steps alone."""
    desk.wait(hours=1)
    if desk.record.phase in ACTIVE:
        answer_all(desk, "no")
        for rule in PLAN.termination.conditions:
            if rule.path in ("control", "rescued"):
                desk.does(end.TickCondition, condition=rule.id, words="现场核查")
        desk.does(end.ProposeTermination)
        answer_all(desk, "yes")
    if desk.record.phase == "end_approved":
        desk.does(end.ConfirmWithdrawal, counted_by="张", people=42)
    if desk.record.phase == "withdrawn":
        if end.superior(PLAN, desk.record):
            desk.does(end.RecordSuperiorEnd, by="吴", words="同意结束", number="3号")
        answer_all(desk, "yes")
    if desk.record.phase == "recovery":
        desk.report_all()
    for task in list(desk.record.tasks.values()):
        if task.state in OPEN_TASKS:
            desk.does(work.CompleteTask, task=task.id, outcome="not_applicable", words="无此情形")
    for told in list(desk.record.approvals.values()):
        for act in told.acts:
            if act.hand == "unsigned":
                sheet = {"approval": told.id, "stage": act.stage, "sha256": "a" * 64, "name": "签批单.jpg"}
                desk.does(approval.AttachSignature, **sheet)
    if desk.record.phase == "recovery":
        for clock in list(desk.record.clocks.values()):
            if clock.soft and clock.verdict in ("running", "due_soon"):
                desk.does(deadlines.StandDown, clock=clock.id, reason="已结束")
        desk.does(aftermath.Archive, keeper="档案室")
    desk.wait(days=45)


def answer_all(desk: Desk, answer: str) -> None:
    """Whoever is asked answers."""
    while waiting := [told for told in desk.record.approvals.values() if told.state in OPEN_APPROVALS]:
        stage = waiting[0].stage()
        assert stage is not None
        asked = approval.Decide if stage.stage == "decide" else approval.Sign
        desk.does(asked, SOMEBODY, stage.posts[0], approval=waiting[0].id, answer=answer, words="另行研究")


def first_page(folder: Path, record: Record, entries: Sequence[Entry]) -> dict[str, Any]:
    """Of the dossier that is written from these entries, read back after it was verified."""
    dossier.write(folder / record.id, entries, PLAN.model_dump_json(), ())
    assert dossier.check(folder / record.id) == record.head
    page: dict[str, Any] = json.loads((folder / record.id / "first-page.json").read_text("utf-8"))
    return page


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.words)
def test_a_departure_blocks_nothing_up_to_the_archive_and_stands_on_the_first_page(case: Case, tmp_path: Path) -> None:
    desk = case.start()
    case.happens(desk)
    at = desk.now.isoformat()
    case.then(desk)
    to_the_archive(desk)
    assert desk.record.phase == "closed"
    (told,) = first_page(tmp_path, desk.record, desk.entries)["departures"]
    entry = next(entry for entry in desk.entries if entry.kind == "deviation")
    assert told == {
        "seq": entry.seq,
        "kind": "deviation",
        "says": case.words,
        "at": at,
        "clauses": [case.leaves],
        "ordered_by": BY,
        "post": "",
        "form": case.form,
        "recorded_by": "李",
        "reason": "情况紧急",
        "effects": [case.effect["kind"]],
    }


def test_the_forms_in_which_departures_are_ordered_are_all_of_them() -> None:
    assert {case.form for case in CASES} == {"oral", "paper", "elsewhere", "in_system"}


FEARED = (
    "预警先由平台发布，审批后到",
    "秘书在现场代为指挥",
    "副指挥长一人启动三级",
    "新闻发布组由融媒体中心牵头",
    "上级在视频会议室直接指挥",
    "未经批准队伍先行撤离",
)
"""The six of practice, in the order in which one accident meets them."""


def _told(case: Case) -> Said:
    fields = {"ordered_by": BY, "form": case.form, "words": case.words, "reason": "情况紧急", "leaves": [case.leaves]}
    return Said(OFFICER, "deviate", {**fields, "effects": [case.effect]})


def _otherwise(view: View) -> Iterator[Step]:
    """The six, ten minutes apart, a regular step after each; then the end as the plan has it."""
    by_words = {case.words: case for case in CASES}
    for number, words in enumerate(FEARED, start=1):
        yield Until(timedelta(minutes=10 * number))
        yield _told(by_words[words])
        yield Said(OFFICER, "request-support", {"by": "现场", "need": f"第{number}批力量"})
        yield from onscene.reports(view.record, view.now)
    yield Said(OFFICER, "record-superior-end", {"by": "吴", "words": "同意结束", "number": "3号"})
    lift = list(view.record.approvals.values())[-1]
    for stage in lift.stages:
        yield Said(HEAD, stage.stage, {"approval": lift.id})
    yield from onscene.finished(view.record)
    yield from onscene.reports(view.record, view.now)
    yield from onscene.stood_down(view.record)
    yield Said(OFFICER, "archive", {"keeper": "档案室"})
    yield Until(timedelta(days=45))


def _reported(now: Any) -> dict[str, Any]:
    return facts(received_at=now.isoformat(), occurred_at=now.isoformat(), deaths=3)


def test_six_departures_in_one_accident_go_through_the_workflow_to_one_dossier(tmp_path: Path) -> None:
    stage = Stage(Scene("otherwise", "live", _reported, _otherwise), PLAN)
    stage.play()
    record = stage.view.record
    assert record.phase == "closed"
    page = first_page(tmp_path, record, stage.home.entries)
    assert [told["says"] for told in page["departures"]] == list(FEARED)
    for told, case in zip(page["departures"], (c for words in FEARED for c in CASES if c.words == words), strict=True):
        assert (told["clauses"], told["form"], told["ordered_by"]) == ([case.leaves], case.form, BY)
        assert told["recorded_by"] == HOLDERS[OFFICER]
    assert [told["post"] for told in page["commanders"]] == ["site_duty_leader", "site_duty_leader", "region_commander"]
    assert record.leads == {"group_press": "市融媒体中心"}
