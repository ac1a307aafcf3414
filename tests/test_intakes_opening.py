"""The facts that an intake opens an incident with: received when the call began, and nothing invented."""

from datetime import timedelta
from typing import Any

import pytest

from intakes.intake import Amend, Verify
from intakes.opening import facts, found, wanting
from tests.calls import BEGAN, TELLING, Paper


def without(*fields: str) -> dict[str, Any]:
    return {name: value for name, value in TELLING.items() if name not in fields}


def test_received_is_when_the_call_began_however_late_it_is_believed() -> None:
    paper = Paper().take(**TELLING)
    paper.now += timedelta(hours=3)
    paper.ask(Verify, with_whom="县应急局", result="holds", found={"people": {"deaths": 2}})
    told = facts(paper.intake)
    assert told.received_at == BEGAN
    assert (told.occurred_at, told.reporter) == (BEGAN - timedelta(minutes=11), "消防支队 李明")
    counts = dict(told.told())
    assert (counts["deaths"].n, counts["deaths"].moves_the_grade) == (2, True)
    assert (counts["out_of_contact"].n, counts["out_of_contact"].at_least) == (3, True)
    assert (counts["out_of_contact"].source, counts["out_of_contact"].moves_the_grade) == ("caller", False)


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        (("sector",), "sector"),
        (("occurred_at",), "when"),
        (("place",), "place"),
        (("summary",), "summary"),
        (("caller", "calling_number"), "reporter"),
    ],
)
def test_what_is_wanting_is_named(fields: tuple[str, ...], lacks: str) -> None:
    intake = Paper().take(**without(*fields)).intake
    assert wanting(intake) == (lacks,)
    with pytest.raises(ValueError, match=lacks):
        facts(intake)


def test_coordinates_without_a_name_are_no_place_and_words_about_a_time_no_instant() -> None:
    told = {**without("occurred_at"), "when": "天亮前", "place": {"lon": 91.6, "lat": 29.7}}
    assert wanting(Paper().take(**told).intake) == ("when", "place")


def test_a_unit_that_nobody_has_named_and_counts_that_nobody_knows_are_unknown() -> None:
    told = facts(Paper().take(**{**without("enterprise"), "people": {"deaths": "unknown"}}).intake)
    assert told.enterprise == "unknown"
    assert list(told.told()) == []


def test_a_count_is_the_callers_unless_it_says_whose() -> None:
    paper = Paper().take(**{**TELLING, "source_channel": "enterprise"})
    paper.ask(Amend, telling={"people": {"missing": {"n": 1, "source": "hospital"}}})
    counts = dict(found(paper.intake).told())
    assert (counts["deaths"].source, counts["missing"].source) == ("enterprise", "hospital")
