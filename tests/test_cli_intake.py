"""Intakes in a terminal: in this process where that is enough, and once on a real engine, up to an open incident."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.intake import make_app
from settings import Settings
from tests.test_cli_incident import FENGHUO, Home, until

BY = ("--as", "li.ming")


class Terminal:
    """The commands of one home, run in this process."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder)
        self.app = make_app(lambda: self.settings, "")

    def ask(self, *words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(self.app, list(words), input=stdin)

    def told(self, *words: str, stdin: str = "") -> Any:
        done = self.ask(*words, "--json", stdin=stdin)
        assert done.exit_code == 0, (words, done.output, done.exception)
        return json.loads(done.stdout)

    def take(self, *words: str) -> str:
        return str(self.told("take", *words, *BY)["id"])


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    # A command ends its process at once; here it ends the call.
    monkeypatch.setattr(os, "_exit", sys.exit)
    return Terminal(tmp_path)


def test_a_call_is_taken_amended_verified_and_shown(terminal: Terminal) -> None:
    told = terminal.told("take", "channel=119", "caller=李明13908910001", "people=死亡1 失联3以上", *BY)
    assert (told["status"], told["seq"], told["missing"]) == ("done", [1, 1], ["when", "where", "unit", "what"])
    number = told["id"]
    terminal.told("amend", number, "place=七号矿区", "place.lon=91.6", "caller.unit=消防支队", "people=死亡2", *BY)
    terminal.told("verify", number, "with_whom=县应急局", "number=119", "result=holds", *BY)
    terminal.told("tell-leader", number, "leader=王主任", "words=核实", "read_back=true", *BY)
    shown = terminal.told("show", number)
    assert (shown["state"], shown["verified"], shown["seq"]) == ("verifying", True, 4)
    assert shown["sheet"]["casualties"] == "死亡2，失联3以上"
    assert shown["sheet"]["caller_unit"] == "消防支队"
    assert [one["value"] for one in shown["said"]["people.deaths"]] == [{"n": 1}, {"n": 2}]
    printed = terminal.ask("show", number).stdout
    assert "曾记 people.deaths" in printed
    assert "正在核实" in printed
    assert len(terminal.ask("log", number).stdout.splitlines()) == 4


def test_a_file_a_repeat_and_what_is_wrong_end_as_the_contract_says(terminal: Terminal) -> None:
    sheet = json.dumps({"summary": "巷道冒顶", "people": {"deaths": {"n": 1, "source": "hospital"}}})
    words = ("take", "--file", "-", "--command-id", "c-1", *BY)
    first, again = terminal.told(*words, stdin=sheet), terminal.told(*words, stdin=sheet)
    assert (first["id"], first["seq"]) == (again["id"], again["seq"])
    number = first["id"]
    assert terminal.ask("take", "sector=采矿", *BY).exit_code == 2
    assert terminal.ask("amend", number, "occurred_at=2999-01-01T00:00:00+08:00", *BY).exit_code == 2
    assert terminal.ask("show", "J20260101009").exit_code == 4
    assert terminal.ask("verify", "J20260101009", "with_whom=a", "result=holds", *BY).exit_code == 4
    terminal.told("false", number, "reason=例行爆破", "found_by=县局", *BY)
    refused = terminal.ask("hand-over", number, "to=邻市", "taken_by=赵", "--json", *BY)
    assert (refused.exit_code, json.loads(refused.stdout)["class"]) == (3, "plan")
    assert terminal.told("list") == []
    assert [row["state"] for row in terminal.told("list", "--all")] == ["false"]
    terminal.told("reopen", number, "reason=又来电", *BY)
    assert [row["state"] for row in terminal.told("list")] == ["open"]


def test_the_fields_are_told_as_a_schema(terminal: Terminal) -> None:
    told = json.loads(terminal.ask("take", "--schema").stdout)
    assert "envelope" not in told["properties"]
    assert {"place", "people", "caller"} <= set(told["$defs"]["Telling"]["properties"])


def test_a_second_call_is_offered_and_not_joined(terminal: Terminal) -> None:
    first = terminal.take("unit=某矿业有限公司", "place=七号矿区")
    told = terminal.told("take", "unit=某矿业公司", *BY)
    assert [(one["id"], one["reasons"]) for one in told["duplicates"]] == [(first, ["same_unit"])]
    assert [one["id"] for one in terminal.told("duplicates", told["id"])] == [first]
    assert {row["state"] for row in terminal.told("list")} == {"open"}
    assert "疑似重复" in terminal.ask("duplicates", told["id"]).stdout


def test_what_an_incident_needs_is_named_in_one_line_and_the_words_given_are_saved(terminal: Terminal) -> None:
    number = terminal.take("what=巷道冒顶")
    done = terminal.ask("confirm", number, "lhasa-2022", "sector=非煤矿山", "--yes", *BY)
    assert done.exit_code == 2
    (line,) = [line for line in done.output.splitlines() if "尚缺" in line]
    assert all(name in line for name in ("事发时间", "地点", "来电人"))
    assert "行业" not in line
    assert terminal.told("show", number)["telling"]["sector"] == "non-coal-mine"
    whole = terminal.ask(
        "confirm", number, "lhasa-2022", "when=00:10", "place=七号矿区", "caller=李明", "--yes", *BY
    )  # fmt: skip
    assert whole.exit_code == 5, "no engine runs here"
    assert terminal.told("show", number)["state"] == "open", "nothing is confirmed that has not opened"


def test_live_and_drill_intakes_never_meet(terminal: Terminal) -> None:
    number = terminal.take("what=巷道冒顶")
    drill = Terminal(terminal.settings.home)
    drill.settings = terminal.settings.model_copy(update={"kind": "drill"})
    done = drill.ask("show", number)
    assert (done.exit_code, "fenghuo intake" in done.output) == (4, True)
    assert drill.take("what=演练冒顶") == number, "a series of its own"
    assert "【演练】" in drill.ask("show", number).stdout
    assert terminal.told("show", number)["kind"] == "live"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    at = Home(tmp_path_factory.mktemp("home"))
    up = subprocess.Popen([FENGHUO, "up"], env=at.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: at.ask("status")[0] == 0)
        yield at
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(30)


def test_a_call_opens_an_incident_whose_clocks_start_when_it_began_and_a_second_call_joins_it(home: Home) -> None:
    began = datetime.now().astimezone().replace(microsecond=0) - timedelta(minutes=20)
    happened = began - timedelta(minutes=5)
    telling = {
        "received_at": began.isoformat(),
        "occurred_at": happened.isoformat(),
        "caller": {"name": "李明", "unit": "消防支队"},
        "place": {"name": "七号矿区", "lon": 91.6, "lat": 29.7},
        "enterprise": "某矿业有限公司",
        "summary": "巷道冒顶",
        "sector": "non-coal-mine",
        "people": {"deaths": 1},
    }
    number = home.told("intake", "new", "--file", "-", *BY, stdin=json.dumps(telling))["id"]
    home.told("intake", "verify", number, "with_whom=县应急局", "result=holds", "people=死亡1", *BY)
    opened = home.told("intake", "confirm", number, "lhasa-2022", "--yes", *BY)
    incident = opened["incident"]
    assert opened["created"] is True
    until(lambda: home.told("incident", "show", incident)["intakes"] != [])
    shown = home.told("incident", "show", incident)
    assert datetime.fromisoformat(shown["facts"]["received_at"]) == began
    starts = {datetime.fromisoformat(clock["starts_at"]) for clock in shown["clocks"] if not clock["soft"]}
    assert began in starts
    assert starts <= {began, happened}
    (named,) = shown["intakes"]
    log = [json.loads(line) for line in home.ask("intake", "log", number)[1].splitlines()]
    assert (named["intake"], named["how"], named["head"]) == (number, "opens", log[1]["hash"])
    assert (log[-1]["kind"], log[-1]["data"]["incident"]) == ("confirmed", incident)
    assert home.told("intake", "confirm", number, "lhasa-2022", "--yes", *BY)["created"] is False

    second = home.told("intake", "take", "unit=某矿业公司", "caller=王", "what=矿上出事", "people=死亡1 失联3以上", *BY)
    assert incident in [one["id"] for one in second["duplicates"]]
    assert home.told("intake", "show", second["id"])["state"] == "open", "offered, and not joined by itself"
    joined = home.told("intake", "join", second["id"], incident, *BY)
    assert joined["offered"]["findings"]["out_of_contact"]["n"] == 3
    until(lambda: len(home.told("incident", "show", incident)["intakes"]) == 2)
    shown = home.told("incident", "show", incident)
    assert [item["how"] for item in shown["intakes"]] == ["opens", "joins"]
    assert shown["facts"]["out_of_contact"] is None, "what a joined call says is offered, never applied"
    both = {row["id"]: (row["state"], row["incident"]) for row in home.told("intake", "list", "--all")}
    assert both == {number: ("confirmed", incident), second["id"]: ("confirmed", incident)}, "both records stay"
    assert home.ask("intake", "join", second["id"], "54010020000101001", *BY)[0] == 3
    until(lambda: home.ask("document", "make", incident, "D1", *BY)[0] == 0)
    (sheet,) = home.told("document", "list", incident)
    assert sheet["about"] == second["id"], "the last call's"
    assert home.told("document", "make", incident, "D1", "--of", number, *BY)["about"] == number
    said = home.ask("incident", "log", incident)[1]
    assert said.count("接报归入本事故") == 2


def test_each_answer_is_saved_before_the_next_is_asked_and_a_killed_terminal_loses_none(home: Home) -> None:
    mine, its = pty.openpty()
    asked = subprocess.Popen(
        [FENGHUO, "intake", "take", *BY], env=home.environment, stdin=its, stdout=its, stderr=its, close_fds=True
    )
    os.close(its)
    before = {row["id"] for row in home.told("intake", "list", "--all")}

    def seen(words: str) -> None:
        told = b""
        deadline = time.monotonic() + 60
        while words.encode() not in told:
            assert time.monotonic() < deadline, told.decode(errors="replace")
            told += os.read(mine, 4096)

    answers = {"来电人": "李明13908910001", "什么时候": "00:10", "什么地点": "七号矿区", "哪个单位": "某厂"}
    for question, answer in answers.items():
        seen(question)
        os.write(mine, f"{answer}\n".encode())
    seen("发生了什么")
    asked.kill()
    asked.wait(30)
    os.close(mine)
    (number,) = {row["id"] for row in home.told("intake", "list", "--all")} - before
    shown = home.told("intake", "show", number)
    assert shown["missing"] == ["what", "people"]
    assert (shown["telling"]["enterprise"], shown["telling"]["caller"]["phone"]) == ("某厂", "13908910001")
