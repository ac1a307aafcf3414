"""An incident at a terminal: what waits comes first, units go by their names, the log tells form and delay."""

from datetime import datetime
from io import StringIO

import pytest
from rich.console import Console

from cli import showing
from cli.entries import _KINDS
from incidents import view
from incidents.incident import _FOLDS, fold
from incidents.record import Record
from tests.recording import HISTORIES
from tests.scenes import SCENES
from tests.support import PLAN
from tests.witnesses import Witness

NAMES = [scene.name for scene in SCENES if (HISTORIES / scene.name).is_dir()]


def local(at: datetime) -> str:
    return f"{at:%m-%d %H:%M}"


def shown(name: str, upto: int | None = None) -> str:
    """The incident and its log as printed, after so many entries."""
    entries = next(Witness(scene) for scene in SCENES if scene.name == name).entries[:upto]
    console = Console(width=240, record=True, file=StringIO())
    names = showing.Names(PLAN)
    showing.incident(view.shown(fold(Record(id=name), entries)), names, local, console)
    console.print(showing.log(entries, names, local))
    return console.export_text()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_incident_is_shown_by_the_plans_own_names(
    name: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENGHUO_LANG", language)
    text = shown(name)
    assert PLAN.about.title in text
    assert not {post for post in PLAN.posts if post in text}, "a post goes by its title"
    assert ("阶段" in text) == (language == "zh")


def test_what_waits_stands_first_and_the_log_tells_form_true_time_and_lateness() -> None:
    text = shown("ordinary-iv", 60)
    assert text.index("接下来") < text.index("审批\n")
    assert "待补签：A1 wang.qiang" in text
    assert "（口头）" in text
    assert "实为" in text
    assert "42m" in text, "a telephone report ended 42 minutes after its limit"


def test_every_kind_of_entry_has_words_in_both_languages() -> None:
    wordless = {kind for kind in _FOLDS if kind not in _KINDS}
    assert not wordless
    assert all(zh and en and zh != en for zh, en in _KINDS.values())
