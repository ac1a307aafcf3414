"""A dossier verifies whatever people wrote, and names what is not as it was written."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from incidents import notes
from store import dossier
from tests.support import PLAN
from tests.test_incidents_incident import Desk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    desk = Desk(deaths=1, verified=True)
    # Line ends of Unicode, and of the terminal, inside the words.
    desk.does(notes.Note, words="第一行\u2028第二行\u0085第三行\r\n第四行\x0b")
    dossier.write(tmp_path / desk.record.id, desk.entries, PLAN.model_dump_json(), ())
    return tmp_path / desk.record.id


def test_words_with_every_kind_of_line_end_are_one_entry(folder: Path) -> None:
    assert dossier.check(folder).seq == len((folder / dossier.LOGBOOK).read_bytes().split(b"\n")) - 1


def _spaced(text: str) -> str:
    """The same JSON, written with spaces."""
    first, rest = text.split("\n", 1)
    return json.dumps(json.loads(first), ensure_ascii=False) + "\n" + rest


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        (dossier.LOGBOOK, _spaced, "entry 1: it is not as it was written"),
        (dossier.LOGBOOK, lambda text: text.replace('"seq":2', '"seq":two'), "entry 2: it can't be read"),
        (dossier.LOGBOOK, lambda text: text.split("\n", 1)[1], "entry 2: expected number 1"),
        (dossier.LOGBOOK, lambda text: text.rsplit("\n", 2)[0] + "\n", "it ends at entry"),
        (dossier.MANIFEST, lambda text: text.replace('"lhasa-2022"', '"lhasa-2023"'), "the log says otherwise"),
        (dossier.MANIFEST, lambda text: text.replace('"kind": "live"', '"kind": "drill"'), "the log says otherwise"),
        (dossier.MANIFEST, lambda text: text.replace('"head"', '"tail"'), "expected a readable manifest"),
        (dossier.MANIFEST, lambda text: text.replace("first-page.json", "last-page.json"), "it is missing"),
        ("first-page.json", lambda text: text.replace('"live"', '"drill"'), "does not match the manifest"),
    ],
)
def test_what_was_altered_is_named(folder: Path, file: str, change: Callable[[str], str], says: str) -> None:
    whole = (folder / file).read_bytes().decode()
    (folder / file).write_bytes(change(whole).encode())
    with pytest.raises(dossier.Altered, match=says):
        dossier.check(folder)
