"""The casualty ledger: people move and are never made; sources stand side by side; corrections are nobody's rescue."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import accounts, facts, ledger, name_lists, recovery
from incidents import termination as end
from incidents.accident import STATES
from incidents.command import Refusal
from incidents.incident import fold
from incidents.logbook import verify
from incidents.record import Record
from incidents.view import shown
from tests.support import PLAN_HASH
from tests.test_incidents_ending import close_tasks, tick_all
from tests.test_incidents_incident import Desk


def tells(desk: Desk, source: str, named: str = "", **counts: Any) -> None:
    found = {m: {"source": source, **(n if isinstance(n, dict) else {"n": n})} for m, n in counts.items()}
    desk.does(facts.ReportFacts, source=named or source, named=named, findings=found)


def moves(desk: Desk, source: str, leaves: str, enters: str, n: int, **more: Any) -> None:
    desk.does(ledger.MovePeople, source=source, from_state=leaves, to_state=enters, n=n, **more)


def account(desk: Desk, name: str) -> dict[str, int]:
    return {state: stands.count.n for state, stands in desk.record.accounts[name].states.items()}


def grades(desk: Desk) -> tuple[str, str]:
    assert desk.record.grades is not None
    return desk.record.grades.computed, desk.record.grades.standing


def row(desk: Desk, state: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in shown(desk.record)["ledger"] if row["state"] == state)
    return found


def last(desk: Desk, kind: str) -> int:
    return next(entry.seq for entry in reversed(desk.entries) if entry.kind == kind)


def listed(desk: Desk, source: str = "hospital", mark: str = "a", **asked: Any) -> dict[str, Any]:
    rows = [f"{mark}{n:063x}" for n in range(sum(asked["counts"].values()))]
    return {"digest": mark * 64, "rows": rows, "source": source, **asked}


def test_missing_people_up_and_down_compute_the_grade_and_the_standing_one_stays() -> None:
    desk = Desk()
    seen = []
    for n in (41, 22, 27, 59, 91, 85, 76):
        desk.wait(hours=5)
        tells(desk, "onsite-hq", missing=n)
        seen.append(grades(desk))
    assert [computed for computed, _ in seen] == ["I", "II", "II", "I", "I", "I", "I"]
    assert {standing for _, standing in seen} == {"I"}
    tells(desk, "onsite-hq", missing=22)
    desk.does(facts.LowerGrade, "王", "deputy_commander_bureau", reason="核实")
    assert grades(desk) == ("II", "II")


def test_a_move_takes_people_from_one_state_to_another_and_moves_the_grade_with_them() -> None:
    desk = Desk()
    tells(desk, "fire-brigade", missing=5, deaths=0)
    moves(desk, "fire-brigade", "missing", "deaths", 2)
    moves(desk, "fire-brigade", "missing", "rescued", 1)
    moves(desk, "fire-brigade", "missing", "hospitalised", 1)
    assert account(desk, "fire-brigade") == {"missing": 1, "deaths": 2, "rescued": 1, "hospitalised": 1}
    assert desk.record.figures() == {"missing": 1, "deaths": 2, "hospitalised": 1}
    assert desk.record.counts["hospitalised"].at_least, "nobody has told how many there were before"
    assert not desk.record.counts["deaths"].at_least, "0 was a statement"
    assert facts.unaccounted(desk.record) == 1


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        ({"from_state": "missing", "to_state": "deaths", "n": 6}, "hard", "has 5 missing, so 6"),
        ({"from_state": "trapped", "to_state": "rescued", "n": 1}, "form", "never told how many are trapped"),
        ({"from_state": "deaths", "to_state": "rescued", "n": 1}, "form", "the dead go nowhere"),
        ({"from_state": "missing", "to_state": "missing", "n": 1}, "form", "two different states"),
        ({"from_state": "missing", "to_state": "direct_loss_yuan", "n": 1}, "form", "states of people"),
        ({"from_state": "missing", "to_state": "deaths", "n": 1, "listed": "L9"}, "form", "no name list L9"),
        ({"from_state": "missing", "to_state": "deaths", "n": 1, "named": "二队"}, "form", "never told"),
    ],
)
def test_a_move_that_cannot_be_is_refused_in_words_and_the_ledger_is_unchanged(
    asked: dict[str, Any], kind: str, words: str
) -> None:
    desk = Desk()
    tells(desk, "county", missing=5, deaths=1)
    before = desk.record
    refusal = desk.refused(ledger.MovePeople, source="county", **asked)
    assert (refusal.kind, words in refusal.reason) == (kind, True), refusal.reason
    assert refusal.zh
    assert desk.record is before


def test_more_than_a_lower_bound_or_more_than_hearsay_is_asked_rather_than_forbidden() -> None:
    desk = Desk()
    tells(desk, "county", missing={"n": 5, "at_least": True})
    tells(desk, "media", trapped=3)
    for source, state in (("county", "missing"), ("media", "trapped")):
        asked = {"source": source, "from_state": state, "to_state": "deaths", "n": 9}
        assert desk.refused(ledger.MovePeople, **asked).kind == "form"


def test_what_is_only_heard_moves_nothing_however_its_people_move() -> None:
    desk = Desk(deaths=1, verified=True)
    tells(desk, "media", missing=60)
    moves(desk, "media", "missing", "deaths", 40)
    assert (grades(desk), desk.record.figures()) == (("IV", "IV"), {"deaths": 1})
    assert desk.record.grades is not None
    assert desk.record.grades.may_be == "I"
    assert facts.unaccounted(desk.record) == 20, "and still hinders the end"


def test_the_higher_of_two_official_figures_counts_until_somebody_settles_it() -> None:
    desk = Desk()
    tells(desk, "county", deaths=3)
    desk.wait(minutes=30)
    tells(desk, "hospital", deaths=2)
    assert grades(desk) == ("III", "III")
    told = row(desk, "deaths")
    assert (told["differ"], told["counts"], [one["n"] for one in told["sources"]]) == (True, "county", [3, 2])
    settled = {"measure": "deaths", "source": "hospital", "decided_by": "王强", "reason": "第三人仍在抢救"}
    assert desk.refused(ledger.SettleCount, **settled | {"source": "media"}).kind == "form"
    desk.does(ledger.SettleCount, **settled)
    assert (grades(desk), row(desk, "deaths")["differ"]) == (("IV", "III"), False)
    assert desk.refused(ledger.SettleCount, **settled).kind == "form", "nothing differs any more"
    tells(desk, "county", deaths=4)
    assert (grades(desk)[0], row(desk, "deaths")["differ"]) == ("III", True), "what is told later counts again"


def test_two_sources_of_one_kind_stand_apart_by_their_names() -> None:
    desk = Desk()
    tells(desk, "hospital", "县医院", deaths=1)
    tells(desk, "hospital", "市医院", deaths=3)
    tells(desk, "hospital", "县医院", deaths=2)
    assert account(desk, "hospital/县医院") == {"deaths": 2}
    assert desk.record.figures() == {"deaths": 3}


def test_a_later_figure_of_the_same_source_replaces_its_own_and_a_verified_one_counts_like_an_official() -> None:
    desk = Desk()
    tells(desk, "enterprise", missing={"n": 12, "verified": True})
    assert grades(desk)[0] == "II"
    tells(desk, "enterprise", missing={"n": 4, "verified": True})
    assert (grades(desk)[0], desk.record.figures()) == ("III", {"missing": 4})


def test_who_was_missing_and_is_found_by_another_source_later_is_no_difference() -> None:
    desk = Desk()
    tells(desk, "county", missing=83)
    for dead in (0, 1, 5, 36):
        desk.wait(hours=9)
        tells(desk, "onsite-hq", deaths=dead, missing=83 - dead)
        assert desk.record.figures() == {"deaths": dead, "missing": 83 - dead}
        assert not row(desk, "missing")["differ"]
    desk.wait(hours=9)
    tells(desk, "onsite-hq", missing=40)
    assert desk.record.figures()["missing"] == 40, "what was overtaken does not come back"
    tells(desk, "county", missing=50)
    assert (desk.record.figures()["missing"], row(desk, "missing")["differ"]) == (50, True)


def test_nobody_is_lost_between_two_sources() -> None:
    desk = Desk()
    tells(desk, "county", missing=4, acute_poisoning=6)
    desk.wait(hours=1)
    tells(desk, "onsite-hq", missing=0, deaths=3)
    assert desk.record.figures()["missing"] == 4, "three are accounted for, not four"
    tick_all(desk)
    assert desk.refused(end.ProposeTermination).kind == "hard"
    tells(desk, "hospital", acute_poisoning=6)
    assert desk.record.figures()["missing"] == 4, "those were in hospital before"
    tells(desk, "hospital", acute_poisoning=7)
    assert desk.record.figures()["missing"] == 0


def test_the_dead_of_one_source_are_not_fewer_by_another_that_counts_more_hurt() -> None:
    desk = Desk()
    tells(desk, "county", deaths=3, serious_injuries=10)
    desk.wait(hours=1)
    tells(desk, "hospital", deaths=2, serious_injuries=4, minor_injuries=20)
    assert (desk.record.figures()["deaths"], desk.record.figures()["serious_injuries"]) == (3, 10)


def test_fewer_dead_than_the_same_source_has_moved_is_asked_and_with_a_reason_recorded_and_shown() -> None:
    desk = Desk()
    tells(desk, "county", missing=5)
    moves(desk, "county", "missing", "deaths", 3)
    less = {"source": "县", "findings": {"deaths": {"n": 2, "source": "county"}}}
    before = desk.record
    refusal = desk.refused(facts.ReportFacts, **less)
    assert (refusal.kind, "differs" in refusal.reason, desk.record is before) == ("form", True, True)
    desk.does(facts.ReportFacts, **less, differs="一人经抢救恢复心跳")
    assert row(desk, "deaths")["sources"][0]["differs"] == "一人经抢救恢复心跳"
    told = desk.entries[last(desk, "facts_reported") - 1]
    assert (account(desk, "county")["deaths"], told.data["differs"]) == (2, "一人经抢救恢复心跳")


def test_more_seriously_and_slightly_hurt_than_hurt_in_all_is_asked() -> None:
    desk = Desk()
    found = {"injuries": 5, "serious_injuries": 3, "minor_injuries": 4}
    assert desk.refused(facts.ReportFacts, source="县", findings=found).kind == "form"
    about = found | {"injuries": {"n": 5, "about": True}}
    desk.does(facts.ReportFacts, source="县", findings=about)


def test_a_correction_changes_the_total_of_a_source_and_moves_nobody() -> None:
    desk = Desk()
    tells(desk, "county", missing=83)
    told = last(desk, "facts_reported")
    moves(desk, "county", "missing", "rescued", 3)
    desk.does(ledger.CorrectCount, corrects=told, to=80, reason="三人当日未上班")
    assert account(desk, "county") == {"missing": 77, "rescued": 3}
    claim = row(desk, "missing")["sources"][0]
    assert (claim["n"], claim["corrected"]) == (77, True)
    assert row(desk, "rescued")["sources"][0]["n"] == 3, "nobody more was rescued"
    assert [move.n for move in desk.record.accounts["county"].moves] == [3]
    entry = next(entry for entry in desk.entries if entry.kind == "count_corrected")
    assert (entry.data["corrects"], entry.data["was"], entry.data["is"]) == (told, 83, 80)
    assert desk.refused(ledger.CorrectCount, corrects=told, to=2, reason="x").kind == "hard", "three have left since"


def test_a_move_that_was_wrong_is_corrected_at_its_entry_and_one_that_never_happened_to_nobody() -> None:
    desk = Desk()
    tells(desk, "county", missing=5, deaths=0)
    moves(desk, "county", "missing", "deaths", 3)
    wrong = next(entry.seq for entry in desk.entries if entry.kind == "people_moved")
    desk.does(ledger.CorrectCount, corrects=wrong, to=2, reason="重复计数")
    assert account(desk, "county") == {"missing": 3, "deaths": 2}
    assert desk.refused(ledger.CorrectCount, corrects=wrong, to=2, reason="x").kind == "form"
    assert desk.refused(ledger.CorrectCount, corrects=wrong, to=9, reason="x").kind == "hard"
    desk.does(ledger.CorrectCount, corrects=wrong, to=0, reason="认错人")
    assert account(desk, "county") == {"missing": 5, "deaths": 0}
    tells(desk, "county", deaths=0)


def test_a_correction_points_at_one_figure_that_still_stands() -> None:
    desk = Desk()
    tells(desk, "county", missing=5, deaths=1)
    told = next(entry.seq for entry in desk.entries if entry.kind == "facts_reported")
    assert "told several" in desk.refused(ledger.CorrectCount, corrects=told, to=2, reason="x").reason
    assert "does not exist" in desk.refused(ledger.CorrectCount, corrects=999, to=2, reason="x").reason
    assert "no figure" in desk.refused(ledger.CorrectCount, corrects=2, to=2, reason="x").reason
    desk.does(ledger.CorrectCount, corrects=told, state="deaths", to=2, reason="漏报一人")
    tells(desk, "county", deaths=3)
    refusal = desk.refused(ledger.CorrectCount, corrects=told, state="deaths", to=1, reason="x")
    assert "no figure that stands" in refusal.reason


def test_what_a_wrong_figure_had_overtaken_comes_back_when_it_is_corrected() -> None:
    desk = Desk()
    tells(desk, "county", missing=4)
    desk.wait(hours=1)
    tells(desk, "onsite-hq", missing=12)
    wrong = last(desk, "facts_reported")
    assert desk.record.figures() == {"missing": 12}
    desk.does(ledger.CorrectCount, corrects=wrong, to=2, reason="笔误")
    assert desk.record.figures() == {"missing": 4}


def test_after_the_casualty_window_a_move_moves_no_grade() -> None:
    desk = Desk(deaths=2, verified=True)
    tells(desk, "hospital", deaths=2, serious_injuries=9)
    desk.wait(days=31)
    moves(desk, "hospital", "serious_injuries", "deaths", 8)
    entry = next(entry for entry in desk.entries if entry.kind == "people_moved")
    assert (entry.data["after_window"], entry.clauses) == (["deaths", "serious_injuries"], ("N-493-13",))
    assert (grades(desk)[0], desk.record.figures()["deaths"]) == ("IV", 10)
    tells(desk, "county", deaths=3, **{"serious_injuries": 1})
    assert grades(desk)[0] == "IV", "neither does another source's"


def test_a_list_counts_and_says_so_and_the_same_list_again_changes_nothing() -> None:
    desk = Desk()
    asked = listed(desk, counts={"deaths": 2, "hospitalised": 3}, complete=True, named="县医院")
    assert "people_listed" in desk.does(name_lists.AttachPeople, **asked)
    assert desk.ask(name_lists.AttachPeople, "李", "first_officer", **asked) == ()
    assert account(desk, "hospital/县医院") == {"deaths": 2, "hospitalised": 3}
    assert row(desk, "deaths")["sources"][0]["list"] == "L1"
    entry = next(entry for entry in desk.entries if entry.kind == "people_listed")
    assert set(entry.data) == {
        "list", "digest", "rows", "counts", "source", "complete", "verified", "named",
    }  # fmt: skip
    desk.does(ledger.MovePeople, source="hospital", named="县医院", from_state="hospitalised", to_state="deaths", n=1,
              listed="L1")  # fmt: skip
    assert desk.record.figures()["deaths"] == 3


def test_a_list_that_is_not_complete_tells_at_least_so_many_and_lowers_nothing() -> None:
    desk = Desk()
    tells(desk, "hospital", deaths=5)
    desk.does(name_lists.AttachPeople, **listed(desk, counts={"deaths": 2, "hospitalised": 1}))
    assert desk.record.figures() == {"deaths": 5, "hospitalised": 1}
    assert desk.record.counts["hospitalised"].at_least
    wrong = listed(desk, mark="b", counts={"deaths": 2}) | {"rows": ["c" * 64]}
    assert desk.refused(name_lists.AttachPeople, **wrong).kind == "form"


def test_a_list_is_held_to_what_its_source_has_moved() -> None:
    desk = Desk()
    tells(desk, "hospital", hospitalised=5)
    moves(desk, "hospital", "hospitalised", "deaths", 2)
    asked = listed(desk, counts={"deaths": 1}, complete=True)
    assert desk.refused(name_lists.AttachPeople, **asked).kind == "form"
    desk.does(name_lists.AttachPeople, **asked, differs="名单漏一人")


def test_an_archived_incident_still_takes_moves_until_its_window_ends() -> None:
    desk = Desk(deaths=1, verified=True)
    tells(desk, "hospital", deaths=1, serious_injuries=2)
    desk.end_scene()
    close_tasks(desk)
    desk.report_all()
    desk.does(recovery.Archive, keeper="档案室")
    moves(desk, "hospital", "serious_injuries", "deaths", 1)
    assert desk.record.figures()["deaths"] == 2


def test_a_record_from_before_there_were_accounts_loses_no_figure() -> None:
    desk = Desk(missing=4)
    tells(desk, "county", deaths=3, trapped=2)
    figures = desk.record.figures()
    desk.record = desk.record.but(accounts={})
    tells(desk, "hospital", serious_injuries=1)
    assert desk.record.figures() == figures | {"serious_injuries": 1}
    assert desk.record.hearsay.keys() == {"missing"}
    tells(desk, "county", deaths=4)
    assert desk.record.figures() == {"deaths": 4, "trapped": 2, "serious_injuries": 1}


# -- any sequence ------------------------------------------------------------------------------------------------------

SOURCES = ("county", "hospital", "county", "media")
"""One of them twice: what one source says must often meet its own moves."""
PEOPLE = ("missing", "trapped", "serious_injuries", "deaths", "rescued")
numbers = st.integers(min_value=0, max_value=4)
statement = st.tuples(st.just("tells"), st.sampled_from(SOURCES), st.sampled_from(PEOPLE[:4]), numbers)
move = st.tuples(st.just("moves"), st.sampled_from(SOURCES), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), numbers)
correction = st.tuples(st.just("corrects"), st.integers(min_value=1, max_value=40), st.sampled_from(PEOPLE), numbers)
settlement = st.tuples(st.just("settles"), st.sampled_from(SOURCES), st.sampled_from(PEOPLE[:4]))


def sums(record: Record) -> dict[str, int]:
    return {
        name: sum(stands.count.n for stands in one.states.values()) for name, one in record.accounts.items() if name
    }


def asked(desk: Desk, step: tuple[Any, ...]) -> tuple[Any, dict[str, Any]]:
    match step:
        case ("tells", source, state, n):
            return facts.ReportFacts, {"source": source, "findings": {state: {"n": n, "source": source}}}
        case ("moves", source, leaves, enters, n):
            return ledger.MovePeople, {"source": source, "from_state": leaves, "to_state": enters, "n": n or 1}
        case ("corrects", seq, state, n):
            return ledger.CorrectCount, {"corrects": seq, "state": state, "to": n, "reason": "更正"}
        case (_, source, state):
            return ledger.SettleCount, {"measure": state, "source": source, "decided_by": "王", "reason": "会商"}
    raise AssertionError(step)


def aimed(step: tuple[Any, ...], desk: Desk) -> tuple[Any, ...]:
    """A correction mostly aims at an entry of the ledger."""
    if step[0] == "corrects":
        told = [e.seq for e in desk.entries if e.kind in ("facts_reported", "people_moved")]
        return (step[0], told[step[1] % len(told)] if told else step[1], *step[2:])
    return step


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(statement, move, move, correction, settlement), min_size=6, max_size=30))
def test_people_appear_and_vanish_by_statements_and_corrections_alone(steps: list[tuple[Any, ...]]) -> None:
    desk = Desk()
    start = Record(id=desk.record.id, plan="lhasa-2022", plan_hash=PLAN_HASH)
    at = [(0, start)]
    for step in steps:
        before, was = desk.record, sums(desk.record)
        command, fields = asked(desk, aimed(step, desk))
        answer = desk.ask(command, "李", "first_officer", **fields)
        if isinstance(answer, Refusal):
            assert desk.record is before
            continue
        desk.write(answer)
        desk.now += timedelta(minutes=1)
        entry = next(e for e in desk.entries[before.head.seq :] if e.kind in LEDGER)
        now = sums(desk.record)
        assert now == expected(entry, was, before)
        assert all(stands.count.n >= 0 for one in desk.record.accounts.values() for stands in one.states.values())
        assert set(desk.record.counts) == {
            state
            for one in desk.record.accounts.values()
            for state, stands in one.states.items()
            if state != "rescued" and stands.count.moves_the_grade
        }, "whatever is settled or overtaken, some official figure counts"
        for measure, count in desk.record.counts.items():
            stand = [claim.stands.count for claim in accounts.standing(desk.record.accounts, measure)]
            assert count.n == max(one.n for one in stand)
        at.append((len(desk.entries), desk.record))
    verify(desk.entries)
    for length, record in at:
        assert fold(start, desk.entries[:length]) == record
    again = Record.model_validate_json(desk.record.model_dump_json())
    assert again == desk.record, "and it crosses to the next run whole"


LEDGER = ("facts_reported", "people_moved", "count_corrected", "count_settled")


def expected(entry: Any, was: dict[str, int], before: Record) -> dict[str, int]:
    """The sums by the entry alone: what a statement says, and by how much a correction of one differs."""
    data = entry.data
    if entry.kind == "facts_reported":
        ((state, told),) = data["findings"].items()
        old = before.accounts[told["source"]].states.get(state) if told["source"] in before.accounts else None
        return {**was, told["source"]: was.get(told["source"], 0) + told["n"] - (old.count.n if old else 0)}
    if entry.kind == "count_corrected":
        source = data["source"]
        if "state" in data:
            return {**was, source: was[source] + data["is"] - data["was"]}
        changes = [n - before.accounts[source].states[state].count.n for state, n in data["stands"].items()]
        if len(changes) == 2:
            assert sum(changes) == 0, "a corrected move makes nobody either"
        return {**was, source: was[source] + sum(changes)}
    return was


def test_people_can_go_to_every_state_and_money_is_none() -> None:
    desk = Desk()
    tells(desk, "county", missing=len(STATES))
    for state in STATES:
        if state != "missing":
            moves(desk, "county", "missing", state, 1)
    assert account(desk, "county") == dict.fromkeys(STATES, 1)
    assert "direct_loss_yuan" not in STATES
