"""Rules of the whole house: a plan is data, so no program text knows a plan, a place, a unit or a post by name."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from plans import schema
from plans.library import find, load, shipped
from plans.schema import NationalRole, Plan
from tests.yunling import FOLDER as YUNLING

HOUSE = Path(__file__).parent.parent
MAY_NAME = ("tests", "drills", "bench")
"""Rooms that stage one plan or another on purpose."""
PROGRAM = [
    file
    for file in sorted(HOUSE.rglob("*.py"))
    if file.relative_to(HOUSE).parts[0] not in MAY_NAME and not file.relative_to(HOUSE).parts[0].startswith(".")
]
SHARED = frozenset(get_args(NationalRole)) | {
    field
    for model in vars(schema).values()
    if isinstance(model, type) and issubclass(model, BaseModel)
    for field in model.model_fields
}
"""Words that a plan's ids may share with the schema: functions that national rules name, and its own fields."""

STATUTORY = frozenset({"现场指挥部"})
"""What the law itself calls a body, whatever the plan: order 708 art. 20 on the headquarters on scene."""


UNKNOWN = (YUNLING,)
"""Plans that nobody is offered: the program runs them and was never told of them."""


@cache
def plans() -> tuple[Plan, ...]:
    return tuple(load(folder).plan for folder in (*map(find, shipped()), *UNKNOWN))


@cache
def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


@cache
def constants(text: str) -> frozenset[object]:
    return frozenset(node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))


def names(plan: Plan) -> Iterator[str]:
    """What no program text may hold, anywhere in a line: names that are no plain words."""
    about = plan.about
    place = about.jurisdiction.name
    yield from (plan.name, about.title, place, place.rstrip("市县区"), about.jurisdiction.division_code)
    for unit in plan.units.values():
        yield from (unit.name, *unit.aliases)
    for post in plan.posts.values():
        yield from (post.title, post.held_by)
    yield from (group.name for group in plan.groups.values())


def ids(plan: Plan) -> frozenset[str]:
    return frozenset({*plan.units, *plan.posts, *plan.groups}) - SHARED


def spoken(text: str, plan: Plan) -> Iterator[str]:
    """The names of this plan that a program text holds."""
    yield from (name for name in names(plan) if name and name not in STATUTORY and name in text)
    stem = plan.name.partition("-")[0]
    yield from re.findall(rf"(?i)\b{stem}\b", text)
    yield from re.findall(rf"\b{plan.about.clause_prefix}\b", text)
    # A name of one English word may stand in a sentence; as a value it would be the plan's.
    yield from (name for name in ids(plan) if name in constants(text) or ("_" in name and name in words(text)))


@pytest.mark.parametrize("file", PROGRAM, ids=lambda file: str(file.relative_to(HOUSE)))
def test_no_program_text_names_a_plan_a_place_a_unit_or_a_post(file: Path) -> None:
    text = file.read_text("utf-8")
    assert [name for plan in plans() for name in spoken(text, plan)] == []


@pytest.mark.parametrize("folder", UNKNOWN, ids=lambda folder: folder.name)
def test_a_plan_that_the_program_was_never_told_of_is_named_in_no_room_of_it(folder: Path) -> None:
    plan = load(folder).plan
    staging = [file for room in ("drills", "bench") for file in sorted((HOUSE / room).rglob("*.py"))]
    found = {str(file.relative_to(HOUSE)): list(spoken(file.read_text("utf-8"), plan)) for file in (*PROGRAM, *staging)}
    assert {file: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize("kind", ["plan", "place", "unit", "unit id", "post", "post id", "clause", "docstring"])
def test_the_rule_would_see_one(kind: str) -> None:
    plan = plans()[0]
    unit_id, unit = next((name, told) for name, told in plan.units.items() if "_" in name and name not in SHARED)
    post_id, post = next((name, told) for name, told in plan.posts.items() if name not in SHARED)
    text = {
        "plan": f"load('{plan.name}')",
        "place": f"# as in {plan.name.partition('-')[0].title()}",
        "unit": f"x = '通知{unit.name}'",
        "unit id": f"plan.units[{unit_id}]",
        "post": f"x = '{post.title}'",
        "post id": f"x = '{post_id}'",
        "clause": f"x = '{plan.about.clause_prefix}-4.2-01'",
        "docstring": f'"""Asks the {unit_id}."""',
    }[kind]
    assert list(spoken(text, plan)) != []


def test_the_program_is_what_is_read() -> None:
    read = {file.relative_to(HOUSE).parts[0] for file in PROGRAM}
    assert {"plans", "incidents", "statecharts", "workflows", "activities", "store", "cli", "worker.py"} <= read
