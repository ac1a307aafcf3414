"""What the linter finds in Lhasa's plan, entry by entry: open without our decisions, settled with them."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from plans import library, roster
from plans.lint import Around, Judged, judge

ROOT = Path(__file__).parent.parent
FOLDER = library.find("lhasa-2022")


class Entry(NamedTuple):
    """An entry of the list of ambiguities, and the finding that is its trace."""

    ambiguity: str
    severity: str
    rule: str
    path: str

    @property
    def key(self) -> str:
        return f"{self.rule} {self.path}"


def read_entries() -> tuple[Entry, ...]:
    with (Path(__file__).parent / "lint-lhasa.tsv").open(encoding="utf-8", newline="") as rows:
        return tuple(Entry(**row) for row in csv.DictReader(rows, delimiter="\t"))


ENTRIES = read_entries()


def judged(decided: bool) -> Mapping[str, Judged]:
    loaded = library.read(FOLDER, decided)
    around = Around(
        national=loaded.plan.national.statutory,
        national_fields=library.national_fields(),
        clauses=loaded.clauses,
        sections=library.sections(FOLDER),
        roster=roster.read(FOLDER / roster.EXAMPLE),
        on=date(2026, 11, 25),
    )
    return {one.finding.key: one for one in judge(loaded, around)}


@pytest.fixture(scope="module")
def undecided() -> Mapping[str, Judged]:
    return judged(decided=False)


@pytest.fixture(scope="module")
def decided() -> Mapping[str, Judged]:
    return judged(decided=True)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.ambiguity}-{entry.rule}")
def test_an_entry_is_open_without_decisions_and_settled_with_them(
    entry: Entry, undecided: Mapping[str, Judged], decided: Mapping[str, Judged]
) -> None:
    assert undecided[entry.key].counts
    assert decided[entry.key].settled_by == entry.ambiguity


def test_more_than_twenty_high_and_medium_entries_are_found_with_the_missing_three_to_nine_among_them(
    undecided: Mapping[str, Judged],
) -> None:
    found = {entry.ambiguity for entry in ENTRIES if undecided[entry.key].counts}
    assert len(found) >= 20
    assert "失踪 3 至 9" in undecided["range-gap grading/criteria/LS-1.4-03/missing"].finding.says


def test_nothing_is_left_open_once_decided(decided: Mapping[str, Judged]) -> None:
    assert [key for key, one in decided.items() if one.counts] == []


def test_a_finding_points_into_the_file_where_its_place_stands(decided: Mapping[str, Judged]) -> None:
    one = decided["handover-without-proof command/handovers/region-command/ends_by"]
    lines = (FOLDER / one.file).read_text("utf-8").splitlines()
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
