"""One ordinary accident in a terminal, by two people, on the embedded server, from an empty home to its dossier."""

import hashlib
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from tests import ordinary, pictures
from tests.forks import fenghuo
from tests.papers import edited
from tests.support import facts

FENGHUO = str(Path(sys.executable).parent / "fenghuo")
USERS = {ordinary.OFFICER: "li.ming", ordinary.DEPUTY: "wang.qiang"}


class Home:
    """A home that was empty, and its terminal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "FENGHUO_HOME": str(folder)}

    def ask(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        done = fenghuo(*words, environment=self.environment, stdin=stdin)
        return done.returncode, done.stdout, done.stderr

    def told(self, *words: str, stdin: str = "") -> Any:
        code, out, err = self.ask(*words, "--json", stdin=stdin)
        assert code == 0, (words, code, out, err)
        return json.loads(out)

    def say_all(self, number: str, steps: Iterable[ordinary.Said]) -> None:
        """Say these in order; those of one kind by one person go in one call, a line each."""
        for (verb, post), group in groupby(steps, key=lambda said: (said.verb, said.post)):
            lines = [json.dumps(said.fields) for said in group]
            words = ("incident", verb, number, "--file", "-", "--as", USERS[post], "--json")
            code, out, err = self.ask(*words, stdin="\n".join(lines))
            assert (code, [json.loads(line)["status"] for line in out.splitlines()]) == (0, ["done"] * len(lines)), err

    def entries_of_people(self, number: str) -> int:
        """How many entries of the stored log people made: a refusal adds none."""
        with sqlite3.connect(self.folder / "live" / "store.db") as store:
            query = "SELECT body FROM entries WHERE incident = ?"
            bodies = [json.loads(body) for (body,) in store.execute(query, (number,))]
        return sum(body["user"] != "system" for body in bodies)

    def say(self, number: str, said: ordinary.Said) -> dict[str, Any]:
        told: dict[str, Any] = self.told(
            "incident",
            said.verb,
            number,
            "--file",
            "-",
            "--as",
            USERS[said.post],
            stdin=json.dumps(said.fields),
        )
        return told


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    at = Home(folder)
    up = subprocess.Popen([FENGHUO, "up"], env=at.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: at.ask("status")[0] == 0)
        yield at
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(30)


@pytest.fixture(scope="module")
def any_incident(home: Home) -> str:
    """An incident that is open and stored, whatever else there is."""
    number = opened(home, summary="随便一起")
    until(lambda: home.entries_of_people(number) == 1)
    return number


def until(found: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not found():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.1)


def opened(home: Home, **changes: Any) -> str:
    told = home.told("incident", "open", "lhasa-2022", "-", "--yes", stdin=json.dumps(facts(**changes)))
    return str(told["id"])


def called(home: Home, number: str) -> dict[str, str]:
    """The units that the order called, with what is known of them."""
    notices = home.told("incident", "show", number)["notices"]
    return {r["unit"]: r["state"] for notice in notices if notice["id"] == "N-level-IV" for r in notice["recipients"]}


def test_an_ordinary_accident_from_the_first_call_to_a_dossier_that_verifies(home: Home) -> None:
    report = json.dumps(facts(occurred_at=(datetime.now(UTC) - timedelta(days=40)).isoformat()))
    told = home.told("incident", "open", "lhasa-2022", "-", "--yes", stdin=report)
    assert (told["kind"], told["created"], told["grade"]) == ("live", True, "IV")
    number = told["id"]
    # The same report twice is one incident.
    assert home.told("incident", "open", "lhasa-2022", "-", "--yes", stdin=report)["id"] == number
    for said in ordinary.response(datetime.now(UTC)):
        home.say(number, said)
    assert home.told("incident", "show", number)["level"] == "IV"
    code, _, _ = home.ask("inbox", "answer", number, "N-level-IV", "fire_brigade", "--by", "值班站长 张")
    assert code == 0
    until(lambda: called(home, number)["fire_brigade"] == "acknowledged")
    # The others have it and have not answered yet; after three minutes they are tried by the next channel.
    assert called(home, number).keys() == {
        "fire_brigade",
        "site_government",
        "site_emergency_bureau",
        "industry_regulator",
        "emergency_bureau",
        "public_security_bureau",
        "health_commission",
    }
    home.say_all(number, (*ordinary.reports(datetime.now(UTC)), *ordinary.end()))
    owed = {task["id"]: task["state"] for task in home.told("incident", "show", number)["tasks"]}
    home.say_all(number, ordinary.recovery(owed))

    shown = home.told("incident", "show", number)
    decided = {(act["id"], act["stage"]): (act["user"], act["form"], act["hand"]) for act in shown["approvals"]}
    assert decided == {
        ("A1", "decide"): ("wang.qiang", "oral", "signed"),
        ("A1", "sign"): ("wang.qiang", "in_system", "signed"),
        ("A2", "decide"): ("wang.qiang", "in_system", "signed"),
        ("A3", "decide"): ("wang.qiang", "in_system", "signed"),
        ("A3", "sign"): ("wang.qiang", "in_system", "signed"),
    }
    verdicts = {clock["id"]: clock["verdict"] for clock in shown["clocks"]}
    # The enterprise heard of it 40 days ago: its hour was long over when the call came.
    assert verdicts.pop("enterprise-report") == "late"
    assert verdicts.pop("follow-up-2") == verdicts.pop("expected-end") == "not_due"
    assert set(verdicts.values()) == {"met"}, verdicts
    assert shown["commander"]["how"] == "arrived"
    assert {task["state"] for task in shown["tasks"]} == {"done", "not_applicable"}

    # Forty days are past the casualty window: the incident closes by itself and its dossier lies in the archive.
    until(lambda: home.told("incident", "show", number)["phase"] == "closed")
    dossier = home.folder / "live" / "archive" / number
    head = home.told("incident", "show", number)["head"]
    manifest = dossier / "manifest.json"
    until(lambda: manifest.exists() and head in manifest.read_text("utf-8"))
    assert home.told("incident", "verify", str(dossier))["head"] == head
    page = json.loads((dossier / "first-page.json").read_text("utf-8"))
    commanders = [(one["post"], one["user"]) for one in page["commanders"]]
    assert commanders == [("site_duty_leader", ""), ("site_duty_leader", "ciren")]
    assert page["not_signed"] == []

    log = dossier / "logbook.jsonl"
    text = log.read_text("utf-8")
    log.write_text(text.replace("同意启动", "不同意啊", 1), "utf-8")
    code, _, err = home.ask("incident", "verify", str(dossier))
    assert (code, "its content does not match its hash" in err) == (1, True), err


def test_every_line_of_the_log_is_hashed_as_the_contract_says(home: Home) -> None:
    import hashlib

    import rfc8785

    number = opened(home, summary="两起之一")
    _, out, _ = home.ask("incident", "log", number, "--json")
    prev = "0" * 64
    for line in out.splitlines():
        entry = json.loads(line)
        digest = entry.pop("hash")
        assert hashlib.sha256(rfc8785.dumps(entry)).hexdigest() == digest
        assert entry["prev"] == prev
        prev = digest
    early = home.ask("incident", "log", number, "--json", "--as-of", "2020-01-01T00:00:00+08:00")
    assert early[:2] == (0, "")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("note", "words=x", "surprise=1"), 2, "surprise: "),
        (("note",), 2, "words: "),
        (("note", "words=x", "true_at=2026-01-01T00:00:00"), 2, "true_at: "),
        (("note", "words=x", "true_at=2099-01-01T00:00:00+08:00"), 2, "not in the future"),
        (("report-facts", "source=县", 'findings={"deaths": 99999999}'), 2, "findings.deaths: expected at most"),
        (("sign", "approval=A9"), 3, "may not do this"),
        (("sign", "approval=A9", "--as", "wang.qiang"), 2, "no 'A9' here"),
        (("note", "words=x", "--as", "nobody"), 3, "--as: expected one of"),
        (("note", "words=x", "--post", "hq_head"), 3, "--post: "),
        (("archive", "keeper=x"), 3, "nothing to archive"),
        (("note", "words"), 2, "expected key=value"),
    ],
)
def test_bad_input_gets_one_clear_line_and_the_exit_code_of_the_contract(
    home: Home, any_incident: str, words: tuple[str, ...], code: int, said: str
) -> None:
    number, before = any_incident, home.entries_of_people(any_incident)
    got, out, err = home.ask("incident", words[0], number, *words[1:], "--lang", "en")
    assert (got, said in err) == (code, True), (got, out, err)
    assert len(err.strip().splitlines()) <= 2, err
    assert home.entries_of_people(number) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("note", "words=x", "true_at=2026-01-01T00:00:00"), "true_at: 时间须带时区"),
        (("note", "words=x", "true_at=2099-01-01T00:00:00+08:00"), "true_at：不能晚于现在"),
        (("sign", "approval=A9"), "值班主班无权办理"),
    ],
)
def test_it_speaks_chinese_unless_asked_otherwise(
    home: Home, any_incident: str, words: tuple[str, ...], said: str
) -> None:
    _, _, err = home.ask("incident", words[0], any_incident, *words[1:])
    assert said in err


def test_of_many_lines_a_bad_one_sends_nothing_and_a_refused_one_ends_the_row(home: Home, any_incident: str) -> None:
    before = home.entries_of_people(any_incident)
    lines = '{"words": "一"}\n{"wrds": "二"}'
    assert home.ask("incident", "note", any_incident, "--file", "-", stdin=lines)[0] == 2
    assert home.entries_of_people(any_incident) == before
    lines = '{"task": "own-plan"}\n{"task": "no-such-task"}\n{"task": "own-rescue"}'
    code, out, _ = home.ask("incident", "complete-task", any_incident, "--file", "-", "--json", stdin=lines)
    assert (code, [json.loads(line)["status"] for line in out.splitlines()]) == (2, ["done", "refused"])


def test_a_language_that_it_does_not_speak_is_refused(home: Home) -> None:
    code, _, err = home.ask("status", "--lang", "fr")
    assert (code, "zh or en" in err) == (2, True)


def test_a_number_that_nobody_knows_is_not_found(home: Home) -> None:
    for words in (("show",), ("log",), ("note", "words=x"), ("resume",)):
        code, _, err = home.ask("incident", words[0], "54010020200101999", *words[1:])
        assert (code, "没有此编号" in err) == (4, True), (words, err)


def test_a_refusal_stands_beside_the_log_and_is_no_entry(home: Home) -> None:
    number = opened(home, summary="记录未受理")
    home.ask("incident", "archive", number, "keeper=x", "--command-id", "c-refused")
    _, out, _ = home.ask("incident", "log", number, "--json", "--with-refusals")
    rows = [json.loads(line) for line in out.splitlines()]
    (refusal,) = [row["refusal"] for row in rows if "refusal" in row]
    assert (refusal["verb"], refusal["command_id"], refusal["class"]) == ("archive", "c-refused", "plan")
    assert not any(row.get("kind") == "refused" for row in rows)


def test_the_same_command_id_has_no_second_effect(home: Home, any_incident: str) -> None:
    words = ("incident", "note", any_incident, "words=一次", "--command-id", "c-once")
    assert home.told(*words)["seq"] == home.told(*words)["seq"]


def test_an_incident_that_the_engine_lost_is_resumed_from_its_log(home: Home) -> None:
    number = opened(home, summary="引擎丢失")
    code, _, err = home.ask("incident", "resume", number)
    assert (code, "正在运行" in err) == (3, True)
    head = home.told("incident", "show", number)["head"]
    temporal = str(Path(sys.executable).parent / "temporal")
    address = json.loads((home.folder / "run.json").read_text("utf-8"))["live"]["address"]
    subprocess.run(
        [temporal, "workflow", "terminate", "-w", number, "--address", address], check=True, capture_output=True
    )
    assert home.ask("incident", "note", number, "words=x")[0] == 4
    # Read from the store meanwhile.
    assert home.told("incident", "show", number)["head"] == head
    assert home.told("incident", "resume", number)["head"] == head
    assert home.told("incident", "note", number, "words=继续")["status"] == "done"


def test_a_proposal_says_how_many_phones_will_ring_and_asks_only_a_person_and_only_when_they_are_many(
    home: Home,
) -> None:
    number = opened(home, summary="要响多少电话", deaths=3)
    asked = ["matter=启动", "expected_duration=PT24H", "reason=研判", "--lang", "en"]

    def proposed(level: str, *words: str) -> tuple[int, str]:
        """At a terminal where somebody says no to every question."""
        here, there = pty.openpty()
        os.write(here, b"n\n")
        done = subprocess.run(
            [FENGHUO, "incident", "propose-level", number, f"level={level}", *asked, *words],
            stdin=there, capture_output=True, text=True, timeout=60, check=False, env=home.environment,
        )  # fmt: skip
        os.close(here)
        os.close(there)
        return done.returncode, done.stderr

    code, said = proposed("III")
    assert (code, "not proposed" in said, "fire_brigade" in said) == (3, True, True), said
    assert home.told("incident", "show", number)["approvals"] == []
    code, said = proposed("IV")
    assert (code, "will ring 7 phones in 7 units" in said, "Propose it?" in said) == (0, True, False), said
    code, said = proposed("III", "--yes")
    assert (code, "Propose it?" in said) == (0, False), said
    code, _, said = home.ask("incident", "propose-level", number, "level=III", *asked)
    assert (code, "Propose it?" in said) == (0, False), "a script is never asked"


def test_verbs_and_schemas_tell_what_exists(home: Home) -> None:
    verbs = {verb["verb"]: verb for verb in home.told("incident", "verbs")}
    assert {"open", "decide", "sign", "record-oral", "tick-condition", "archive", "deviate"} <= verbs.keys()
    code, out, _ = home.ask("incident", "record-oral", "--schema")
    schema = json.loads(out)
    assert code == 0
    assert "envelope" not in schema["properties"]
    assert {"approval", "stage", "read_back"} <= set(schema["required"])


def test_the_roster_is_listed_exported_and_taken_back(home: Home, tmp_path: Path) -> None:
    rows = home.told("roster", "list", "lhasa-2022")
    assert all(row["example"] for row in rows)
    _, out, _ = home.ask("roster", "export", "lhasa-2022")
    file = tmp_path / "roster.yaml"
    file.write_text(out, "utf-8")
    assert home.ask("roster", "check", "lhasa-2022", str(file))[0] == 0
    file.write_text(out.replace("first_officer", "no_such_post"), "utf-8")
    code, _, err = home.ask("roster", "import", "lhasa-2022", str(file))
    assert (code, "no post 'no_such_post'" in err) == (2, True)


def test_a_first_report_is_drawn_up_edited_checked_and_signed_with_its_hash_in_the_log(
    home: Home, tmp_path: Path
) -> None:
    number = opened(home, summary="文书一起")
    home.told("incident", "draft-report", number, "stage=first", f"as_at={datetime.now(UTC).isoformat()}")
    until(lambda: home.entries_of_people(number) == 2)
    file = tmp_path / "首报.docx"
    made = home.told("document", "make", number, "D3", "--to", str(file))
    assert (made["about"], made["figures"], made["since"]) == ("report-1", {"deaths": 1}, {})
    assert re.fullmatch(r"值班信息〔\d{4}〕1号", made["number"])
    assert home.ask("document", "check", number, "D3", str(file))[0] == 0
    # What comes later stands beside it and changes nothing of it.
    found = json.dumps({"findings": {"deaths": {"n": 3, "source": "county"}}, "source": "县"})
    home.told("incident", "report-facts", number, "--file", "-", stdin=found)
    until(lambda: home.entries_of_people(number) == 3)
    code, _, err = home.ask("document", "make", number, "D3", "--to", str(file))
    assert (code, "已存在" in err) == (2, True), "an edited paper is not written over"
    pdf = [] if pictures.wanting() else ["--pdf"]
    again = home.told("document", "make", number, "D3", "--to", str(tmp_path / "again.docx"), *pdf)
    assert again["pages"] == (1 if pdf else None)
    assert (again["number"], again["figures"], again["since"]) == (made["number"], {"deaths": 1}, {"deaths": [1, 3]})
    file.write_bytes(edited(file.read_bytes(), lambda text: text.replace("死亡1人", "死亡2人")))
    code, out, _ = home.ask("document", "check", number, "D3", str(file), "--json")
    assert code == 1
    assert json.loads(out)["differing"] == [{"of": "死亡", "draft": "1人", "paper": "2人"}]
    signing = ("document", "sign", number, "D3", str(file), "--by", "wang.qiang", "--form", "paper")
    code, _, err = home.ask(*signing)
    assert (code, "死亡 1人→2人" in err) == (2, True), err
    told = home.told(*signing, "--differs", "医院刚报一人")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (told["status"], told["sha256"]) == ("done", digest)
    assert (home.folder / "live" / "evidence" / digest).read_bytes() == file.read_bytes()
    until(lambda: home.entries_of_people(number) == 4)
    (row,) = home.told("document", "list", number)
    assert [(one["signed_by"], one["sha256"]) for one in row["signed"]] == [("wang.qiang", digest)]
    exported = home.told("document", "export", number, "--to", str(tmp_path / "papers"))
    assert [Path(one["file"]).name for one in exported] == ["D3-report-1.docx"]


def test_a_document_that_the_incident_has_nothing_for_says_what_is_wanting(home: Home, any_incident: str) -> None:
    code, _, err = home.ask("document", "make", any_incident, "D8b")
    assert (code, "propose-level" in err) == (4, True), err
    code, _, err = home.ask("document", "make", any_incident, "D99")
    assert (code, "D8b" in err) == (2, True), err
    code, _, err = home.ask("document", "check", any_incident, "D3", "none.docx", "--lang", "en")
    assert (code, "not drawn up yet" in err) == (4, True), err


def test_a_warning_is_opened_in_a_terminal_and_shows_whom_it_would_call_and_how_it_stands(home: Home) -> None:
    now = datetime.now(UTC)
    told = {
        "received_at": now.isoformat(),
        "expected_from": (now + timedelta(hours=2)).isoformat(),
        "sector": "hazardous-chemicals",
        "place": {"name": "西郊储罐区"},
        "summary": "储罐超压，可能泄漏",
        "reporter": "县应急管理局",
        "colour": "orange",
        "basis": {"expected-casualties": "下风向两个村", "expected-loss": "正在核实", "affected-extent": "三公里"},
    }
    code, out, err = home.ask("incident", "open-warning", "lhasa-2022", "-", "--yes", "--lang", "en", stdin="{}")
    assert (code, "received_at" in err) == (2, True), (out, err)
    report = json.dumps(told, ensure_ascii=False)
    code, out, err = home.ask("incident", "open-warning", "lhasa-2022", "-", "--yes", "--lang", "en", stdin=report)
    assert code == 0, err
    assert "determines it" in out
    assert "opening publishes nothing" in out
    again = home.told("incident", "open-warning", "lhasa-2022", "-", "--yes", stdin=report)
    assert (again["created"], again["grade"], again["colour"]) == (False, None, "orange")
    assert home.told("incident", "show", again["id"])["warning"]["state"] == "assessed"
    code, out, _ = home.ask("incident", "show", again["id"])
    assert (code, "预警 橙色  已研判" in out, "等级" in out) == (0, True, False)
    assert "橙色预警" in home.ask("incident", "list")[1]
    refused = home.ask("incident", "submit-warning", again["id"])
    assert (refused[0], "未经审定" in refused[2]) == (3, True), refused
