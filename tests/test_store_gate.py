"""Who may act where: a post is held in one jurisdiction, though two plans have posts of one name."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client import Token
from incidents.facts import Open
from incidents.notes import Note
from plans import registry
from plans.library import find, load
from store.database import open_for_gate
from store.gate import Gate
from store.models import Base, StoredIncident
from tests.support import facts

CITY, COUNTY = (load(find(name)).plan for name in ("lhasa-2022", "zhongshan-county"))


@pytest.fixture
def gate(tmp_path: Path) -> Any:
    file = tmp_path / "store.db"
    Base.metadata.create_all(open_for_gate(file))
    gate = Gate(file)
    for plan in (CITY, COUNTY):
        gate.keep_plan(registry.hash_of(plan), plan.name, plan.model_dump_json())
    yield gate
    gate.close()


def appointed(gate: Gate, user: str, place: str) -> Token:
    token = Token(user, "first_officer", "s", Ed25519PrivateKey.generate())
    gate.appoint(user, "first_officer", token.public_key, place=place)
    return token


def opening(token: Token, name: str, plan: Any) -> dict[str, Any]:
    asked = {"kind": "live", "plan": plan.name, "plan_hash": registry.hash_of(plan), "facts": facts()}
    return token.sign(name, Open, "o", **asked).model_dump(mode="json")


def test_who_holds_a_post_in_one_jurisdiction_opens_nothing_in_another(gate: Gate) -> None:
    here, there = (plan.about.jurisdiction.division_code for plan in (CITY, COUNTY))
    token = appointed(gate, "li", here)
    assert gate.admit("1", "open", opening(token, "1", CITY)) is None
    refusal = gate.admit("2", "open", opening(token, "2", COUNTY))
    assert refusal is not None
    assert (refusal.kind, here in refusal.reason, there in refusal.reason) == ("hard", True, True)


def test_nor_does_such_a_person_act_in_an_incident_that_runs_there(gate: Gate) -> None:
    stranger = appointed(gate, "li", CITY.about.jurisdiction.division_code)
    own = appointed(gate, "wei", COUNTY.about.jurisdiction.division_code)
    summary = json.dumps({"plan_hash": registry.hash_of(COUNTY)})
    with gate._engine.begin() as connection:
        connection.execute(StoredIncident.__table__.insert(), {"incident": "3", "seq": 1, "body": summary})
    told = {token.user: token.sign("3", Note, "n", words="记").model_dump(mode="json") for token in (stranger, own)}
    assert gate.admit("3", "note", told["wei"]) is None
    assert gate.admit("3", "note", told["li"]) is not None


def test_an_incident_s_jurisdiction_is_that_of_its_opening_until_the_store_has_it(gate: Gate) -> None:
    own = appointed(gate, "wei", COUNTY.about.jurisdiction.division_code)
    stranger = appointed(gate, "li", CITY.about.jurisdiction.division_code)
    assert gate.admit("4", "open", opening(stranger, "4", COUNTY)) is not None, "and what is refused settles nothing"
    assert gate.admit("4", "open", opening(own, "4", COUNTY)) is None
    assert gate.admit("4", "open", opening(stranger, "4", CITY)) is not None
    assert gate.admit("4", "note", stranger.sign("4", Note, "n", words="记").model_dump(mode="json")) is not None
