"""A paper that somebody edited is read back: a figure that moved is seen, words that moved are theirs."""

import io
from collections.abc import Callable
from functools import cache

import docx
import pytest
from docx.document import Document as Paper

from papers.figures import Difference, Figure, Unreadable, differences, figures
from papers.filling import fields
from papers.rendering import rendered
from plans.documents import DEFAULT, document
from tests.papers import drawn_up, edited, source


@cache
def draft(number: str) -> bytes:
    return rendered(DEFAULT / f"{number}.docx", fields(source(drawn_up()[number], number), document(number)).values)


def replacing(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


def paper(*lines: str) -> bytes:
    told: Paper = docx.Document()
    for line in lines:
        told.add_paragraph(line)
    out = io.BytesIO()
    told.save(out)
    return out.getvalue()


def test_a_paper_that_nobody_touched_differs_in_nothing() -> None:
    for number in ("D3", "D4", "D8b", "D20", "D21"):
        assert differences(draft(number), draft(number)) == ()
        assert differences(draft(number), edited(draft(number), lambda text: text)) == ()


def test_words_are_the_editor_s_own() -> None:
    first = draft("D3")
    assert differences(first, edited(first, replacing("死亡1人", "已有1人死亡"))) == ()
    assert differences(first, edited(first, replacing("现场情况：正在核实", "现场情况：浓烟较大，道路通畅"))) == ()


@pytest.mark.parametrize(
    ("number", "old", "new", "found"),
    [
        ("D3", "死亡1人", "死亡2人", ("死亡", "1人", "2人")),
        ("D3", "死亡1人", "死亡两人", ("死亡", "1人", "2人")),
        ("D3", "11月25日20:10", "11月25日20:30", ("截至", "11月25日20:10", "11月25日20:30")),
        ("D3", "〔2026〕3号", "〔2026〕4号", ("编号", "值班信息〔2026〕3号", "值班信息〔2026〕4号")),
        ("D4", "0人", "1人", ("失踪", "0人", "1人")),
        ("D8b", "2天", "3天", ("时长", "2天", "3天")),
        ("D20", "获救正在核实", "获救12人", ("获救", "", "12人")),
    ],
)
def test_a_figure_that_moved_is_named_with_both_values(
    number: str, old: str, new: str, found: tuple[str, str, str]
) -> None:
    first = draft(number)
    assert Difference(*found) in differences(first, edited(first, replacing(old, new)))


def test_a_level_that_moved_is_named_however_it_is_written() -> None:
    first = draft("D8b")
    assert Difference("级别", "三级", "二级") in differences(first, edited(first, replacing("三级", "Ⅱ级")))
    assert differences(first, edited(first, replacing("三级", "III级"))) == ()


def test_two_figures_that_changed_places_are_two_differences() -> None:
    one, other = paper("死亡2人，失踪3人。"), paper("死亡3人，失踪2人。")
    assert set(differences(one, other)) == {Difference("死亡", "2人", "3人"), Difference("失踪", "3人", "2人")}


def test_a_figure_that_was_struck_out_or_added_stands_on_one_side() -> None:
    assert differences(paper("死亡2人。"), paper("伤亡正在核实。")) == (Difference("死亡", "2人", ""),)
    assert differences(paper("伤亡正在核实。"), paper("失踪4人。")) == (Difference("失踪", "", "4人"),)


def test_numbers_are_read_one_way() -> None:
    told = figures(paper("三十二人受伤，疏散1,200人；直接经济损失120万元，20时05分起。电话000 1016。"))
    assert told == [
        Figure("受伤", "32人"),
        Figure("疏散", "1200人"),
        Figure("金额", "120万元"),
        Figure("时间", "20:05"),
    ]


def test_what_is_no_paper_is_told_in_one_line() -> None:
    with pytest.raises(Unreadable) as told:
        figures(b"no zip")
    assert "\n" not in str(told.value)
