"""Live and drill never mix: by their types, in the process, in the settings, on the network, and by any verb."""

import ast
import asyncio
import json
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from mypy import api as mypy

from activities import gateways
from activities.drill import DRILL_MARK, DrillMessage
from activities.gateways.port import LiveMessage
from cli.engine import embedded
from incidents import assessing, facts
from incidents.command import Command, Refusal
from incidents.envelope import Envelope
from incidents.incident import COMMANDS, fold, handle
from incidents.logbook import Draft, seal
from incidents.record import Record
from settings import Kind, Live, Settings
from tests.receivers import receiver
from tests.scenes import SCENES
from tests.support import PLAN, PLAN_HASH
from tests.support import facts as ordinary_facts
from tests.witnesses import Witness

HOUSE = Path(__file__).parents[1]
SNIPPETS = sorted((HOUSE / "tests" / "isolation").glob("*.py"))
MARKED = [
    name
    for name, field in Settings.model_fields.items()
    if any(isinstance(mark, Live) for mark in field.metadata)
]  # fmt: skip
HIDDEN = {
    "webhook_url": "http://127.0.0.1:9/hidden",
    "smtp_port": "2525",
    "smtp_addresses": '{"fire_brigade": "hidden@example.org"}',
}
"""What a live end may be set to; for all others, one word."""
OPENINGS = (assessing.OpenWarning, facts.Open)


def alone(
    program: str, *words: str, before: tuple[str, ...] = (), **variables: str
) -> subprocess.CompletedProcess[str]:
    """A Python program in a process of its own, with no settings but these."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FENGHUO_")}
    return subprocess.run(
        [*before, sys.executable, "-c", program, *words],
        env={**environment, "PYTHONPATH": str(HOUSE), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# -- types -------------------------------------------------------------------------------------------------------------


def test_ten_of_ten_programs_that_mix_live_and_drill_are_refused_by_the_type_checker_each_where_it_mixes() -> None:
    expected = {
        (f"tests/isolation/{snippet.name}", number, code)
        for snippet in SNIPPETS
        for number, line in enumerate(snippet.read_text("utf-8").splitlines(), start=1)
        for code in re.findall(r"# refused: ([a-z-]+)", line)
    }
    assert len(expected) == len(SNIPPETS) == 10
    out, err, _ = mypy.run([f"--config-file={HOUSE / 'pyproject.toml'}", *map(str, SNIPPETS)])
    found = re.findall(r"^(?:.*/)?(tests/isolation/\w+\.py):(\d+): error: .*\[([a-z-]+)\]$", out, re.MULTILINE)
    assert {(file, int(line), code) for file, line, code in found} == expected, out + err
    assert len(found) == 10


def test_the_two_kinds_of_messages_share_no_base_and_nothing_can_be_derived_from_both() -> None:
    assert set(LiveMessage.__mro__) & set(DrillMessage.__mro__) == {object}
    with pytest.raises(TypeError):
        type("Both", (LiveMessage, DrillMessage), {})


@pytest.mark.parametrize(
    "words", ["", "请到岗", DRILL_MARK, f"{DRILL_MARK}请到岗", "【实战】请到岗", "\n请到岗", "【演【演练】练】"]
)
def test_every_drill_text_begins_with_the_mark_and_no_live_text_has_it_wherever_the_words_were_copied(
    words: str,
) -> None:
    assert DrillMessage("k", "u", words).text == DRILL_MARK + words
    assert DRILL_MARK not in LiveMessage("k", "u", f"前{words}后").text


def test_a_live_text_without_the_mark_is_told_as_it_was_written() -> None:
    assert LiveMessage("k", "u", " 请到岗 【实战】\n").text == " 请到岗 【实战】\n"


# -- process -----------------------------------------------------------------------------------------------------------

REACHES = """
import asyncio, importlib, json, sys
import worker
from settings import Settings

async def look(settings):
    told = {}
    for name in sys.argv[1:]:
        try:
            importlib.import_module(name)
            told[name] = "imported"
        except ImportError as refused:
            told[name] = str(refused)
    print(json.dumps(told))
    raise TimeoutError

