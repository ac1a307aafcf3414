"""`fenghuo plan show`, `coverage`, `schema` and `draw` in a terminal, by name, by folder and by hash."""

import json
import os
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

from incidents.facts import Open
from incidents.incident import fold, handle
from incidents.logbook import seal
from incidents.record import Record
from plans import registry
from plans.coverage import Coverage
from plans.library import clause_rows, find
from plans.shapes import SHAPES, schema
from statecharts.canvas import LIGHT
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.forks import fenghuo
from tests.support import OFFICER, PLAN, PLAN_HASH, facts


def ask(home: Path, *words: str) -> tuple[int, str, str]:
    done = fenghuo("plan", *words, environment={**os.environ, "FENGHUO_HOME": str(home)})
    return done.returncode, done.stdout, done.stderr


def test_a_plan_is_shown_with_its_hash_its_clocks_and_what_waits_for_its_owner(tmp_path: Path) -> None:
    code, out, _ = ask(tmp_path, "show", PLAN.name)
    assert code == 0
    assert out.startswith(f"{PLAN.name}@{PLAN_HASH}\n")
    for words in (PLAN.about.title, "信息报告时限", "50分钟", "待确认", "[1, 3)"):
        assert words in out


def test_one_chapter_alone_in_english(tmp_path: Path) -> None:
    code, out, _ = ask(tmp_path, "show", PLAN.name, "reporting", "--lang", "en")
    assert code == 0
    assert "Reporting clocks" in out
    assert "50 min" in out
    assert "Levels of response" not in out


def test_the_whole_plan_as_json_is_the_effective_one_by_its_files(tmp_path: Path) -> None:
    code, out, _ = ask(tmp_path, "show", PLAN.name, "--json")
    told = json.loads(out)
    assert (code, told["plan"], told["hash"]) == (0, PLAN.name, PLAN_HASH)
    assert told["chapters"].keys() == SHAPES.keys()
    assert told["chapters"]["grading"]["default_grade"] == PLAN.grading.default_grade is not None


def test_a_version_is_shown_by_its_hash_once_an_incident_has_stored_it(tmp_path: Path) -> None:
    code, _, err = ask(tmp_path, "show", f"{PLAN.name}@{PLAN_HASH}")
    assert (code, err.count("\n")) == (4, 1)
    older = PLAN.model_copy(update={"about": PLAN.about.model_copy(update={"issued": "2021-01"})})
    digest = registry.hash_of(older)
    (tmp_path / "live").mkdir()
    gate = Gate(tmp_path / "live" / "store.db", "live")
    gate.keep_plan(digest, older.name, older.model_dump_json())
    gate.close()
    code, out, err = ask(tmp_path, "show", f"{PLAN.name}@{digest}", "plan")
    assert code == 0, err
    assert "2021-01" in out
    assert ask(tmp_path, "show", f"atlantis@{digest}")[0] == 4


def test_an_unknown_plan_is_not_found(tmp_path: Path) -> None:
    code, out, err = ask(tmp_path, "coverage", "x")
    assert (code, out, err.count("\n")) == (4, "", 1)


def test_an_unknown_chapter_or_kind_names_the_known_ones(tmp_path: Path) -> None:
    for words in (("show", PLAN.name, "x"), ("coverage", PLAN.name, "--kind", "x")):
        code, out, err = ask(tmp_path, *words, "--lang", "en")
        assert (code, out) == (2, "")
        assert "expected one of" in err


def test_coverage_has_the_contracts_shape_and_fails_only_for_an_unhomed_clause(tmp_path: Path) -> None:
    code, out, _ = ask(tmp_path, "coverage", PLAN.name, "--json")
    assert json.loads(out).keys() == {"plan", "total", "homed", "exercised", "outside", "unhomed", "unexercised"}
    told = Coverage.model_validate_json(out)
    assert told.total == len(clause_rows(find(PLAN.name)))
    assert code == int(bool(told.unhomed))


def test_an_unhomed_clause_is_named_with_where_it_stands_and_what_it_needs(tmp_path: Path) -> None:
    folder = tmp_path / "plans" / "copy"
    shutil.copytree(find(PLAN.name), folder)
    clause = next(row.clause for row in clause_rows(folder) if row.kind == "termination-condition")
    text = (folder / "termination.yaml").read_text("utf-8")
    (folder / "termination.yaml").write_text(text.replace(clause, "N-ERL-86"), "utf-8")
    code, out, _ = ask(tmp_path, "coverage", "copy", "--kind", "termination-condition")
    assert code == 1
    assert clause in out
    assert "Condition" in out


def test_the_schemas_of_all_files_are_printed_by_name(tmp_path: Path) -> None:
    _, every, _ = ask(tmp_path, "schema")
    assert json.loads(every) == {name: schema(name) for name in SHAPES}


async def test_the_picture_of_an_incident_lights_where_it_stands(tmp_path: Path) -> None:
    code, out, err = ask(tmp_path, "draw", PLAN.name)
    assert (code, err) == (0, "")
    assert LIGHT not in out
    record = Record(id="1", plan=PLAN.name, plan_hash=PLAN_HASH)
    asked = {"kind": "live", "plan": PLAN.name, "plan_hash": PLAN_HASH, "facts": facts()}
    command = OFFICER.sign("1", Open, "c1", **asked)
    entries = seal(record.head, handle(PLAN, record, command, command.envelope.issued))  # type: ignore[arg-type]
    standing = fold(record, entries)
    (tmp_path / "live").mkdir()
    database = await open_database(tmp_path / "live" / "store.db")
    await Logbooks(database).append("1", entries)
    await database.dispose()
    file = tmp_path / "now.svg"
    code, _, err = ask(tmp_path, "draw", PLAN.name, "--incident", "1", "-o", str(file))
    assert code == 0, err
    drawn = ET.fromstring(file.read_text("utf-8"))
    words = {told.text for told in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert {"先期处置", "early disposal", f"×{len(standing.tasks)}"} <= words
    assert LIGHT in file.read_text("utf-8")
    assert ask(tmp_path, "draw", PLAN.name, "--incident", "2")[0] == 4
