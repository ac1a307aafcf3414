"""Numbers of documents: one after the other in a series and year, kept by whatever has one, taken once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store.numbers import Drawn, Numbers

NOW = datetime(2026, 3, 20, 2, 41, tzinfo=UTC)


def draw(register: Numbers, document: str = "D3", about: str = "report-1", **told: object) -> Drawn:
    asked = {"incident": "i-1", "series": "值班信息", "year": 2026, "seq": 7, "at": NOW, "drafter": "li.ming", **told}
    return register.draw(document=document, about=about, **asked)  # type: ignore[arg-type]


def test_a_series_counts_from_one_in_each_year_without_gaps(tmp_path: Path) -> None:
    register = Numbers(tmp_path)
    first, second = draw(register), draw(register, "D4", "report-2")
    order, new_year = draw(register, "D8b", "A1", series="应急命令"), draw(register, "D4", "report-9", year=2027)
    assert [one.n for one in (first, second, order, new_year)] == [1, 2, 1, 1]
    assert second.number == "值班信息〔2026〕2号"


def test_a_document_keeps_its_number_however_often_it_is_asked_for(tmp_path: Path) -> None:
    drawn = draw(Numbers(tmp_path))
    again = draw(Numbers(tmp_path), seq=99, at=NOW + timedelta(hours=1), series="改名", drafter="other")
    assert again == drawn
    assert draw(Numbers(tmp_path), "D4", "report-2").n == 2


def test_drawn_up_anew_it_has_the_same_number_and_knows_more_of_the_log(tmp_path: Path) -> None:
    register = Numbers(tmp_path)
    later = NOW + timedelta(hours=1)
    fresh = register.refresh(draw(register), 12, later, "zhuoma")
    assert register.of("i-1") == (fresh,)
    assert (fresh.n, fresh.seq, fresh.made_at, fresh.drafter) == (1, 12, later, "zhuoma")


def test_of_many_at_once_no_two_take_one_number(tmp_path: Path) -> None:
    Numbers(tmp_path)
    with ThreadPoolExecutor(8) as hands:
        drawn = list(hands.map(lambda n: draw(Numbers(tmp_path), about=f"report-{n}"), range(24)))
    assert sorted(one.n for one in drawn) == list(range(1, 25))


def test_incidents_have_their_own_documents(tmp_path: Path) -> None:
    register = Numbers(tmp_path)
    draw(register)
    other = draw(register, incident="i-2")
    assert other.n == 2
    assert register.of("i-2") == (other,)
    assert register.known("i-2", "D3", "report-7") is None