worker.connect = look
sys.exit(asyncio.run(worker.run(Settings())))
"""
"""A worker as it runs; where it would reach for its engine it tries what can be imported."""

WAYS_OUT = (
    "outside",
    *(f"activities.gateways.{module.name}" for module in pkgutil.iter_modules(gateways.__path__)),
    "aiosmtplib",
    "httpx2",
    "smtplib",
    "http.client",
)


@pytest.mark.parametrize("kind", ["live", "drill"])
def test_in_the_process_of_a_drill_worker_no_way_out_can_be_imported_and_in_a_live_one_each(
    tmp_path: Path, kind: str
) -> None:
    home = {"FENGHUO_HOME": str(tmp_path), "FENGHUO_ADDRESS": "127.0.0.1:9", "FENGHUO_KIND": kind}
    done = alone(REACHES, *WAYS_OUT, **home)
    assert done.returncode == 5, done.stderr
    told = json.loads(done.stdout)
    says = "imported" if kind == "live" else "{}: a drill has no way out"
    assert told == {name: told[name] for name in WAYS_OUT}
    for name, answer in told.items():
        # The package is refused before its module is looked for.
        assert answer in (says.format(name), says.format(name.rpartition(".")[0])), name


def test_a_drill_worker_with_a_way_out_in_its_process_already_refuses_to_start(tmp_path: Path) -> None:
    home = {"FENGHUO_HOME": str(tmp_path), "FENGHUO_ADDRESS": "127.0.0.1:9", "FENGHUO_KIND": "drill"}
    done = alone(f"import activities.gateways.smtp\n{REACHES}", "outside", **home)
    assert (done.returncode, done.stdout) == (2, "")
    assert "activities.gateways" in done.stderr


@pytest.mark.parametrize(("kind", "engine"), [("drill", "live"), ("live", "drill")])
async def test_a_worker_refuses_an_engine_of_the_other_kind(tmp_path: Path, kind: Kind, engine: Kind) -> None:
    async with embedded(Settings(home=tmp_path, kind=engine)) as running:
        home = {"FENGHUO_HOME": str(tmp_path), "FENGHUO_ADDRESS": running.address, "FENGHUO_KIND": kind}
        done = await asyncio.to_thread(alone, "import runpy; runpy.run_module('worker', run_name='__main__')", **home)
    assert done.returncode == 2, done.stderr
    assert f"a {kind} worker refuses a {engine} engine" in done.stderr


# -- settings ----------------------------------------------------------------------------------------------------------


STARTS = """
import asyncio, json, os, sys
import worker
from settings import Settings

codes = {}
for name, value in json.loads(sys.argv[1]).items():
    os.environ[name] = value
    codes[name] = asyncio.run(worker.run(Settings()))
    del os.environ[name]
