"""`fenghuo plan check` and `plan new` in a terminal, and a plan in use that may not be edited."""

import json
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from activities.contracts import Summary
from client import open_incident, record_of
from incidents.facts import Open
from incidents.notes import Note
from incidents.record import Record
from plans import registry
from plans.library import load
from store.database import open_database
from store.gate import Gate
from store.logbook import Logbooks
from tests.forks import fenghuo
from tests.support import OFFICER, Desk, facts, say, until
from workflows.messages import Carried

CLEAN = Path(__file__).parent / "plans" / "clean"
NUMBER = "54010020260301001"


def ask(home: Path, *words: str, stdin: str = "") -> tuple[int, str, str]:
    done = fenghuo(*words, environment={**os.environ, "FENGHUO_HOME": str(home)}, stdin=stdin)
    return done.returncode, done.stdout, done.stderr


def check(home: Path, *words: str) -> tuple[int, str, str]:
    return ask(home, "plan", "check", *words, "--on", "2026-11-25")


def test_a_clean_plan_has_nothing_to_say(tmp_path: Path) -> None:
    code, out, _ = check(tmp_path, str(CLEAN))
    assert (code, out.count("\n")) == (0, 1)
    assert "未解决 0" in out
    assert "0 unsettled" in out


def test_an_open_fault_is_exit_1_and_says_file_line_clause_and_what_to_do(tmp_path: Path) -> None:
    plan = shutil.copytree(CLEAN, tmp_path / "spoilt")
    file = plan / "disposal.yaml"
    file.write_text(file.read_text("utf-8").replace("ends: takeover_or_end\n", ""), "utf-8")
    code, out, _ = check(tmp_path, str(plan))
    assert code == 1
    fault, advice, counts = out.splitlines()
    assert fault.startswith("高 disposal.yaml:1 [CL-6] 先期处置何时结束没有写 (early-disposal-endless disposal/ends)")
    assert advice == "   → 定先期处置何时结束"
    assert "未解决 1（高 1、中 0、低 0）" in counts


def test_json_is_a_list_with_both_the_open_and_the_settled(tmp_path: Path) -> None:
    code, out, words = check(tmp_path, "lhasa-2022", "--json")
    rows = json.loads(out)
    assert code == 0
    assert words.startswith("未解决 0（")
    assert " 0 unsettled (" in words
    gap = next(row for row in rows if row["path"] == "grading/criteria/LS-1.4-03/missing")
    assert {key: gap[key] for key in ("rule", "severity", "file", "settled_by", "confirmed")} == {
        "rule": "range-gap",
        "severity": "high",
        "file": "grading.yaml",
        "settled_by": "LS-A01",
        "confirmed": False,
    }
    assert gap["clauses"] == ["LS-1.4-03", "LS-1.4-12"]
    assert all(row["says"] and row["en"] and row["do"] and row["line"] > 0 for row in rows)


def test_settled_ones_are_shown_with_their_decision_on_demand(tmp_path: Path) -> None:
    _, out, _ = check(tmp_path, "lhasa-2022", "--settled")
    assert "   ✓ LS-A01 待确认 各级均把失踪人数与死亡人数相加" in out.splitlines()


def test_without_decisions_the_same_plan_has_open_faults(tmp_path: Path) -> None:
    code, out, _ = check(tmp_path, "lhasa-2022", "--without-decisions")
    assert code == 1
    assert "失踪 3 至 9 时没有等级" in out


