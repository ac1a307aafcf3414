"""Documents are filled from the log: every field, in the words of people, frozen as at, and nothing made up."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from incidents.logbook import Entry
from intakes.intake import Verify
from intakes.sheet import rows as rows_of
from intakes.sheet import sheet
from papers import filling, reports
from papers.filling import EMPTY, Filled, fields, fillable
from papers.source import Rows, Source, Unfit
from plans.documents import Document, document, documents
from tests.calls import TELLING, Paper
from tests.papers import MAIN, drawn_up, source
from tests.playing import plan_of, played

FILLABLE = [told for told in documents() if fillable(told.id)]


def texts(filled: Filled) -> Iterator[str]:
    for value in filled.values.values():
        if isinstance(value, str):
            yield value
        else:
            yield from (cell for row in value for cell in row.values())


def made(number: str, **about: Any) -> Filled:
    return fields(source(drawn_up().get(number), number, **about), document(number))


def rows(filled: Filled, name: str) -> Rows:
    told = filled.values[name]
    assert isinstance(told, list)
    return told


def county(number: str) -> Source:
    """The same for a county whose superior starts the level, at its end."""
    told = played("county-iii")
    at = told.entries[-1].known_at
    return Source(plan=plan_of("zhongshan-county"), record=told.record, entries=told.entries, made_at=at)


def test_fifteen_documents_are_filled_and_each_has_a_template() -> None:
    numbers = ["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8a", "D8b", "D8c", "D9", "D10", "D20", "D21", "D25"]
    assert [told.id for told in FILLABLE] == numbers
    assert all(told.fields for told in FILLABLE)


@pytest.mark.parametrize("told", FILLABLE, ids=lambda told: told.id)
def test_every_field_of_the_list_is_given_with_every_column_of_its_rows(told: Document) -> None:
    filled = made(told.id)
    assert filled.values.keys() == {blank.name for blank in told.fields}
    for blank in told.fields:
        if blank.each:
            assert all(row.keys() == {column.name for column in blank.each} for row in rows(filled, blank.name))
    empty = {blank.name for blank in told.fields if filled.values[blank.name] == ""} - {*EMPTY, "urgency"}
    # What only a later entry can fill, on a form, stays free for a pen.
    assert empty <= {"call_ended_at", "caller_post", "closed_at", "words", "result"}


@pytest.mark.parametrize("told", FILLABLE, ids=lambda told: told.id)
def test_nothing_on_paper_is_an_id_an_instant_of_a_machine_or_an_english_word(told: Document) -> None:
    filled = made(told.id)
    for text in texts(filled):
        assert not re.search(r"\d{4}-\d\d-\d\d", text), text
        assert not re.search(r"[a-z]{3}|_", text), text
        assert "None" not in text


@pytest.mark.parametrize("number", ["D1", "D2", "D6", "D7", "D8a", "D8b", "D8c", "D20", "D21", "D25"])
def test_another_plan_fills_the_same_documents_without_a_line_of_its_own(number: str) -> None:
    filled = fields(county(number), document(number))
    assert filled.values["drill_mark"] == "【演练】"
    assert not any(re.search(r"[a-z]{3}_", text) for text in texts(filled))


def test_a_drill_is_marked_in_each_document_and_a_live_incident_in_none() -> None:
    told = source()
    live = told.model_copy(update={"record": told.record.but(kind="live")})
    for one in FILLABLE:
        if one.id in MAIN:
            assert made(one.id).values["drill_mark"] == "【演练】"
        assert all("演练" not in text for text in texts(fields(live, one)))


def test_what_nobody_told_is_being_verified_and_never_nought() -> None:
    first = made("D3").values
    assert first["casualties"] == "死亡1人，失踪、被困、重伤正在核实"
    assert {first[name] for name in ("unaccounted", "loss", "scene", "unit_profile", "trend")} == {"正在核实"}
    # A nought that was told is one.
    assert "失踪0人" in str(made("D5").values["casualties"])


def test_figures_stay_as_at_the_report_however_late_it_is_drawn_up() -> None:
    then, now = made("D3"), fields(source(), document("D3"))
    assert (then.figures, then.as_at) == (now.figures, now.as_at) == ({"deaths": 1}, then.as_at)
    assert then.values["casualties"] == now.values["casualties"]
    assert then.values["as_at"] == now.values["as_at"] == "11月25日20:10"
    assert source().record.figures()["deaths"] == 3


def test_a_follow_up_has_a_row_for_each_figure_that_moved_with_who_said_so() -> None:
    found, hurt = rows(made("D4"), "changes")
    assert found == {"item": "失踪", "before": "1人", "now": "0人", "why": "11月26日00:48续报", "source": "现场指挥部"}
    assert (hurt["item"], hurt["before"], hurt["now"], hurt["source"]) == ("住院", "正在核实", "7人", "医院")
    assert made("D4").values["ordinal"] == "二"
    first = fields(source(drawn_up()["D4"], "D4", about="report-2"), document("D4"))
    assert [(row["item"], row["before"], row["now"], row["source"]) for row in rows(first, "changes")] == [
        ("死亡", "1人", "3人", "县级部门"),
        ("失踪", "正在核实", "1人", "县级部门"),
        ("急性工业中毒", "正在核实", "6人", "医院"),
    ]
    assert first.values["ordinal"] == "一"


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("people_moved", {"from": "missing", "to": "deaths", "n": 1, "source": "onsite-hq"}, "失踪转死亡1人"),
        ("count_corrected", {"state": "missing", "reason": "重复计数", "source": "onsite-hq"}, "更正：重复计数"),
    ],
)
def test_a_figure_that_moved_in_the_ledger_says_by_which_move(kind: str, data: dict[str, Any], why: str) -> None:
    told = source(drawn_up()["D4"], "D4")
    report = told.record.reports["report-3"]
    last = told.entries[-1]
    moved = Entry.model_validate({**last.model_dump(), "kind": kind, "data": data, "true_at": report.as_at})
    row, _ = reports.changes(told.model_copy(update={"entries": [*told.entries, moved]}), report)
    assert (row["why"], row["source"]) == (why, "现场指挥部")


@pytest.mark.parametrize(("n", "words"), [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (23, "二十三")])
def test_follow_ups_are_counted_in_characters(n: int, words: str) -> None:
    assert reports.ordinal(n) == words


def test_a_report_goes_to_those_whom_its_legs_name_the_party_first() -> None:
    told = fields(source(), document("D5")).values
    assert told["reported_to"] == "市委、市人民政府、市应急总指挥部、自治区应急总指挥部"
    assert told["drafted_by"] == "李明"


def test_what_was_told_in_words_stands_in_its_field_and_the_rest_under_other_matters() -> None:
    assert made("D3").values["other"] == "企业规模：储罐六座，当班三十人；救援进展：消防正在侦检"


def test_an_order_says_in_which_form_it_was_signed_and_when_the_hand_came_under_it() -> None:
    order = made("D8b").values
    assert (order["signed_by"], order["signed_post"], order["signed_form"]) == ("索朗", "指挥长", "口头，待补签")
    assert fields(source(), document("D8b")).values["signed_form"] == "口头，11月26日08:30补签"
    assert (order["level"], order["expected_duration"]) == ("三", "2天")
    assert order["effective_from"] == "2026年11月25日20:30"
    unsigned = fields(source(drawn_up()["D8a"], "D8b"), document("D8b")).values
    assert (unsigned["signed_by"], unsigned["effective_from"]) == ("＿＿＿＿", "自签发之时起")
    assert unsigned["measures"], "the measures are known before it is signed"


def test_a_proposal_cites_the_plan_and_the_law_as_people_do() -> None:
    told = made("D8a")
    assert told.values["authority_clauses"] == "《拉萨市生产安全事故应急预案》4.3.2"
    assert {row["clause"] for row in rows(told, "criteria")} == {"预案1.4", "国务院令第493号"}
    assert [row["opinion"] for row in rows(told, "opinions")] == ["", ""], "free for those who will write there"


def test_the_end_lists_each_condition_with_its_evidence() -> None:
    told = made("D20")
    assert {"says": "遇险人员全部救出", "evidence": "花名册逐一核对", "by": "李明"} in rows(told, "conditions")
    assert (told.values["deaths"], told.values["missing"], told.values["rescued"]) == ("3人", "0人", "正在核实")
    assert told.values["lifted_from"] == "2026年11月26日06:20"


def test_the_review_tells_each_deadline_and_leaves_judgement_to_people() -> None:
    told = made("D21")
    late = [row for row in rows(told, "reports") if row["verdict"].startswith("迟办")]
    assert {row["verdict"] for row in late} == {"迟办5分", "迟办6分"}
    assert len(rows(told, "faults")) == len(late)
    assert told.values["worked"] == "（待填写）"
    assert [row["name"] for row in rows(told, "commanders")] == ["（推定）", "次仁", "索朗"]


def test_a_late_report_is_explained_instant_by_instant_and_its_cause_is_left_to_people() -> None:
    told = made("D25")
    assert (told.values["report"], told.values["late_by"], told.values["cause"]) == (
        "书面详报市政府",
        "6分",
        "（待填写）",
    )
    assert [row["what"] for row in rows(told, "instants")][-2:] == ["时限届满", "报出"]


def test_an_instruction_is_registered_in_the_words_that_were_said() -> None:
    told = made("D10")
    assert told.values["words"] == "全力救人，防止次生灾害，妥善安置群众"
    assert rows(told, "conveyed")[0]["to"] == "市卫生部门"
    assert rows(told, "tasks")[0]["unit"] == "市卫生健康委员会"


def test_the_intake_s_own_sheet_fills_the_record_of_the_call() -> None:
    told = source(drawn_up()["D1"], "D1")
    call = Paper().take(**TELLING, informed=[{"who": "张县长", "unit": "县政府"}])
    call.ask(Verify, with_whom="县应急局", result="holds")
    taken: dict[str, Any] = {**sheet(call.intake, told.when), **rows_of(call.intake, told.when)}
    filled = fields(told.model_copy(update={"taken": taken}), document("D1"))
    assert filled.values["casualties"] == taken["casualties"] != made("D1").values["casualties"]
    assert [row["leader"] for row in rows(filled, "already_told")] == ["张县长"]
    assert [row["result"] for row in rows(filled, "verifications")] == ["属实"]
    assert rows(filled, "leaders_told") == [dict.fromkeys(("leader", "at", "words", "read_back"), "")]


@pytest.mark.parametrize(("number", "about", "says"), [("D9", "T9", "没有任务指令"), ("D3", "report-2", "没有首报")])
def test_a_document_about_nothing_says_what_there_is(number: str, about: str, says: str) -> None:
    with pytest.raises(Unfit) as unfit:
        fields(source(about=about), document(number))
    assert unfit.value.zh.startswith(says)
    assert "known:" in unfit.value.en


def test_a_document_that_the_log_can_not_fill_says_so() -> None:
    with pytest.raises(Unfit) as unfit:
        fields(source(), document("D22"))
    assert unfit.value.zh.startswith("D22 交接班记录")
    with pytest.raises(Unfit) as early:
        fields(source(drawn_up()["D1"]), document("D3"))
    assert early.value.zh == "尚无首报（draft-report）"


def test_which_document_it_is_stays_the_same_when_more_of_its_kind_follow() -> None:
    assert filling.subject(source(drawn_up()["D3"]), "D3") == filling.subject(source(), "D3") == "report-1"
    assert filling.subject(source(), "D8b") == "A1"
    assert filling.subject(source(), "D21") == ""


def test_a_length_of_time_is_told_in_its_largest_units() -> None:
    spans = [timedelta(minutes=6), timedelta(hours=1, minutes=16), timedelta(days=2), timedelta()]
    assert [reports.length(span) for span in spans] == ["6分", "1小时16分", "2天", "0分"]