print(json.dumps(codes))
"""


def test_a_drill_worker_refuses_to_start_with_any_live_setting_and_never_tells_its_value(tmp_path: Path) -> None:
    values = {f"FENGHUO_{name.upper()}": HIDDEN.get(name, "hidden") for name in MARKED if name != "webhook_secret"}
    home = {"FENGHUO_HOME": str(tmp_path), "FENGHUO_ADDRESS": "127.0.0.1:9", "FENGHUO_KIND": "drill"}
    done = alone(STARTS, json.dumps(values), FENGHUO_WEBHOOK_SECRET="hidden", **home)
    assert json.loads(done.stdout) == dict.fromkeys(values, 2), done.stderr
    assert "hidden" not in done.stdout + done.stderr
    assert all(name in done.stderr for name in (*values, "FENGHUO_WEBHOOK_SECRET"))
    only = alone(STARTS, json.dumps({"FENGHUO_WEBHOOK_SECRET": "hidden"}), **home)
    assert json.loads(only.stdout) == {"FENGHUO_WEBHOOK_SECRET": 2}, only.stderr


def test_whatever_the_live_ends_are_made_from_is_a_setting_that_a_drill_refuses() -> None:
    """A setting that leads outside can't be forgotten: it is read where the live ends are joined, and only there."""
    read = {
        node.attr
        for node in ast.walk(ast.parse((HOUSE / "outside.py").read_text("utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings"
    }
    leads = {name for name in read if Settings.model_fields[name].annotation is not timedelta}
    assert leads == set(MARKED)


# -- network -----------------------------------------------------------------------------------------------------------


def test_a_drill_needs_no_network_but_a_loopback_of_its_own(tmp_path: Path) -> None:
    unshared = ("unshare", "--map-root-user", "--net")
    if subprocess.run([*unshared, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no network namespaces here: the randomised run counts connections at the live receiver instead")
    home = {"FENGHUO_HOME": str(tmp_path / "home")}
    with receiver(tmp_path) as at:
        done = alone((HOUSE / "tests" / "alone.py").read_text("utf-8"), str(at.port), before=unshared, **home)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout.splitlines()[-1])
        assert (told["interfaces"], told["outside"]) == (["lo"], False)
        assert told["told"]
        assert all(text.startswith(DRILL_MARK) for text in told["told"])
        assert at.connections() == []


# -- no conversion -----------------------------------------------------------------------------------------------------


def names_a_kind(annotation: Any) -> bool:
    """Whether a field may say live or drill."""
    if get_origin(annotation) is Literal:
        return bool({"live", "drill"} & set(get_args(annotation)))
    return any(names_a_kind(inner) for inner in get_args(annotation))


def test_no_command_but_an_opening_can_say_live_or_drill() -> None:
    saying = [
        command
        for command in COMMANDS
        if any(names_a_kind(field.annotation) for field in command.model_fields.values())
    ]  # fmt: skip
    assert set(saying) == set(OPENINGS)


def opened(kind: str) -> tuple[Record, Command]:
    """An open incident of this kind, and the command that opened it."""
    now = datetime.now(UTC)
    envelope = Envelope(
        user="u", post="first_officer", session="s", command_id="c", issued=now, expires=now + timedelta(minutes=1)
    )
    told = ordinary_facts(received_at=(now - timedelta(minutes=1)).isoformat())
    command = facts.Open(envelope=envelope, kind=kind, plan=PLAN.name, plan_hash=PLAN_HASH, facts=told)
    begins = Record(id="i", kind=kind, plan=PLAN.name, plan_hash=PLAN_HASH)
    answer = handle(PLAN, begins, command, now)
    assert not isinstance(answer, Refusal)
    return fold_drafts(begins, answer), command


def fold_drafts(record: Record, drafts: tuple[Draft, ...]) -> Record:
    return fold(record, seal(record.head, drafts))


@pytest.mark.parametrize(("kind", "other"), [("drill", "live"), ("live", "drill")])
def test_what_is_open_is_never_opened_again_as_the_other_kind(kind: str, other: str) -> None:
    record, command = opened(kind)
    envelope = command.envelope.model_copy(update={"command_id": "c-2"})
    again = command.model_copy(update={"kind": other, "envelope": envelope})
    answer = handle(PLAN, record, again, datetime.now(UTC))
    assert isinstance(answer, Refusal)
    assert answer.kind == "hard"


@pytest.mark.parametrize("kind", ["drill", "live"])
def test_an_incident_that_was_started_as_one_kind_is_not_opened_as_the_other(kind: str) -> None:
    _, command = opened(kind)
    other = Record(id="i", kind="live" if kind == "drill" else "drill", plan=PLAN.name, plan_hash=PLAN_HASH)
    answer = handle(PLAN, other, command, datetime.now(UTC))
    assert isinstance(answer, Refusal)
    assert answer.kind == "hard"


def kind_writers() -> Iterator[tuple[str, str]]:
    """The functions of the core that write the kind of a record, as (module, function)."""
    for file in sorted((HOUSE / "incidents").glob("*.py")):
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute | ast.Name):
                    of_record = ast.unparse(call.func) in ("record.but", "record.model_copy", "Record")
                    if of_record and ("kind" in {word.arg for word in call.keywords} or "'kind'" in ast.unparse(call)):
                        yield file.stem, function.name


def test_only_the_two_openings_write_the_kind_of_a_record() -> None:
    assert set(kind_writers()) == {("facts", "opened"), ("assessing", "opened")}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_drill_stays_a_drill_through_every_entry_of_every_recorded_incident(scene: Any) -> None:
    opening, *rest = Witness(scene).entries
    record = Record(id=scene.name)
    record = fold_drafts(record, (_as_draft(opening, {**opening.data, "kind": "drill"}),))
    for entry in rest:
        record = fold_drafts(record, (_as_draft(entry, dict(entry.data)),))
        assert record.kind == "drill", entry.kind


def _as_draft(entry: Draft, data: dict[str, Any]) -> Draft:
    told = {name: getattr(entry, name) for name in Draft.model_fields}
    return Draft.model_validate({**told, "data": data})


def test_no_option_of_the_terminal_switches_between_live_and_drill() -> None:
    from typer.main import get_command

    from cli.app import app

    def options(command: Any) -> Iterator[str]:
        yield from (option for parameter in command.params for option in parameter.opts)
        for inner in getattr(command, "commands", {}).values():
            yield from options(inner)

    named = set(options(get_command(app)))
    assert named
    assert not named & {"--kind", "--live", "--mode", "--real", "--namespace"}
