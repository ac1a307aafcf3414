"""Names stand apart, encrypted under a key of the incident's own; with the key gone they are found nowhere."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from incidents.matching import Person
from store.personal import NoPersonalData, Personal

CANARIES = [
    Person(name="卡纳里一", sex="男", age=41, id_last4="918X", state="deaths", unit="卡纳里矿业"),
    Person(name="卡纳里二", sex="女", age=30, state="hospitalised", hospital="卡纳里医院"),
]
WORDS = ("卡纳里", "918X")


def found(folder: Path, *words: str) -> set[str]:
    """The files of a folder in which a word stands in clear."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return {path.name for path in files for word in words if word.encode() in path.read_bytes()}


def test_names_are_read_with_the_key_and_stand_in_no_file_in_clear(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    kept = personal.keep("1", CANARIES)
    assert personal.read("1", kept.digest) == tuple(CANARIES)
    assert len(kept.rows) == 2
    assert not found(tmp_path, *WORDS)
    (key,) = (tmp_path / "personal").iterdir()
    assert oct(key.stat().st_mode)[-3:] == "600"


def test_the_same_list_again_is_the_same_rows_and_another_incident_has_other_digests(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    kept = personal.keep("1", CANARIES)
    assert personal.keep("1", CANARIES[::-1]).digest == kept.digest
    assert personal.rows("1") == 2
    other = personal.keep("2", CANARIES)
    assert not {kept.digest, *kept.rows} & {other.digest, *other.rows}, "nobody is followed from one to another"
    personal.forget("2", other.digest)
    with pytest.raises(NoPersonalData):
        personal.read("2", other.digest)


def test_destroyed_names_are_gone_with_their_key_even_from_a_copy_of_the_database(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    home.mkdir()
    backup.mkdir()
    personal = Personal(home)
    kept = personal.keep("1", CANARIES)
    stays = personal.keep("2", CANARIES)
    with sqlite3.connect(home / "store.db") as live, sqlite3.connect(backup / "store.db") as copy:
        live.backup(copy)
    secret = (home / "personal" / "1.key").read_bytes()
    sealed = sealed_rows(home)
    told = personal.destroy("1", "市政府分管领导", "应急处置结束", "li.ming")
    assert (told["what"], told["rows"], told["decided_by"]) == ("destroyed", 2, "市政府分管领导")
    with pytest.raises(NoPersonalData):
        personal.read("1", kept.digest)
    with pytest.raises(NoPersonalData):
        Personal(backup).read("1", kept.digest)
    assert not found(tmp_path, *WORDS)
    for path in (path for path in home.rglob("*") if path.is_file()):
        assert secret not in path.read_bytes()
        assert not any(row.encode() in path.read_bytes() for row in sealed), "not even encrypted"
    assert personal.read("2", stays.digest) == tuple(CANARIES), "another incident's are another decision"
    with pytest.raises(NoPersonalData):
        personal.keep("1", CANARIES)
    assert personal.destroy("1", "别人", "再来一次", "x") == told, "repeated, it is the same decision"


def sealed_rows(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "store.db") as raw:
        return [row for (row,) in raw.execute("SELECT sealed FROM people WHERE incident = '1'")]


def test_the_register_says_who_decided_and_an_altered_line_is_named(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    personal.keep("1", CANARIES)
    personal.retain("1", "局长", "合法性、必要性、安全性评估通过", "li.ming")
    personal.destroy("1", "局长", "期满", "li.ming")
    assert [told["what"] for told in personal.disposals("1")] == ["retained", "destroyed"]
    assert personal.disposals("2") == ()
    with sqlite3.connect(tmp_path / "store.db") as raw:
        raw.execute("UPDATE personal_disposals SET body = replace(body, '局长', '某人') WHERE number = 1")
    with pytest.raises(ValueError, match="personal data 1"):
        personal.disposals()


def test_a_row_that_was_altered_or_moved_is_named(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    kept = personal.keep("1", CANARIES)
    with sqlite3.connect(tmp_path / "store.db") as raw:
        raw.execute("UPDATE people SET number = 9 WHERE number = 1")
    with pytest.raises(ValueError, match="line 9"):
        personal.read("1", kept.digest)


def test_a_home_without_the_keys_still_has_everything_else(tmp_path: Path) -> None:
    personal = Personal(tmp_path)
    kept = personal.keep("1", CANARIES)
    shutil.rmtree(tmp_path / "personal")
    with pytest.raises(NoPersonalData):
        personal.read("1", kept.digest)
    assert os.listdir(tmp_path)
