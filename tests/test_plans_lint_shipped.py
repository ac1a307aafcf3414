"""What the linter finds in each shipped plan, entry by entry: open without our decisions, settled with them."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from plans import library, roster
from plans.lint import Around, Judged, judge

ROOT = Path(__file__).parent.parent
FOUND = 100
"""At least as many high and medium entries have a trace, over both plans."""
LISTS = {"lhasa-2022": "lint-lhasa.tsv", "zhongshan-county": "lint-zhongshan.tsv"}


class Entry(NamedTuple):
    """An entry of the list of ambiguities, and the finding that is its trace in a plan."""

    plan: str
    ambiguity: str
    severity: str
    rule: str
    path: str

    @property
    def key(self) -> str:
        return f"{self.rule} {self.path}"


def read_entries(plan: str) -> tuple[Entry, ...]:
    with (Path(__file__).parent / LISTS[plan]).open(encoding="utf-8", newline="") as rows:
        return tuple(Entry(plan, **row) for row in csv.DictReader(rows, delimiter="\t"))


ENTRIES = [entry for plan in LISTS for entry in read_entries(plan)]


@cache
def judged(plan: str, decided: bool) -> Mapping[str, Judged]:
    folder = library.find(plan)
    loaded = library.read(folder, decided)
    around = Around(
        national=loaded.plan.national.statutory,
        national_fields=library.national_fields(),
        clauses=loaded.clauses,
        sections=library.sections(folder),
        roster=roster.read(folder / roster.EXAMPLE),
        on=date(2026, 11, 25),
    )
    return {one.finding.key: one for one in judge(loaded, around)}


def test_every_shipped_plan_has_its_list() -> None:
    assert set(LISTS) == set(library.shipped())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.ambiguity}-{entry.rule}")
def test_an_entry_is_open_without_decisions_and_settled_with_them(entry: Entry) -> None:
    assert judged(entry.plan, decided=False)[entry.key].counts
    assert judged(entry.plan, decided=True)[entry.key].settled_by == entry.ambiguity


def test_a_hundred_high_and_medium_entries_are_open_without_decisions_and_none_of_them_with() -> None:
    told = [entry for entry in ENTRIES if entry.severity in ("H", "M")]
    found = {entry.ambiguity for entry in told if judged(entry.plan, decided=False)[entry.key].counts}
    left = {entry.ambiguity for entry in told if judged(entry.plan, decided=True)[entry.key].counts}
    assert len(found) >= FOUND
    assert left == set()


def test_a_measure_that_one_level_leaves_out_is_told_with_the_counts_that_fall_between() -> None:
    one = judged("lhasa-2022", decided=False)["range-gap grading/criteria/LS-1.4-03/missing"]
    assert "失踪 3 至 9" in one.finding.says


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("grade-undefined grading/criteria/II", "II 级没有标准"),
        (
            "two-heads units/county_hq",
            "指挥长（县人民政府分管常务副县长）、总指挥（县政府主要领导或分管安全生产的领导）",
        ),
        ("section-missing plan/refers_to/0/section", "引用的 8.1 在正文中没有"),
        ("groups-listed-differently command/onsite_hq/group_lists", "3 处名单不同"),
        ("group-lacks-skill groups/group_monitoring/tasks/monitoring-fight-fires", "组内没有县消防救援大队"),
    ],
)
def test_the_county_plan_has_a_grade_without_bands_two_heads_a_missing_section_three_lists_and_no_fire_brigade(
    key: str, says: str
) -> None:
    one = judged("zhongshan-county", decided=False)[key]
    assert one.counts
    assert says in one.finding.says
    assert all(clause.startswith("ZS-") for clause in one.finding.clauses)
    assert judged("zhongshan-county", decided=True)[key].settled_by is not None


@pytest.mark.parametrize("plan", LISTS)
def test_nothing_is_left_open_once_decided(plan: str) -> None:
    assert [key for key, one in judged(plan, decided=True).items() if one.counts] == []


def test_a_finding_points_into_the_file_where_its_place_stands() -> None:
    one = judged("lhasa-2022", decided=True)["handover-without-proof command/handovers/region-command/ends_by"]
    lines = (library.find("lhasa-2022") / one.file).read_text("utf-8").splitlines()
    assert "region-command" in "\n".join(lines[one.line - 1 : one.line + 1])
    assert one.finding.clauses == ("LS-4.3.3-07", "LS-4.3.4-07")


def test_no_python_outside_the_tests_knows_an_ambiguity_or_a_plan_by_name() -> None:
    plans = "|".join(library.shipped())
    known = re.compile(rf"\b([A-Z]{{2}}-A\d\d|XP-\d\d|{plans})\b")
    rooms = ("activities", "cli", "incidents", "plans", "statecharts", "store", "workflows")
    files = [*ROOT.glob("*.py"), *(file for room in rooms for file in (ROOT / room).rglob("*.py"))]
    assert len(files) > 50
    told = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if known.search(line)
    ]
    assert told == []
