"""A county's plan at each of the four levels, end to end: who decided, in what form, signed when; which units; every
limit; the headquarters on scene and its commander at each instant; who lifted; and a dossier that verifies.

The county starts IV itself, the city III, the region II, the State Council side I. Each table is written by hand from
the plan's text, the law's limits and the case's script; a case is played in the pure core, to the closed file. Instants
are `MM-DD HH:MM` as the case tells time.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from drills import case as cases
from incidents import timeline
from store import dossier
from tests.playing import holders, plan_of, played

PLAN = "zhongshan-county"
TOWNSHIP, HEAD, ON_SCENE = "township_leader", "hq_head", "onsite_head"
CITY, REGION, STATE = "city_hq_leader", "region_hq_leader", "state_leader"

# Zhongshan 4.1, 4.2.2, 4.6, 2.4 and ZS-A28: headquarters, office, industry, bureau, regulator, police, fire, health and
# the township at IV; by kind one or two more.
ORDINARY = {
    "county_hq", "county_hq_office", "industry_hq", "emergency_bureau", "industry_regulator", "public_security_bureau",
    "fire_brigade", "health_bureau", "site_government",
}  # fmt: skip
MINE, CHEMICALS = {"natural_resources_bureau"}, {"economy_trade_bureau", "ecology_bureau"}
ROAD, EQUIPMENT = {"transport_bureau"}, {"market_regulation_bureau"}
# 2.2: every other member at III, those with duties to answer; 2.9.1: the armed forces; the experts, the enterprise.
SERIOUS = {
    "county_government", "county_government_office", "county_party_office", "armed_forces_department", "armed_police",
    "publicity_department", "finance_bureau", "meteorological_bureau", "trade_union", "development_reform_bureau",
    "economy_trade_bureau", "human_resources_bureau", "justice_bureau", "natural_resources_bureau", "ecology_bureau",
    "transport_bureau", "housing_bureau", "agriculture_bureau", "water_bureau", "market_regulation_bureau",
    "education_science_bureau", "culture_tourism_bureau", "postal_bureau", "power_company", "discipline_commission",
    "china_mobile", "china_telecom", "china_unicom", "expert_group", "enterprise", "bodies_concerned",
}  # fmt: skip
# 4.4, 1.4: the Party committee as well from II on.
MAJOR = {"county_party_committee"}
# 2.9.1 to 2.9.9: whoever leads or belongs to a group. The first three are formed at IV, all from III on (ZS-A28).
GROUPS: Mapping[str, set[str]] = {
    "group_rescue": {
        "emergency_bureau", "armed_forces_department", "fire_brigade", "armed_police", "public_security_bureau",
        "economy_trade_bureau", "housing_bureau", "transport_bureau",
    },
    "group_aftermath": {
        "emergency_bureau", "development_reform_bureau", "urban_management_bureau", "market_regulation_bureau",
        "finance_bureau", "economy_trade_bureau", "veterans_bureau", "offices_administration", "youth_league",
        "red_cross",
    },
    "group_health": {
        "health_bureau", "medical_insurance_bureau", "market_regulation_bureau", "agriculture_bureau",
        "ecology_bureau", "water_bureau", "red_cross",
    },
    "group_infrastructure": {
        "transport_bureau", "development_reform_bureau", "housing_bureau", "economy_trade_bureau", "finance_bureau",
        "natural_resources_bureau", "water_bureau", "agriculture_bureau", "urban_management_bureau", "railway_section",
        "china_telecom", "china_mobile", "china_unicom", "water_power_company", "shengze_group",
    },
    "group_monitoring": {
        "natural_resources_bureau", "public_security_bureau", "water_bureau", "urban_management_bureau",
        "economy_trade_bureau", "ecology_bureau", "education_science_bureau", "emergency_bureau", "armed_police",
        "meteorological_bureau", "fire_brigade",
    },
    "group_security": {"public_security_bureau", "armed_police"},
    "group_publicity": {
        "publicity_department", "public_security_bureau", "culture_tourism_bureau", "emergency_bureau",
        "science_association", "media_centre",
    },
    "group_assessment": {
        "emergency_bureau", "economy_trade_bureau", "finance_bureau", "housing_bureau", "urban_management_bureau",
        "health_bureau", "agriculture_bureau",
    },
    "group_order_recovery": {
        "development_reform_bureau", "emergency_bureau", "economy_trade_bureau", "finance_bureau", "housing_bureau",
        "transport_bureau", "agriculture_bureau", "urban_management_bureau", "market_regulation_bureau",
    },
}  # fmt: skip
AT_IV = ("group_rescue", "group_health", "group_security")

Decision = tuple[str, str, str, str, str, str | None]
"""What, stage, post, form, said at, signed at."""
Limit = tuple[str, str, str | None, str]
"""Starts, is due, done, verdict."""


def instant(text: str) -> datetime:
    """An instant of the tables, in some year."""
    return datetime.fromisoformat(f"2028-{text}")


def text(at: datetime) -> str:
    return at.strftime("%m-%d %H:%M")


class Owed(NamedTuple):
    """Some legs that count from one instant, and how long they have; a limit in minutes."""

    starts: str
    within: int
    legs: tuple[str, ...]
    since: str = ""
    """From when they are owed at all, where the grade, a level or the call itself came later than they count from."""


def limits(after: int, own: Mapping[str, int], owed: Iterable[Owed]) -> dict[str, Limit]:
    """Each leg goes out `after` minutes, or its own, after its start; met by its end, and late after it."""
    found = {}
    for one in owed:
        starts, since = instant(one.starts), instant(one.since or one.starts)
        due = starts + timedelta(minutes=one.within)
        for leg in one.legs:
            sent = max(starts + timedelta(minutes=own.get(leg, after)), since)
            found[leg] = (one.starts, text(due), text(sent), "met" if sent <= due else "late")
    return found


HOUR, DAY = 60, 24 * 60
# 3.4.1.1: any of six facts, an hour by telephone; ZS-A40: the unit from when it heard, the others from their receipt.
FAST_UNIT = ("enterprise-fast",)
FAST = ("township-fast", "region-hq-fast", "region-department-fast", "city-hq-fast", "city-bureau-fast")
# 3.4.1.1: from grade II on both lines of the city and the region in writing, a copy to the city's commission.
IN_WRITING = (
    "city-party-major", "city-government-major", "city-commission-copy", "region-party-major",
    "region-government-major",
)  # fmt: skip
# 3.4.1.2, 3.4.1.3, ZS-A42: the unit to the township, to the bureau as well, to its own headquarters.
UNIT = ("enterprise-report", "enterprise-to-bureau", "enterprise-to-its-headquarters")
WITHIN_THE_HOUR = ("departments-to-bureau", "township-within-the-hour")
# 2.4, 2.6, 4.2.2: promptly, which is ten minutes (ZS-A42).
PROMPT = (
    "site-to-party-office",
    "site-to-government-office",
    "site-to-bureau",
    "county-committee",
    "county-government",
)
# Order 493: two hours for the side notices.
SIDE = ("side-police", "side-human-resources", "side-trade-union", "side-procuratorate")


class Course(NamedTuple):
    """What one case must tell."""

    decisions: tuple[Decision, ...]
    called: tuple[tuple[str, set[str]], ...]
    """Whom each notice is for, in their order; whoever was called before is not rung again."""
    limits: Mapping[str, Limit]
    formations: tuple[tuple[str, str], ...]
    """Who has formed the headquarters on scene, from when."""
    commanders: tuple[tuple[str, str, str, bool], ...]
    """From, to, post, and whether it is presumed."""
    levels: tuple[tuple[str, str, str | None], ...]
    """At, grade that stands, level."""
    lifted: tuple[str, str]
    """At, by whose decision."""


def groups(*names: str) -> tuple[tuple[str, set[str]], ...]:
    return tuple((f"N-{name}", GROUPS[name]) for name in names)


IV_GROUPS = groups(*AT_IV)
LATER_GROUPS = groups(*(name for name in GROUPS if name not in AT_IV))

COURSES: Mapping[str, Course] = {
    # One dead: the county decides and signs, commands once the head is there, ends it the same evening.
    "county-iv": Course(
        decisions=(
            ("level IV", "decide", HEAD, "in_system", "10-03 09:07", "10-03 09:07"),
            ("level IV", "sign", HEAD, "in_system", "10-03 09:13", "10-03 09:13"),
            ("release", "decide", HEAD, "in_system", "10-03 15:36", "10-03 15:36"),
            ("scene_end", "decide", HEAD, "in_system", "10-03 17:51", "10-03 17:51"),
            ("lift", "decide", HEAD, "in_system", "10-03 18:36", "10-03 18:36"),
            ("lift", "sign", HEAD, "in_system", "10-03 18:42", "10-03 18:42"),
        ),
        called=(("N-level-IV", ORDINARY | MINE), *IV_GROUPS),
        limits={
            **limits(
                9,
                {
                    "enterprise-fast": 17, "township-fast": 22, "region-hq-fast": 43, "city-hq-fast": 37,
                    "enterprise-report": 24, "township-within-the-hour": 71, "township-report": 71,
                    "level-by-level": 94, "neighbours": 6, "own-government": 48,
                },
                (
                    Owed("10-03 08:26", HOUR, (*FAST_UNIT, *UNIT), since="10-03 08:44"),
                    Owed("10-03 08:41", HOUR, (*FAST, *WITHIN_THE_HOUR)),
                    Owed("10-03 08:41", 2 * HOUR, ("township-report", "level-by-level", "own-government", *SIDE)),
                    Owed("10-03 08:41", 10, (*PROMPT, "neighbours")),
                    Owed("10-03 08:41", DAY, ("supplement",)),
                    Owed("10-03 09:13", HOUR, ("commission-progress",)),
                    Owed("10-03 09:13", DAY, ("news",)),
                ),
            ),
            "follow-up-ordinary": ("10-03 08:41", "10-04 08:41", "10-03 18:42", "not_due"),
        },
        formations=(("10-03 08:41", "township"), ("10-03 09:13", "county")),
        commanders=(("10-03 08:41", "10-03 09:40", TOWNSHIP, True), ("10-03 09:40", "10-03 18:42", HEAD, False)),
        levels=(("10-03 08:44", "IV", None), ("10-03 09:13", "IV", "IV"), ("10-03 18:42", "IV", None)),
        lifted=("10-03 18:42", HEAD),
    ),
    # Two dead and three missing: IV by the county until the city's word has come; the city commands later, and ends it.
    "county-iii": Course(
        decisions=(
            ("level IV", "decide", HEAD, "in_system", "06-15 22:40", "06-15 22:40"),
            ("level IV", "sign", HEAD, "in_system", "06-15 22:49", "06-15 22:49"),
            ("level III", "decide", CITY, "oral", "06-15 22:50", "06-16 09:50"),
            ("release", "decide", ON_SCENE, "oral", "06-16 07:34", "06-16 18:34"),
            ("scene_end", "decide", ON_SCENE, "oral", "06-17 09:24", "06-17 20:24"),
            ("lift", "decide", CITY, "oral", "06-17 10:42", "06-17 21:42"),
        ),
        called=(("N-level-IV", ORDINARY | CHEMICALS), *IV_GROUPS, ("N-level-III", SERIOUS), *LATER_GROUPS),
        limits={
            **limits(
                9,
                {
                    "enterprise-fast": 41, "region-hq-fast": 49, "city-hq-fast": 26, "level-by-level": 102,
                    "region-department-fast": 67, "neighbours": 8, "other-fields": 9, "side-police": 13,
                },
                (
                    Owed("06-15 21:55", HOUR, (*FAST_UNIT, *UNIT), since="06-15 22:10"),
                    Owed("06-15 22:07", HOUR, (*FAST, *WITHIN_THE_HOUR)),
                    Owed("06-15 22:07", 2 * HOUR, ("township-report", "level-by-level", *SIDE)),
                    Owed("06-15 22:07", 10, (*PROMPT, "neighbours", "other-fields")),
                    Owed("06-15 22:07", DAY, ("supplement",)),
                    Owed("06-15 22:49", DAY, ("news",)),
                ),
            ),
            # 4.1 has it at IV alone, which was over after three minutes.
            "commission-progress": ("06-15 22:49", "06-15 23:49", "06-15 22:52", "not_due"),
            "follow-up-serious": ("06-15 22:07", "06-16 10:07", "06-16 09:37", "met"),
            "follow-up-serious-2": ("06-16 09:37", "06-16 21:37", "06-16 21:07", "met"),
            "follow-up-serious-3": ("06-16 21:07", "06-17 09:07", "06-17 08:37", "met"),
            "follow-up-serious-4": ("06-17 08:37", "06-17 20:37", "06-17 10:42", "not_due"),
        },
        formations=(
            ("06-15 22:07", "township"),
            ("06-15 22:49", "county"),
            ("06-15 22:50", "county-with-city"),
        ),
        commanders=(
            ("06-15 22:07", "06-15 23:10", TOWNSHIP, True),
            ("06-15 23:10", "06-16 02:30", ON_SCENE, False),
            ("06-16 02:30", "06-17 10:42", CITY, False),
        ),
        levels=(
            ("06-15 22:10", "III", None),
            ("06-15 22:49", "III", "IV"),
            ("06-15 22:50", "III", "III"),
            ("06-17 10:42", "III", None),
        ),
        lifted=("06-17 10:42", CITY),
    ),
    # Two dead and three missing become twelve: the city starts III, the region raises it to II, as the county asked.
    "county-ii": Course(
        decisions=(
            ("level III", "decide", CITY, "oral", "03-18 16:35", "03-19 01:35"),
            ("level II", "decide", REGION, "oral", "03-18 17:19", "03-19 02:19"),
            ("scene_end", "decide", ON_SCENE, "oral", "03-20 09:24", "03-20 18:24"),
            ("lift", "decide", REGION, "oral", "03-20 11:14", "03-20 20:14"),
        ),
        called=(
            ("N-level-III", ORDINARY | ROAD | SERIOUS),
            *groups(*GROUPS),
            ("N-level-II", MAJOR),
        ),
        limits={
            **limits(
                9,
                {
                    "enterprise-fast": 28, "region-hq-fast": 38, "city-hq-fast": 21, "enterprise-report": 72,
                    "township-report": 58, "township-within-the-hour": 58, "city-party-major": 55,
                    "city-government-major": 57, "region-party-major": 58, "region-government-major": 75,
                    "side-trade-union": 130,
                },
                (
                    Owed("03-18 16:06", HOUR, (*FAST_UNIT, *UNIT), since="03-18 16:20"),
                    Owed("03-18 16:16", HOUR, (*FAST, *WITHIN_THE_HOUR)),
                    # The hour counts from the receipt, though the grade came when most of it had gone.
                    Owed("03-18 16:16", HOUR, IN_WRITING, since="03-18 16:54"),
                    Owed("03-18 16:16", 2 * HOUR, ("township-report", "level-by-level", *SIDE)),
                    Owed("03-18 16:16", 10, (*PROMPT, "other-fields")),
                    Owed("03-18 16:16", DAY, ("supplement",)),
                    Owed("03-18 16:35", DAY, ("news",)),
                ),
            ),
            "follow-up-serious": ("03-18 16:16", "03-19 04:16", "03-19 03:46", "met"),
            "follow-up-serious-2": ("03-19 03:46", "03-19 15:46", "03-19 15:16", "met"),
            "follow-up-serious-3": ("03-19 15:16", "03-20 03:16", "03-20 02:46", "met"),
            "follow-up-serious-4": ("03-20 02:46", "03-20 14:46", "03-20 11:14", "not_due"),
        },
        formations=(
            ("03-18 16:16", "township"),
            ("03-18 16:35", "county-with-city"),
            ("03-18 17:19", "region-with-city"),
        ),
        commanders=(
            ("03-18 16:16", "03-18 16:50", TOWNSHIP, True),
            ("03-18 16:50", "03-18 17:40", HEAD, False),
            ("03-18 17:40", "03-19 08:00", ON_SCENE, False),
            ("03-19 08:00", "03-20 11:14", REGION, False),
        ),
        levels=(
            ("03-18 16:20", "III", None),
            ("03-18 16:35", "III", "III"),
            ("03-18 16:54", "II", "III"),
            ("03-18 17:19", "II", "II"),
            ("03-20 11:14", "II", None),
        ),
        lifted=("03-20 11:14", REGION),
    ),
    # A red warning, then thirty-four: IV by the county at once, I by the State Council side, in writing.
    "county-i": Course(
        decisions=(
            ("warning", "decide", REGION, "oral", "09-21 09:20", "09-21 19:20"),
            ("level IV", "decide", HEAD, "in_system", "09-21 10:47", "09-21 10:47"),
            ("level IV", "sign", HEAD, "in_system", "09-21 10:52", "09-21 10:52"),
            ("level I", "decide", STATE, "paper", "09-21 11:12", "09-21 21:12"),
            ("scene_end", "decide", ON_SCENE, "oral", "09-23 10:26", "09-23 20:26"),
            ("lift", "decide", STATE, "oral", "09-23 12:25", "09-23 22:25"),
        ),
        called=(("N-level-IV", ORDINARY | EQUIPMENT), *IV_GROUPS, ("N-level-I", SERIOUS | MAJOR), *LATER_GROUPS),
        limits={
            **limits(
                8,
                {
                    "enterprise-fast": 16, "region-hq-fast": 19, "region-department-fast": 22, "city-hq-fast": 14,
                    "city-party-major": 41, "city-government-major": 44, "region-party-major": 49,
                    "region-government-major": 52, "city-commission-copy": 84, "township-report": 66,
                    "township-within-the-hour": 66,
                },
                (
                    Owed("09-21 10:22", HOUR, (*FAST_UNIT, *UNIT), since="09-21 10:38"),
                    Owed("09-21 10:34", HOUR, (*FAST, *WITHIN_THE_HOUR, *IN_WRITING)),
                    Owed("09-21 10:34", 2 * HOUR, ("township-report", *SIDE)),
                    Owed("09-21 10:34", 10, (*PROMPT, "neighbours", "other-fields")),
                    Owed("09-21 10:34", DAY, ("supplement",)),
                    Owed("09-21 10:52", HOUR, ("commission-progress",)),
                    Owed("09-21 10:52", DAY, ("news",)),
                ),
            ),
            "follow-up-serious": ("09-21 10:34", "09-21 22:34", "09-21 22:04", "met"),
            "follow-up-serious-2": ("09-21 22:04", "09-22 10:04", "09-22 09:34", "met"),
            "follow-up-serious-3": ("09-22 09:34", "09-22 21:34", "09-22 21:04", "met"),
            "follow-up-serious-4": ("09-22 21:04", "09-23 09:04", "09-23 08:34", "met"),
            "follow-up-serious-5": ("09-23 08:34", "09-23 20:34", "09-23 12:25", "not_due"),
        },
        formations=(("09-21 10:34", "township"), ("09-21 10:52", "county"), ("09-21 11:12", "state")),
        commanders=(
            ("09-21 10:34", "09-21 11:00", TOWNSHIP, True),
            ("09-21 11:00", "09-21 12:30", HEAD, False),
            ("09-21 12:30", "09-21 15:00", ON_SCENE, False),
            ("09-21 15:00", "09-23 12:25", STATE, False),
        ),
        levels=(
            ("09-21 10:38", "I", None),
            ("09-21 10:52", "I", "IV"),
            ("09-21 11:12", "I", "I"),
            ("09-23 12:25", "I", None),
        ),
        lifted=("09-23 12:25", STATE),
    ),
}  # fmt: skip


class Told:
    """One played case: its entries, what they fold to, and the first page of the dossier written from them."""

    def __init__(self, name: str, folder: Path) -> None:
        begins = cases.read(cases.find(name)).starts_at
        _, self.entries, self.record = played(name)
        self._shift, self._zone = self.entries[0].known_at - begins, begins.tzinfo
        self.dossier = folder / name
        dossier.write(self.dossier, self.entries, plan_of(PLAN).model_dump_json(), ())
        self.page: dict[str, Any] = json.loads((self.dossier / "first-page.json").read_text("utf-8"))

    def clock(self, at: datetime) -> str:
        """An instant as the case tells time."""
        return text((at - self._shift).astimezone(self._zone))

    def told(self, at: str | None) -> str | None:
        """An instant of the first page, likewise."""
        return None if at is None else self.clock(datetime.fromisoformat(at))


@pytest.fixture(scope="module", params=COURSES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def case(name: str, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(name, tmp_path_factory.mktemp("archive"))


def test_who_decided_in_what_form_and_signed_when(case: Told, name: str) -> None:
    given = [one for one in case.page["decisions"] if one["user"] is not None]
    found = tuple(
        (one["what"], one["stage"], one["post"], one["form"], case.told(one["at"]), case.told(one["signed_at"]))
        for one in given
    )
    assert found == COURSES[name].decisions
    users = holders(PLAN)
    assert [one["user"] for one in given] == [users[one["post"]] for one in given]
    heard = [one for one in given if one["form"] != "in_system"]
    assert all(one["recorded_by"] == users["first_officer"] for one in heard)
    assert case.page["not_signed"] == []


def new_to(called: Iterable[tuple[str, set[str]]]) -> Iterator[tuple[str, set[str]]]:
    """A level rings whom no level rang before, for their own duties; a group whom nobody did."""
    by_levels: set[str] = set()
    rung: set[str] = set()
    for notice, units in called:
        level = notice.startswith("N-level-")
        if news := units - (by_levels if level else rung):
            yield notice, news
        rung |= units
        by_levels |= units if level else set()


def test_which_units_are_called_at_each_level_and_that_all_of_them_hear_of_its_end(case: Told, name: str) -> None:
    notices = case.record.notices
    called = {
        notice: set(notices[notice].recipients) for notice in notices if notice.startswith(("N-level-", "N-group_"))
    }
    assert called == dict(new_to(COURSES[name].called))
    assert set().union(*called.values()) <= notices["N-lifted"].recipients.keys()


def test_every_limit_with_its_start_its_end_and_what_became_of_it(case: Told, name: str) -> None:
    found = {
        one["id"]: (*(case.told(one[at]) for at in ("starts_at", "due_at", "done_at")), one["verdict"])
        for one in case.page["clocks"]
        if one["leg"]
    }
    assert found == COURSES[name].limits


def test_the_headquarters_on_scene_at_each_instant_is_that_of_its_level(case: Told, name: str) -> None:
    formed = [entry for entry in case.entries if entry.kind == "onsite_hq_formed"]
    assert [case.clock(entry.true_at) for entry in formed] == [COURSES[name].formations[0][0]]
    found = [(case.clock(e.true_at), e.data["formation"]) for e in case.entries if e.kind == "onsite_hq_reformed"]
    assert tuple(found) == COURSES[name].formations
    assert not any(entry.kind == "onsite_hq_dissolved" for entry in case.entries)
    # A level and who forms its headquarters change at one instant.
    levels = {at for at, _, level in COURSES[name].levels if level is not None}
    assert {at for at, _ in COURSES[name].formations[1:]} <= levels


def test_the_commander_at_each_instant_from_the_report_to_the_end_without_a_gap_or_two_at_once(
    case: Told, name: str
) -> None:
    page = case.page["commanders"]
    found = tuple((case.told(one["from"]), case.told(one["to"]), one["post"], one["how"] == "presumed") for one in page)
    assert found == COURSES[name].commanders
    assert page[0]["from"] == case.record.known().received_at.isoformat()
    assert [one["to"] for one in page[:-1]] == [one["from"] for one in page[1:]]
    for one, tenure in zip(page, timeline.commanders(case.record), strict=True):
        assert tenure.since.isoformat() == one["from"]
        assert case.record.commander_at(tenure.since) == tenure.commander
    at, last = case.record.known().received_at, datetime.fromisoformat(page[-1]["to"])
    while at < last:
        commander, now = case.record.commander_at(at), case.clock(at)
        assert commander is not None
        assert [commander.post] == [post for since, to, post, _ in COURSES[name].commanders if since <= now < to]
        at += timedelta(minutes=7)


def test_how_grade_and_level_moved_and_who_lifted_it(case: Told, name: str) -> None:
    by_minute = {case.told(one["at"]): (one["standing"], one["level"]) for one in case.page["levels"]}
    assert tuple((minute, *stood) for minute, stood in by_minute.items()) == COURSES[name].levels
    (lifted,) = [entry for entry in case.entries if entry.kind == "response_lifted"]
    assert (case.clock(lifted.true_at), lifted.data["signed_by"]) == COURSES[name].lifted
    assert (case.record.phase, case.record.closed) == ("closed", True)


def test_whoever_has_command_by_a_higher_levels_rule_is_not_asked_to_hand_it_down(case: Told) -> None:
    rules = {rule.id for rule in plan_of(PLAN).command.handovers}
    assert rules >= {"county-command", "city-command", "region-command", "state-command"}
    assert not rules & {task.rule for task in case.record.tasks.values()}


def test_the_dossier_verifies(case: Told) -> None:
    assert dossier.check(case.dossier) == case.record.head


def test_there_is_one_of_each_level_started_by_whom_the_plan_says() -> None:
    starts = {"level IV": HEAD, "level III": CITY, "level II": REGION, "level I": STATE}
    seen = {(what, post) for course in COURSES.values() for what, _, post, *_ in course.decisions if what in starts}
    assert seen == set(starts.items())
