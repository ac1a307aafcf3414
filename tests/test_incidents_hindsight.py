"""As of an instant: as it was known then, and as it was true then by what is known now."""

from datetime import timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents import receipts, reporting
from incidents.hindsight import as_known, as_true
from incidents.incident import fold
from incidents.record import Record
from tests.playing import Played, played
from tests.test_incidents_incident import START, Desk

CASES = ("county-iii", "level-iii")


@cache
def case(name: str) -> Played:
    return played(name)


@given(st.sampled_from(CASES), st.floats(0, 1))
@settings(max_examples=12, deadline=None)
def test_the_fold_as_of_any_time_is_a_fresh_fold_of_the_prefix(name: str, share: float) -> None:
    entries = case(name).entries
    first, last = entries[0].known_at, entries[-1].known_at
    at = first + (last - first) * share
    record = Record(id="")
    for entry in entries:
        if entry.known_at > at:
            break
        record = fold(record, (entry,))
    assert as_known(entries, at).record == record


@given(st.sampled_from(CASES), st.floats(0, 1))
@settings(max_examples=12, deadline=None)
def test_what_was_true_at_any_time_can_be_told_and_leaves_little_out(name: str, share: float) -> None:
    entries = case(name).entries
    first, last = entries[0].true_at, entries[-1].known_at
    then = as_true(entries, first + (last - first) * share)
    assert then.record.opened_at is not None
    assert len(then.left_out) <= 3
    assert all(
        clock.done_at is None or clock.done_at <= first + (last - first) * share
        for clock in then.record.clocks.values()
    )


def test_what_was_done_in_time_and_written_down_later_was_true_then_and_not_known() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.wait(hours=2)
    sent_at = START + timedelta(minutes=5)
    desk.does(reporting.SendReport, clock="phone-party", via="电话", as_at=sent_at, true_at=sent_at)
    then = START + timedelta(minutes=30)
    assert as_known(desk.entries, then).record.clocks["phone-party"].verdict != "met"
    assert as_true(desk.entries, then).record.clocks["phone-party"].verdict == "met"
    assert desk.record.clocks["phone-party"].verdict == "met"


def test_what_was_settled_since_counts_for_what_was_true_then() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.wait(hours=2)
    desk.does(reporting.SendReport, clock="phone-party", via="电话", as_at=desk.now)
    desk.does(receipts.DisputeReceipt, clock="phone-party", by="市委", words="早已接到")
    asked = {"clock": "phone-party", "by": "督查", "evidence": "清单"}
    desk.does(receipts.SettleReceipt, **asked, sent_at=START + timedelta(minutes=4))
    then = START + timedelta(minutes=30)
    assert as_true(desk.entries, then).record.clocks["phone-party"].verdict == "met"
    assert as_known(desk.entries, then).record.clocks["phone-party"].verdict != "met"
