"""Two lists of names held against each other: who is on both, who stands elsewhere, who may be one."""

from typing import Any

import pytest

from incidents.matching import Person, match


def person(name: str, **told: Any) -> Person:
    return Person(**{"name": name, "state": "hospitalised", **told})


ZHANG = {"sex": "男", "age": 41}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ({}, {}, False),
        (ZHANG, ZHANG, True),
        (ZHANG, ZHANG | {"age": 42}, True),
        (ZHANG, ZHANG | {"age": 43}, False),
        (ZHANG, ZHANG | {"sex": "女"}, False),
        (ZHANG, {"sex": "男"}, False),
        ({"id_last4": "123X"}, {"id_last4": "123X"}, True),
        (ZHANG | {"id_last4": "1234"}, ZHANG | {"id_last4": "4321"}, False),
        (ZHANG | {"id_last4": "1234"}, ZHANG, True),
    ],
)
def test_one_name_is_one_person_by_the_last_four_signs_or_else_by_sex_and_age(
    a: dict[str, Any], b: dict[str, Any], same: bool
) -> None:
    found = match([person("张建国", **a)], [person("张 建国", **b)])
    assert bool(found.same) is same
    assert bool(found.near) is not same, "what is not sure is offered, never decided"


def test_the_difference_of_two_lists_is_shown_and_each_line_is_used_once() -> None:
    a = [person("张建国", **ZHANG), person("李梅", sex="女", age=30), person("王芳", id_last4="0001")]
    b = [
        person("张建国", **ZHANG, state="deaths"),
        person("张建国", **ZHANG),
        person("李玫", sex="女", age=30),
        person("赵六"),
    ]
    found = match(a, b)
    assert [(one.a.state, one.b.state) for one in found.other_state] == [("hospitalised", "deaths")]
    assert not found.same
    assert [one.name for one in found.only_a] == ["李梅", "王芳"]
    assert [one.name for one in found.only_b] == ["张建国", "李玫", "赵六"]
    assert [(one.a.name, one.b.name) for one in found.near] == [("李梅", "李玫")]


def test_a_name_is_masked_to_its_first_sign() -> None:
    assert (person("张建国").masked, person("李").masked) == ("张**", "李")
