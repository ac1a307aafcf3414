"""Lists of names at a terminal, from a spreadsheet to their destruction; the log holds counts and digests alone."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli import name_lists
from tests import ordinary
from tests.support import facts
from tests.test_cli_incident import Home, home, until

__all__ = ["home"]

HOSPITAL = """姓名,性别,年龄,工作单位,身份证后四位,状态,医院
卡纳里甲,男,41,卡纳里矿业,918x,住院,卡纳里医院
卡纳里乙,女,30,,,住院,卡纳里医院
"""
ENTERPRISE = """name,sex,age,state,where
卡纳里甲,male,42,missing,三号巷道
卡纳里丙,,,missing,三号巷道
"""
AS = ("--as", "li.ming")
WORDS = ("卡纳里", "三号巷道")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "head line"),
        ("姓名,绰号\n甲,乙\n", "column 2"),
        ("姓名,状态\n甲\n", ":2: expected 2 columns, found 1"),
        ("姓名,状态\n甲,住院\n乙,失散\n", ":3: state"),
        ("姓名,状态,年龄\n甲,住院,四十\n", ":2: age"),
        ("姓名,状态,身份证后四位\n甲,住院,12\n", ":2: id_last4"),
        ("姓名,状态\n", "at least one person"),
    ],
)
def test_a_list_that_cannot_be_read_says_file_line_and_column_and_never_what_stood_there(
    text: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_LANG", "en")
    file = tmp_path / "list.csv"
    file.write_text(text, "utf-8-sig")
    with pytest.raises(ValueError, match=r"list\.csv") as caught:
        name_lists.read(file)
    assert words in str(caught.value)
    assert not {"甲", "绰号", "失散", "四十"} & set(str(caught.value).split())


def test_a_list_is_kept_matched_and_destroyed_and_no_file_of_the_home_ever_says_a_name(
    home: Home, tmp_path: Path
) -> None:
    report = facts(occurred_at=(datetime.now(UTC) - timedelta(days=40)).isoformat(), summary="名单一起")
    number = home.told("incident", "open", "lhasa-2022", "-", "--yes", *AS, stdin=json.dumps(report))["id"]
    (hospital, enterprise) = (tmp_path / "hospital.csv", tmp_path / "enterprise.csv")
    hospital.write_text(HOSPITAL, "utf-8-sig")
    enterprise.write_text(ENTERPRISE, "utf-8")

    listed = ("people", "import", number, str(hospital), "--source", "hospital", "--named", "县医院", "--complete", *AS)
    first, last = home.told(*listed)["seq"]
    assert last >= first
    assert home.told(*listed)["status"] == "done", "the same list again"
    home.told("people", "import", number, str(enterprise), "--source", "enterprise", *AS)
    assert [told["id"] for told in home.told("people", "list", number)] == ["L1", "L2"]
    (row,) = (row for row in home.told("incident", "show", number)["ledger"] if row["state"] == "hospitalised")
    assert [(one["source"], one["n"], one["list"]) for one in row["sources"]] == [("hospital/县医院", 2, "L1")]
    code, out, _ = home.ask("incident", "show", number)
    assert (code, "伤亡台账" in out, "县医院" in out) == (0, True, True)

    masked = home.told("people", "show", number, "L1")
    assert [one["name"] for one in masked] == ["卡***", "卡***"]
    assert home.told("people", "show", number, "L1", "--names")[0]["id_last4"] == "918X"
    found = home.told("people", "match", number, "L1", "L2", "--names")
    assert {key: len(group) for key, group in found.items()} == {
        "same": 0,
        "other_state": 1,
        "only_a": 1,
        "only_b": 1,
        "near": 1,
    }
    log = home.ask("incident", "log", number, "--json")[1]
    kinds = [json.loads(line)["kind"] for line in log.splitlines()]
    assert kinds.count("people_listed") == 2
    refused = home.ask("personal-data", "destroy", number, "--decided-by", "王", "--reason", "结束", *AS)
    assert refused[0] == 3, "the names are needed until it is closed"
    bad = ("people", "import", number, str(hospital), "--source", "gossip", *AS)
    assert home.ask(*bad)[0] == 2

    end_of(home, number)
    assert in_clear(home.folder) == set()
    dossier = home.folder / "live" / "archive" / number
    before = home.told("incident", "verify", str(dossier)), home.told("incident", "show", number)
    told = home.told("personal-data", "destroy", number, "--decided-by", "王强", "--reason", "应急处置工作结束", *AS)
    assert (told["what"], told["rows"]) == ("destroyed", 4)
    assert [one["incident"] for one in home.told("personal-data", "list")] == [number]

    assert in_clear(home.folder) == set()
    assert not list((home.folder / "live" / "personal").iterdir()), "no key is left"
    assert home.ask("people", "show", number, "L1", "--names")[0] == 4
    assert home.ask("people", "match", number, "L1", "L2")[0] == 4
    after = home.told("incident", "verify", str(dossier)), home.told("incident", "show", number)
    assert after == before, "chain, counts and verdicts are as they were"
    assert [told["counts"] for told in home.told("people", "list", number)] == [{"hospitalised": 2}, {"missing": 2}]
    assert home.ask(*listed)[0] == 3
    assert home.ask("personal-data", "retain", number, "--decided-by", "王", "--reason", "留", *AS)[0] == 3


def end_of(home: Home, number: str) -> None:
    """From the response to the closed file."""
    found = {"missing": {"n": 0, "source": "enterprise"}}
    told = json.dumps({"findings": found, "source": "企业"})
    home.told("incident", "report-facts", number, "--file", "-", *AS, stdin=told)
    for said in ordinary.response(datetime.now(UTC)):
        home.say(number, said)
    home.say_all(number, (*ordinary.reports(datetime.now(UTC)), *ordinary.end()))
    owed = {task["id"]: task["state"] for task in home.told("incident", "show", number)["tasks"]}
    home.say_all(number, ordinary.recovery(owed))
    until(lambda: home.told("incident", "show", number)["phase"] == "closed")
    manifest = home.folder / "live" / "archive" / number / "manifest.json"
    head = home.told("incident", "show", number)["head"]
    until(lambda: manifest.exists() and head in manifest.read_text("utf-8"))


def in_clear(folder: Path) -> set[str]:
    """The files of a home in which a canary stands in clear: database, its logs, the engine's own, archive, all."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"store.db", "manifest.json"} <= {path.name for path in files}
    return {str(path.relative_to(folder)) for path in files for word in WORDS if word.encode() in path.read_bytes()}
