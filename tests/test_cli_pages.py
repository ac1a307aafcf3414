"""The generated documents under docs/ are what the code and the plans' data say now: `make draw` writes them."""

import re
from pathlib import Path

import pytest

from cli.pages import generated, levels
from plans import evidence
from plans.coverage import coverage
from plans.library import clause_rows, find, load, shipped
from plans.schema import Plan
from plans.vocabulary import level
from statecharts.canvas import LIGHT, svg

DOCS = Path(__file__).parent.parent / "docs"
GENERATED = generated()
PLANS = [load(find(name)).plan for name in shipped()]


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_a_generated_document_is_committed_as_it_is_generated(name: str) -> None:
    assert (DOCS / name).read_text("utf-8") == GENERATED[name], "run `make draw`"


def test_nothing_else_lies_among_the_generated_documents() -> None:
    rooms = {name.partition("/")[0] for name in GENERATED}
    files = {str(file.relative_to(DOCS)) for room in rooms for file in (DOCS / room).rglob("*") if file.is_file()}
    assert files == GENERATED.keys()


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_the_figures_on_a_page_are_those_of_coverage(plan: Plan) -> None:
    known = evidence.of_plan(plan.name)
    assert known is not None
    told = coverage(plan, clause_rows(find(plan.name)), *known)
    page = GENERATED[f"plans/{plan.name}.md"]
    figures = f"条款 {told.total} 条：已落实 {told.homed}，系统外 {len(told.outside)}，未落实 {len(told.unhomed)}"
    assert f"{figures}；已演练 {told.exercised}（" in page
    for path in re.findall(r"\]\(\.\./(pictures/[^)]+)\)", page):
        assert path in GENERATED


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_the_picture_of_the_levels_names_every_level_and_lights_the_one_that_stands(plan: Plan) -> None:
    dark = svg(levels(plan))
    assert LIGHT not in dark
    for grade in plan.response.levels:
        assert f">{level(grade, 'zh')}</text>" in dark
        assert svg(levels(plan, standing=grade)).count(f'fill="{LIGHT}"') == 1
