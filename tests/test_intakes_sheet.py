"""The intake sheet: D1's fields in order, and never a 0 for what nobody knows."""

from datetime import timedelta

from ruamel.yaml import YAML

from incidents.accident import SourceChannel
from intakes.intake import Amend, FindFalse, TellLeader, Verify
from intakes.sheet import ASKED, CHANNELS, LABELS, VERIFYING, rows, sheet
from plans.documents import DEFAULT
from tests.calls import BEGAN, TELLING, Paper


def local(at: object) -> str:
    return f"{at:%m-%d %H:%M}"


def test_a_call_of_which_nothing_is_known_prints_every_fact_as_being_verified() -> None:
    told = sheet(Paper().take().intake, local)
    assert list(told) == list(LABELS)
    assert {name for name, value in told.items() if value == VERIFYING} == ASKED
    assert "0" not in told["casualties"]


def test_the_sheet_says_what_was_told_verified_and_ordered_and_how_it_ended() -> None:
    paper = Paper().take(
        **TELLING, words="电话里有哭声", informed=[{"who": "张县长", "unit": "县政府", "at": BEGAN.isoformat()}]
    )
    paper.ask(
        Amend, telling={"people": {"trapped": {"n": 10, "about": True}, "missing": "unknown"}, "words": "又来电催"}
    )
    paper.ask(Verify, with_whom="县应急局", number="0891-1", result="does_not_hold", words="例行爆破")
    paper.ask(TellLeader, leader="王主任", words="核实清楚", read_back=True)
    paper.ask(FindFalse, reason="例行爆破", found_by="县应急局")
    told = sheet(paper.intake, local)
    assert told["casualties"] == "死亡1，失联3以上，被困约10，失踪不明"
    assert told["received_at"] == local(BEGAN)
    assert told["occurred_at"] == local(BEGAN - timedelta(minutes=11))
    assert told["already_told"] == f"县政府 张县长 {local(BEGAN)}"
    assert told["verified_result"] == "不属实；例行爆破"
    assert (told["leader_words"], told["leader_read_back"]) == ("核实清楚", "是")
    assert told["follow_up"] == "电话里有哭声；又来电催", "everything that was said, not the last alone"
    assert told["closed_at"].startswith("不属实 例行爆破 县应急局")


def test_each_channel_that_is_no_telephone_number_has_its_name() -> None:
    numbers = {channel for channel in SourceChannel.__args__ if channel.isdigit()}
    assert set(CHANNELS) | numbers == set(SourceChannel.__args__)


def test_every_field_of_the_documents_template_is_filled() -> None:
    catalogue = YAML(typ="safe").load((DEFAULT / "documents.yaml").read_text("utf-8"))
    (wanted,) = [document["fields"] for document in catalogue["documents"] if document["id"] == "D1"]
    paper = Paper().take(**TELLING, informed=[{"who": "张县长"}])
    paper.ask(Verify, with_whom="县应急局", result="holds")
    paper.ask(TellLeader, leader="王主任", read_back=True)
    lines = rows(paper.intake, local)
    for field in wanted:
        if each := field.get("each"):
            (line,) = lines[field["name"]]
            assert set(line) == {part["name"] for part in each}
        else:
            assert field["name"] in sheet(paper.intake, local)
