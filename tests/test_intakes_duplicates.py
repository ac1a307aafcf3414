"""Reports that may be one accident are offered with their reasons; none is ever joined by itself.

The pairs are moved copies of four real accidents, as the public record has their time and place; spellings, distances
and hours are set for the test.
"""

from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, NamedTuple

import pytest

from incidents.facts import Open
from incidents.incident import fold, handle
from incidents.logbook import seal
from incidents.record import Record
from intakes.duplicates import Near, Offer, Sighting, of_incident, of_intake, offers, plain, recent
from intakes.intake import FindFalse
from tests.calls import BEGAN, TELLING, Paper
from tests.support import OFFICER, PLAN, PLAN_HASH, facts

NEAR = Near(km=5, within=timedelta(hours=6), likeness=0.6)
KM = 1 / 111.195
"""Degrees of latitude in a kilometre."""


def seen(id_: str, at: str, **changes: Any) -> Sighting:
    told = datetime.fromisoformat(at)
    return Sighting(**{"id": id_, "what": "intake", "state": "open", "received_at": told, **changes})


JIAMA = seen(
    "J1", "2013-03-29T06:30:00+08:00", happened_at="2013-03-29T06:00:00+08:00", place="墨竹工卡县甲玛矿区",
    lon=91.65, lat=29.70, unit="西藏华泰龙矿业开发有限公司",
)  # fmt: skip
KUNSHAN = seen(
    "J2", "2014-08-02T07:40:00+08:00", happened_at="2014-08-02T07:34:00+08:00", place="昆山开发区中荣公司",
    lon=120.98, lat=31.38, unit="昆山中荣金属制品有限公司",
)  # fmt: skip
LVLIANG = seen("J3", "2023-11-16T06:50:00+08:00", place="吕梁市离石区永聚煤矿办公楼", unit="永聚煤业有限公司")
YINCHUAN = seen(
    "J4", "2023-06-21T20:45:00+08:00", happened_at="2023-06-21T20:40:00+08:00", place="兴庆区富洋烧烤店",
    lon=106.28, lat=38.47, unit="富洋烧烤民族街店",
)  # fmt: skip
ELSEWHERE = {"unit": "", "place": "别处"}
UNPLACED = {"lon": None, "lat": None, "place": ""}


class Pair(NamedTuple):
    """Two reports, and why the second is offered for the first; no reason: it is not."""

    says: str
    one: Sighting
    other: Sighting
    reasons: tuple[str, ...]
    hint: bool = False


def moved(one: Sighting, **changes: Any) -> Sighting:
    return one.but(id="J9", **changes)


def north(one: Sighting, km: float) -> dict[str, Any]:
    assert one.lat is not None
    return {"lat": one.lat + km * KM, **ELSEWHERE}


def later(one: Sighting, **length: float) -> dict[str, Any]:
    gap = timedelta(**length)
    return {"received_at": one.received_at + gap, "happened_at": one.happened_at and one.happened_at + gap}


PAIRS = (
    Pair("the same company in other brackets and width", JIAMA,
         moved(JIAMA, unit="西藏华泰龙矿业开发有限责任公司（甲玛）", **UNPLACED, **later(JIAMA, hours=30)),
         ("same_unit",)),
    Pair("part of a name is a hint", JIAMA,
         moved(JIAMA, unit="华泰龙矿业", **UNPLACED, **later(JIAMA, hours=9)), ("similar_unit",), True),
    Pair("4.9 km north, no unit known", KUNSHAN, moved(KUNSHAN, **north(KUNSHAN, 4.9)), ("near",)),
    Pair("5.1 km north, no unit known", KUNSHAN, moved(KUNSHAN, **north(KUNSHAN, 5.1)), ()),
    Pair("5 h 59 later at the same place", KUNSHAN,
         moved(KUNSHAN, **ELSEWHERE, **later(KUNSHAN, hours=5, minutes=59)), ("near",)),
    Pair("6 h 01 later at the same place", KUNSHAN,
         moved(KUNSHAN, **ELSEWHERE, **later(KUNSHAN, hours=6, minutes=1)), ()),
    Pair("a similar place without coordinates is a hint", LVLIANG,
         moved(LVLIANG, unit="", place="离石区永聚煤矿办公楼", **later(LVLIANG, minutes=20)), ("similar_place",), True),
    Pair("the same place a day later", LVLIANG, moved(LVLIANG, unit="", **later(LVLIANG, hours=24)), ()),
    Pair("4.9 km east, where a degree is shorter", YINCHUAN,
         moved(YINCHUAN, lon=106.28 + 4.9 * KM / cos(radians(38.47)), **ELSEWHERE), ("near",)),
    Pair("two unknown units are not one", YINCHUAN.but(unit="不详"),
         moved(YINCHUAN, unit="不详", lat=39.9, place="别处"), ()),
)  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.says)
def test_ten_pairs_are_offered_or_not_with_the_reason_whichever_came_first(pair: Pair) -> None:
    for mine, other in ((pair.one, pair.other), (pair.other, pair.one)):
        found = offers(mine, [other], NEAR)
        assert [one.reasons for one in found] == ([pair.reasons] if pair.reasons else [])
        assert [one.hint for one in found] == ([pair.hint] if pair.reasons else [])