def test_the_rules_can_be_listed(tmp_path: Path) -> None:
    code, out, _ = ask(tmp_path, "plan", "check", "--rules", "--json")
    rows = json.loads(out)
    assert code == 0
    assert len(rows) > 60
    assert {"rule": "no-pace", "severity": "high"}.items() <= next(r for r in rows if r["rule"] == "no-pace").items()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("check",), 2, "PLAN：应"),
        (("check", "atlantis"), 4, "no plan 'atlantis'"),
        (("new", "Night", "--from", "lhasa-2022"), 2, "NAME：应"),
        (("new", "../night", "--from", "lhasa-2022"), 2, "NAME：应"),
        (("new", "lhasa-2022", "--from", "lhasa-2022"), 3, "已存在"),
        (("new", "night", "--from", "atlantis"), 4, "no plan 'atlantis'"),
        (("new", "Night"), 2, "NAME：应"),
    ],
)
def test_what_is_asked_wrongly_gets_the_contracts_exit_code(
    tmp_path: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    told, out, err = ask(tmp_path, "plan", *words)
    assert (told, out) == (code, "")
    assert says in err


def test_a_plan_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    plan = shutil.copytree(CLEAN, tmp_path / "broken")
    (plan / "roster.yaml").write_text("holders: []\n", "utf-8")
    assert check(tmp_path, str(plan))[0] == 2
    (plan / "posts.yaml").write_text("a: {\n", "utf-8")
    code, _, err = check(tmp_path, str(plan))
    assert code == 2
    assert "posts.yaml:" in err


def test_a_plan_from_nothing_names_its_holes_and_an_own_template_that_does_not_fit_is_found(tmp_path: Path) -> None:
    code, out, words = ask(tmp_path, "plan", "new", "fresh", "--json")
    told = json.loads(out)
    assert (code, told["plan"]) == (0, "fresh")
    assert words.splitlines() == [
        f"待填 {len(told['holes'])} 处，文书样式在 documents/",
        "接下来修改，再检查：fenghuo plan check fresh",
    ]
    own = tmp_path / "plans" / "fresh" / "documents"
    shutil.copy(own / "D3.docx", own / "D8b.docx")
    code, out, _ = check(tmp_path, "fresh", "--json")
    left = [row for row in json.loads(out) if row["settled_by"] is None]
    unfit = [row for row in left if row["rule"] == "template-unfit"]
    assert code == 1
    assert {(row["rule"], row["path"]) for row in left if row not in unfit} == {
        (hole["rule"], hole["path"]) for hole in told["holes"]
    }
    assert {(row["file"], row["line"]) for row in unfit} == {("documents/D8b.docx", 1)}
    assert "缺少必有的栏目 effective_from（起始时间）：N-ERL-72" in {row["says"] for row in unfit}


@pytest.fixture
async def desk(temporal: Client, tmp_path: Path) -> AsyncIterator[Desk]:
    """A worker's desk whose store is the one of a home."""
    file = tmp_path / "live" / "store.db"
    file.parent.mkdir(parents=True)
    database = await open_database(file)
    gate = Gate(file)
    gate.appoint(OFFICER.user, OFFICER.post, OFFICER.public_key)
    yield Desk(temporal, Logbooks(database), gate)
    gate.close()
    await database.dispose()


async def test_a_plan_in_use_is_frozen_and_its_incident_goes_on(desk: Desk, tmp_path: Path) -> None:
    assert ask(tmp_path, "plan", "new", "night", "--from", "lhasa-2022")[0] == 0
    assert ask(tmp_path, "plan", "new", "night", "--from", "lhasa-2022")[0] == 3
    folder = tmp_path / "plans" / "night"
    plan = load(folder).plan
    digest = registry.put(plan)
    desk.gate.keep_plan(digest, plan.name, plan.model_dump_json())
    async with desk.worker():
        asked: dict[str, Any] = {"kind": "live", "plan": plan.name, "plan_hash": digest, "facts": facts()}
        carried = Carried(record=Record(id=NUMBER, plan=plan.name, plan_hash=digest))
        await open_incident(desk.client, carried, OFFICER.sign(NUMBER, Open, "open", **asked), desk.queue)
        await until(lambda: desk.has(NUMBER, "opened"))
        assert check(tmp_path, "night")[0] == 0

        file = folder / "notices.yaml"
        whole = file.read_text("utf-8")
        file.write_text(whole.replace("expires_after: PT12H", "expires_after: PT1H"), "utf-8")
        code, out, err = check(tmp_path, "night")
        assert (code, out) == (3, "")
        assert NUMBER in err
        assert "fenghuo plan new NAME --from night" in err
        opening = ask(tmp_path, "incident", "open", "night", "-", "--yes", stdin=json.dumps(facts(deaths=2)))
        assert opening[0] == 3
        assert NUMBER in opening[2]

        # The incident keeps the version it began with.
        handle = desk.client.get_workflow_handle(NUMBER)
        await say(handle, Note, "after", words="照常")
        record = await record_of(handle)
        assert record.plan_hash == digest
        await until(lambda: desk.has(NUMBER, "noted"))

        # The way out: a copy under a new name carries the edit, and is nobody's yet.
        assert ask(tmp_path, "plan", "new", "day", "--from", "night")[0] == 0
        assert check(tmp_path, "day")[0] == 0
        file.write_text(whole, "utf-8")
        assert check(tmp_path, "night")[0] == 0

        file.write_text(whole.replace("expires_after: PT12H", "expires_after: PT1H"), "utf-8")
        closed = Summary.of(record.model_copy(update={"phase": "closed"})).model_dump_json()
        await desk.logbooks.append(NUMBER, [], summary=closed)
        assert check(tmp_path, "night")[0] == 0
