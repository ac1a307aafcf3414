"""Plan documents: which there are, templates that carry what the law asks, and a faulty one told in words."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from docx import Document as open_docx
from docxtpl import DocxTemplate

from plans import documents, templates
from plans.documents import DEFAULT, Document, document
from plans.drafting import drafts
from plans.library import NATIONAL, clauses, national_fields

FILLED = [told for told in documents.documents() if told.fields]


def laid(file: Path, *lines: str) -> Path:
    """A template with these paragraphs."""
    paper = open_docx()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(str(file))
    return file


def words(file: Path | io.BytesIO) -> str:
    """All text of a paper's body, cells included."""
    body = open_docx(file if isinstance(file, io.BytesIO) else str(file)).element.body  # type: ignore[arg-type]
    return "".join(str(text.text or "") for text in body.iter() if text.tag.endswith("}t"))


def rendered(told: Document, values: dict[str, Any]) -> str:
    template = DocxTemplate(DEFAULT / told.file)
    template.render(values, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    out.seek(0)
    return words(out)


def fields(names: Iterable[str]) -> list[str]:
    return [f"{{{{ {name} }}}}" for name in names]


def test_the_documents_are_those_of_the_list_and_fifteen_have_a_template() -> None:
    numbers = [f"D{n}{part}" for n in range(1, 28) for part in ("abc" if n == 8 else ("",))]
    assert [told.id for told in documents.documents()] == numbers
    drafted = ["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8a", "D8b", "D8c", "D9", "D10", "D20", "D21", "D25"]
    assert [told.id for told in FILLED] == drafted
    assert sorted(file.stem for file in DEFAULT.glob("*.docx")) == sorted(told.id for told in FILLED)
    assert all(told.title and told.purpose for told in documents.documents())


@pytest.mark.parametrize("told", FILLED, ids=lambda told: told.id)
def test_a_default_template_is_what_its_draft_makes(told: Document) -> None:
    made, kept = zipfile.ZipFile(io.BytesIO(drafts.template(told))), zipfile.ZipFile(DEFAULT / told.file)
    # Other releases of zlib pack the same in other bytes.
    assert {name: made.read(name) for name in made.namelist()} == {name: kept.read(name) for name in kept.namelist()}
    assert {entry.date_time for entry in kept.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("told", FILLED, ids=lambda told: told.id)
def test_a_default_template_has_no_fault_and_renders_every_field_that_it_names(told: Document) -> None:
    assert list(templates.judged(told, DEFAULT / told.file)) == []
    read = rendered(told, {blank.name: templates.sample(blank) for blank in told.fields})
    assert "{" not in read
    for blank in told.fields:
        if blank.must:
            shown = [f"〈{blank.says}〉"] if not blank.each else [f"〈{column.says}2〉" for column in blank.each]
            assert all(one in read for one in shown), blank.name


def test_what_people_write_never_becomes_markup() -> None:
    told = document("D8b")
    values = {blank.name: templates.sample(blank) for blank in told.fields}
    read = rendered(told, values | {"matter": "A&B <公司> {{ level }}", "groups": []})
    assert "A&B <公司> {{ level }}" in read
    assert "工作组" not in read, "a table of no rows is left out"


def test_an_order_carries_what_the_law_asks_of_it_and_a_first_report_what_the_regulation_does() -> None:
    order = {blank.name for blank in document("D8b").fields if blank.must == "N-ERL-72"}
    assert order == {"matter", "level", "effective_from", "expected_duration", "measures"}
    report = {blank.name for blank in document("D3").fields if blank.must == "N-493-12"}
    assert len(report) == len(national_fields())
    assert {name.replace("-", "_") for name in national_fields()} - report == {"event_time", "event_place", "measures"}
    known = clauses(NATIONAL)
    cited = {blank.must for told in FILLED for blank in told.fields if blank.must.startswith("N-")}
    assert cited <= known


def test_a_paper_is_laid_out_by_the_standard() -> None:
    paper = open_docx(str(DEFAULT / "D8b.docx"))
    section = paper.sections[0]
    page = (section.page_width, section.page_height)
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(length.mm) for length in (*page, *edges) if length is not None] == [210, 297, 37, 35, 28, 26]
    line, size = paper.styles["Normal"].paragraph_format.line_spacing, paper.styles["Normal"].font.size
    assert (round(line.pt, 2), size.pt) == (28.95, 16)
    fonts = {run.font.name for line in paper.paragraphs for run in line.runs}
    assert fonts == {"仿宋_GB2312", "黑体", "方正小标宋简体"}


@pytest.mark.parametrize(
    ("lines", "field", "says"),
    [
        (["{{ weather }}"], "weather", "栏目 weather 无人填写，见文书目录"),
        ([], "matter", "缺少必有的栏目 matter（响应事项）：N-ERL-72"),
        (
            ["{% for row in measures %}{{ row.cost }}{% endfor %}"],
            "measures.cost",
            "measures 的每行没有 cost，应为 unit、what",
        ),
    ],
)
def test_a_field_that_nobody_fills_and_one_that_is_left_out_are_faults(
    tmp_path: Path, lines: list[str], field: str, says: str
) -> None:
    told = document("D8b")
    must = [blank.name for blank in told.fields if blank.must and blank.name != field]
    (fault,) = templates.judged(told, laid(tmp_path / "D8b.docx", *fields(must), *lines))
    assert (fault.field, fault.says) == (field, says)
    assert field.split(".")[-1] in fault.en


def test_what_can_not_be_read_is_told_in_one_line(tmp_path: Path) -> None:
    told = document("D8b")
    (broken,) = templates.judged(told, laid(tmp_path / "D8b.docx", "{% for %}"))
    assert broken.says.startswith("模板语句有误：")
    (tmp_path / "D8b.docx").write_text("no zip", "utf-8")
    (unread,) = templates.judged(told, tmp_path / "D8b.docx")
    assert unread.says.startswith("应为可读的 .docx：")
    assert "\n" not in broken.says + unread.says


def test_a_home_replaces_what_a_plan_replaces_and_a_placeholder_has_no_template(tmp_path: Path) -> None:
    plan, home, told = tmp_path / "plan", tmp_path / "home", document("D3")
    assert documents.template(told, plan, home) == DEFAULT / "D3.docx"
    for folder in (plan, home):
        (folder / "documents").mkdir(parents=True)
        laid(folder / "documents" / "D3.docx")
        assert documents.template(told, plan, home) == folder / "documents" / "D3.docx"
    assert documents.template(document("D12"), plan, home) is None


def test_only_own_templates_are_judged_and_a_number_that_no_document_has_is_a_fault(tmp_path: Path) -> None:
    assert list(templates.faults(tmp_path)) == []
    folder = tmp_path / "documents"
    folder.mkdir()
    laid(folder / "D99.docx")
    (folder / "~$D3.docx").write_text("an editor's lock", "utf-8")
    laid(folder / "D12.docx", "{{ number }}")
    placeholder, stranger = templates.faults(tmp_path)
    assert placeholder.says == "栏目 number 无人填写，见文书目录", "nobody fills D12 yet"
    assert stranger.says.startswith("没有这个编号的文书，应为 D1、D2、")
