"""A plan as people read it: nothing it says is left out, and every word of the schema has a Chinese one."""

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from plans import schema, walk
from plans.coverage import HOMES
from plans.library import find, load, shipped
from plans.schema import GRADES, Decision, Plan
from plans.shapes import SHAPES
from plans.shapes import schema as schema_of
from plans.sheets import sheets
from plans.vocabulary import FIELDS, KINDS, WORDS, span

PLANS = [load(find(name)).plan for name in shipped()]


@pytest.fixture(params=PLANS, ids=lambda plan: plan.name)
def plan(request: pytest.FixtureRequest) -> Plan:
    return request.param  # type: ignore[no-any-return]


def literals(hint: Any) -> set[str]:
    origin = get_origin(hint)
    if origin is Literal:
        return {word for word in get_args(hint) if isinstance(word, str)}
    if origin is Annotated:
        return literals(hint.__origin__)
    if origin in (Union, types.UnionType, tuple, list, dict):
        return {word for inner in get_args(hint) for word in literals(inner)}
    return set()


def test_every_word_of_the_schema_has_a_chinese_one() -> None:
    models = [m for m in vars(schema).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    hints = [hint for model in models for hint in get_type_hints(model, include_extras=True).values()]
    # A national role is the name of a function that a unit bears: the unit's own name is shown.
    roles = set(get_args(schema.NationalRole))
    words = {word for hint in hints for word in literals(hint)} - roles - set(GRADES)
    assert words - WORDS.keys() == set()


def test_every_field_of_the_schema_has_a_chinese_name() -> None:
    models = [m for m in vars(schema).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    assert {field for model in models for field in model.model_fields} - FIELDS.keys() == set()


def test_every_kind_of_clause_has_a_chinese_name() -> None:
    assert HOMES.keys() == KINDS.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_clause_that_an_element_cites_stands_on_a_sheet(plan: Plan, lang: Any) -> None:
    shown = "\n".join(
        "\n".join((*sheet.notes, *(cell for row in sheet.rows for cell in row))) for sheet in sheets(plan, lang)
    )
    # What a whole chapter or the national table rests on is no row of its own.
    parts = [(path, part) for path, part in walk.elements(plan) if "/" in path and not path.startswith("national")]
    cited = {clause for _, part in parts for _, clause in walk.cited(part)}
    assert {clause for clause in cited if clause not in shown} == set()


SHOWN = [
    ("plan", "引用本预案 9.1 (ZS-4.1-01)"),
    ("units", "专长：公安"),
    ("posts", "县人民政府分管常务副县长（负责人）"),
    ("groups", "又称技术专家工作组"),
    ("groups", "专长：火灾"),
    ("reporting", "较大及以上"),
    ("reporting", "威胁周边群众、涉及重要设施"),
    ("reporting", "乡镇、部门电话快报县指挥部办公室；快报自治区指挥部"),
    ("reporting", "县应急管理局、县委办、县政府办"),
    ("response", "春节"),
    ("response", "30天内 2 起"),
    ("response", "提高级别：目标级别的决定人 (ZS-4.2.7-02)"),
    ("command", "接报即设"),
    ("command", "被指定者优先"),
    ("command", "事发地政府先行组成"),
    ("command", "所列工作组：综合协调组"),
    ("warning", "除另有规定外由县应急管理局发布"),
    ("warning", "市指挥部（市指挥部负责人）"),
    ("release", "查处和追责"),
]


@pytest.mark.parametrize(("chapter", "words"), SHOWN)
def test_what_a_county_plan_has_beside_the_others_is_shown(chapter: str, words: str) -> None:
    told = sheets(load(find("zhongshan-county")).plan, chapter=chapter)
    assert words in "\n".join(
        "\n".join((*sheet.notes, *(cell for row in sheet.rows for cell in row))) for sheet in told
    )


def test_a_colour_with_its_own_publisher_names_it_in_its_row() -> None:
    county = load(find("zhongshan-county")).plan
    sheet, *_ = sheets(county, chapter="warning")
    assert {row[0]: row[-2] for row in sheet.rows} == {
        "蓝色": "县应急管理局", "黄色": "市指挥部", "橙色": "自治区指挥部", "红色": "自治区指挥部"
    }  # fmt: skip


def test_a_row_has_as_many_cells_as_its_sheet_has_columns(plan: Plan) -> None:
    for sheet in sheets(plan):
        assert {len(row) for row in sheet.rows} <= {len(sheet.columns)}, sheet.title


def test_a_chapter_can_be_read_alone(plan: Plan) -> None:
    assert {sheet.chapter for sheet in sheets(plan, chapter="reporting")} == {"reporting"}


def test_an_unconfirmed_decision_is_marked(plan: Plan) -> None:
    (sheet,) = sheets(plan, chapter="decisions")
    marks = {row[0]: row[-1] for row in sheet.rows}
    assert marks == {d.id: "已确认" if d.confirmed else "待确认" for d in plan.decisions}
    one: Decision = plan.decisions[0].model_copy(update={"confirmed": not plan.decisions[0].confirmed})
    (other,) = sheets(plan.model_copy(update={"decisions": (one,)}), chapter="decisions")
    assert other.rows[0][-1] != marks[one.id]


@pytest.mark.parametrize(
    ("length", "zh", "en"), [("PT50M", "50分钟", "50 min"), ("PT2H", "2小时", "2 h"), ("P30D", "30天", "30 d")]
)
def test_a_length_of_time_is_read_in_its_largest_whole_unit(length: str, zh: str, en: str) -> None:
    from datetime import timedelta

    from pydantic import TypeAdapter

    told = TypeAdapter(timedelta).validate_python(length)
    assert (span(told, "zh"), span(told, "en")) == (zh, en)


def test_a_schema_says_what_each_field_means() -> None:
    told = schema_of("reporting")["$defs"]["ReportRule"]["properties"]
    assert told["soft"]["description"] == "A limit that we set ourselves; only such a clock may be stood down."
    assert "against" in told
    assert told["against"]["description"].startswith("Contradictory statements")


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_schema_stands_for_the_file_that_the_program_reads(name: str) -> None:
    told = schema_of(name)
    assert told["$schema"].startswith("https://json-schema.org/")
    assert {"type", "$ref", "properties", "additionalProperties"} & told.keys()