def test_an_offer_says_how_far_and_how_long_apart_and_the_likeliest_stands_first() -> None:
    near, hint = moved(KUNSHAN, **north(KUNSHAN, 4.9)), moved(KUNSHAN, lon=None, lat=None).but(id="J8", unit="")
    first, second = offers(KUNSHAN, [hint, near], NEAR)
    assert (first.id, first.km, first.apart) == ("J9", pytest.approx(4.9, abs=0.01), timedelta())
    assert (second.id, second.hint, second.km) == ("J8", True, None)


def test_the_limits_are_settings() -> None:
    other = moved(KUNSHAN, **north(KUNSHAN, 5.1))
    assert offers(KUNSHAN, [other], NEAR.but(km=6.0))
    assert not offers(KUNSHAN, [moved(KUNSHAN, **ELSEWHERE)], NEAR.but(within=timedelta(-1)))


def test_an_intake_is_no_duplicate_of_itself_or_of_the_incident_that_it_opened() -> None:
    incident = KUNSHAN.but(id="54010020140802001", what="incident")
    assert offers(KUNSHAN.but(incident=incident.id), [KUNSHAN, incident], NEAR) == ()


def test_an_open_incident_is_offered_by_its_facts() -> None:
    told = facts(received_at=BEGAN.isoformat(), occurred_at=BEGAN.isoformat(), enterprise="某矿业公司")
    record = Record(id="i", plan="lhasa-2022", plan_hash=PLAN_HASH)
    assert of_incident(record) is None
    asked = {"kind": "live", "plan": "lhasa-2022", "plan_hash": PLAN_HASH, "facts": told}
    answer = handle(PLAN, record, OFFICER.sign("i", Open, "c", **asked), BEGAN)
    record = fold(record, seal(record.head, answer))  # type: ignore[arg-type]  # nothing is refused here
    incident = of_incident(record)
    assert incident is not None
    paper = Paper().take(**TELLING)
    (offer,) = offers(of_intake(paper.intake), [incident], NEAR)
    assert (offer.id, offer.what, offer.reasons) == ("i", "incident", ("same_unit",))
    assert isinstance(offer, Offer)
    assert (paper.intake.state, paper.intake.incident) == ("open", ""), "offered, and nothing joined"


def test_a_closed_intake_is_compared_for_some_hours_and_an_open_one_always() -> None:
    paper = Paper().take(**TELLING)
    assert recent(paper.intake, BEGAN + timedelta(days=9), NEAR)
    paper.ask(FindFalse, reason="例行爆破", found_by="县局")
    assert recent(paper.intake, BEGAN + timedelta(hours=6), NEAR)
    assert not recent(paper.intake, BEGAN + timedelta(hours=6, seconds=1), NEAR)


def test_names_are_compared_without_width_brackets_and_legal_form() -> None:
    assert plain("ＡＢＣ 矿业（集团）股份有限公司") == plain("abc矿业有限责任公司") == "abc矿业"
    assert plain("公司") == "公司", "a name is never compared as nothing"
