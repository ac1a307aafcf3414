"""Who holds which post: rows of tests/asserted, each under the clause that it proves, against the plan and the core."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidents.command import Refusal
from incidents.commander import DeclareHandover
from incidents.envelope import Envelope
from incidents.facts import Open
from incidents.incident import fold, handle
from incidents.logbook import seal
from incidents.record import Record
from plans import registry
from plans.coverage import homes_of, sites
from plans.library import clause_rows, find
from plans.schema import Plan
from tests.playing import plan_of
from tests.support import facts

ROWS = [
    (file.stem.removeprefix("posts-"), json.loads(line))
    for file in sorted((Path(__file__).parent / "asserted").glob("posts-*.jsonl"))
    for line in file.read_text("utf-8").splitlines()
]


def taken(plan: Plan, post: str) -> bool:
    """Whether an open incident takes the word that the holder of `post` commands now."""
    digest = registry.put(plan)
    record = Record(id="1", plan=plan.name, plan_hash=digest)
    watch = next(name for name, told in plan.posts.items() if "watch" in told.roles)
    asked = {"kind": "live", "plan": plan.name, "plan_hash": digest, "facts": facts()}
    now = datetime.now(UTC)
    signed = Envelope(user="u", post=watch, session="s", command_id="c", issued=now, expires=now + timedelta(minutes=1))
    opened = handle(plan, record, Open.model_validate({"envelope": signed, **asked}), now)
    assert not isinstance(opened, Refusal), opened
    record = fold(record, seal(record.head, opened))
    answer = handle(plan, record, DeclareHandover(envelope=signed, post=post, by="v", way="named"), now)
    return not isinstance(answer, Refusal)


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{row['clause']}-{row['post']}" for _, row in ROWS])
def test_a_post_is_where_the_clause_puts_it(name: str, row: dict[str, Any]) -> None:
    plan = plan_of(name)
    post = plan.posts[row["post"]]
    assert post.unit == row["unit"]
    assert row.get("held_by", post.held_by) == post.held_by
    if superior := row.get("stands_in_for"):
        assert row["post"] in plan.posts[superior].substitutes
    if level := row.get("commands_at"):
        assert row["post"] in plan.response.levels[level].commander
    assert taken(plan, row["post"]) or not row.get("takes_command")


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{row['clause']}-{row['post']}" for _, row in ROWS])
def test_an_asserted_clause_is_homed_on_what_the_row_speaks_of(name: str, row: dict[str, Any]) -> None:
    plan = plan_of(name)
    (asked,) = (told for told in clause_rows(find(name)) if told.clause == row["clause"])
    at = {site.path for site in homes_of(asked, sites(plan)[row["clause"]])}
    assert at & {f"posts/{row['post']}", f"response/levels/{row.get('commands_at')}"}, at


def test_a_post_that_leads_no_scene_never_commands() -> None:
    for name in {name for name, _ in ROWS}:
        plan = plan_of(name)
        watch = [post for post, told in plan.posts.items() if "leader" not in told.roles]
        assert watch
        assert not any(taken(plan, post) for post in watch)
