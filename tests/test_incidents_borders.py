"""Warnings by a county's plan: leave from above where the area reaches beyond it, and a colour's own publisher."""

from typing import Any

import pytest

from incidents import publication, warning
from plans.schema import Colour
from tests.county import CITY, COUNTY, HEAD, REGION, CountyDesk

RULES = COUNTY.warning
assert RULES is not None
ISSUER = {"blue": "emergency_bureau", "yellow": "city_hq", "orange": "region_hq", "red": "region_hq"}
KNOWN = {"valid-from", "valid-until", "colour", "issued-at"}
"""Items that the edition itself says."""
CONTENT = {item.id: item.says for item in RULES.content if item.id not in KNOWN}


def proposed(desk: CountyDesk, colour: Colour, **more: Any) -> None:
    named = {} if colour == "blue" else {"in_name_of": HEAD, "in_name_by": "常务副县长"}
    asked = {"colour": colour, "text": "储罐可能泄漏", "content": CONTENT, "valid_until": desk.now.replace(hour=20)}
    desk.does(warning.ProposeWarning, **asked, **named, **more)


def bodies(desk: CountyDesk) -> list[str]:
    """Who was asked, one after the other."""
    assert RULES is not None
    return [str(asked.stages[0].body) for asked in desk.record.approvals.values()]


def issued(desk: CountyDesk, colour: Colour, **more: Any) -> None:
    proposed(desk, colour, **more)
    desk.agrees(HEAD, CITY, REGION)
    published(desk)


def published(desk: CountyDesk) -> None:
    desk.does(publication.SubmitWarning, checked=[item.id for item in RULES.review] if RULES else [])
    desk.does(publication.RecordPublication, number=f"预警{len(desk.entries)}", channels=["短信", "广播"])


@pytest.mark.parametrize(
    ("colour", "across", "asked"),
    [
        ("blue", False, ["county_hq"]),
        ("blue", True, ["county_hq", "city_hq"]),
        ("yellow", False, ["city_hq"]),
        ("yellow", True, ["city_hq"]),
        ("orange", True, ["region_hq"]),
        ("red", True, ["region_hq"]),
    ],
)
def test_beyond_the_borders_a_colour_needs_leave_and_a_body_is_asked_once(
    colour: Colour, across: bool, asked: list[str]
) -> None:
    desk = CountyDesk(warns=True, colour=colour)
    proposed(desk, colour, across=across)
    desk.agrees(HEAD, CITY, REGION)
    assert bodies(desk) == asked
    assert desk.record.warned().editions[0].determined_at is not None


def test_until_leave_is_given_nothing_goes_to_the_publisher() -> None:
    desk = CountyDesk(warns=True)
    proposed(desk, "blue", across=True)
    desk.agrees(HEAD)
    assert bodies(desk) == ["county_hq", "city_hq"]
    checked = [item.id for item in RULES.review] if RULES else []
    refusal = desk.refused(publication.SubmitWarning, checked=checked)
    assert refusal.kind == "hard"
    desk.agrees(CITY)
    published(desk)
    leave = RULES.colours["blue"].across if RULES else None
    assert leave is not None
    told = [e for e in desk.kinds("approval_answered") if e.data["approval"] == "A2"]
    assert [e.clauses for e in told] == [leave.clauses]


@pytest.mark.parametrize("colour", ["blue", "yellow", "orange", "red"])
def test_each_colour_goes_to_its_own_publisher_with_that_ones_clauses(colour: Colour) -> None:
    desk = CountyDesk(warns=True, colour=colour)
    issued(desk, colour)
    publisher = RULES.publisher_of(colour) if RULES else None
    assert publisher is not None
    assert (publisher.unit, list(desk.record.notices["N-publish"].recipients)) == (ISSUER[colour], [ISSUER[colour]])
    (entry,) = desk.kinds("warning_published")
    carried = [clause for item in RULES.content for clause in item.clauses] if RULES else []
    assert entry.clauses == (*publisher.clauses, *dict.fromkeys(carried))
    desk.does(publication.CorrectPublication, text="更正：范围为东嘎镇", reason="地名有误")
    assert next(iter(desk.record.notices["N-correct"].recipients)) == ISSUER[colour]
    assert desk.kinds("publication_corrected")[0].clauses == publisher.clauses


@pytest.mark.parametrize(
    ("colour", "to", "asked"),
    [
        ("blue", "yellow", ["county_hq", "city_hq"]),
        ("blue", "red", ["county_hq", "region_hq"]),
        ("yellow", "orange", ["city_hq", "region_hq"]),
        ("orange", "red", ["region_hq"]),
        ("red", "yellow", ["city_hq", "region_hq"]),
        ("yellow", "blue", ["county_hq", "city_hq"]),
    ],
)
def test_a_changed_colour_is_agreed_from_below_upward_and_goes_to_the_new_ones_publisher(
    colour: Colour, to: Colour, asked: list[str]
) -> None:
    desk = CountyDesk(warns=True, colour=colour)
    issued(desk, colour)
    before = len(bodies(desk))
    # The office proposes where the county's headquarters is asked, and the headquarters where it is not.
    named = {} if "blue" in (colour, to) else {"in_name_of": HEAD, "in_name_by": "常务副县长"}
    desk.does(warning.AdjustWarning, colour=to, text=f"调整为{to}", reason="事态变化", **named)
    desk.agrees(HEAD, CITY, REGION)
    assert bodies(desk)[before:] == asked
    published(desk)
    assert list(desk.record.notices["N-publish-2"].recipients) == [ISSUER[to]]


def test_an_area_across_borders_stays_so_when_the_colour_changes() -> None:
    desk = CountyDesk(warns=True)
    issued(desk, "blue", across=True)
    desk.does(warning.AdjustWarning, colour="yellow", text="调整为黄色", reason="浓度上升")
    assert desk.record.warned().editions[-1].across


def test_a_plain_change_of_blue_asks_the_county_alone_and_one_across_the_city_too() -> None:
    for across, asked in ((False, ["county_hq"]), (True, ["county_hq", "city_hq"])):
        desk = CountyDesk(warns=True)
        issued(desk, "blue", across=across)
        before = len(bodies(desk))
        desk.does(warning.LiftWarning, text="解除", reason="险情排除")
        desk.agrees(HEAD, CITY)
        assert bodies(desk)[before:] == asked
