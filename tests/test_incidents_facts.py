"""What a plan takes: at once, only once a named person has confirmed it, or not at all."""

from typing import Any

import pytest

from incidents import assessing, facts
from incidents.command import Refusal
from incidents.view import first_page
from tests import test_incidents_incident as core
from tests.support import PLAN, PLAN_HASH
from tests.test_incidents_incident import FACTS, Desk
from tests.test_incidents_warning import WarningDesk

SCOPE = PLAN.about.scope
ACCEPTED = {"by": "王强", "reason": "市里统一处置"}


def opened(desk: Desk, **told: Any) -> Any:
    """What answers an opening with these facts at a desk where nothing is open."""
    desk.record = core.Record(id="2", plan=PLAN.name, plan_hash=PLAN_HASH)
    asked = {"kind": "live", "plan": PLAN.name, "plan_hash": PLAN_HASH, "facts": {**FACTS, **told}}
    return desk.ask(facts.Open, "李", core.OFFICER, **asked)


@pytest.mark.parametrize("sector", SCOPE.accepts)
def test_an_accident_inside_the_scope_is_taken_at_once_and_its_opening_cites_it(sector: str) -> None:
    desk = Desk(sector=sector)
    assert set(SCOPE.clauses) <= set(desk.entries[0].clauses)
    assert first_page(desk.record)["scope_accepted"] is None


@pytest.mark.parametrize("sector", SCOPE.confirm)
def test_an_accident_beyond_it_is_taken_once_a_named_person_confirms_it_with_a_reason(sector: str) -> None:
    refusal = opened(Desk(), sector=sector)
    assert isinstance(refusal, Refusal)
    assert (refusal.kind, refusal.clauses) == ("form", SCOPE.clauses)
    assert "scope_accepted" in refusal.zh
    assert "scope_accepted" in refusal.reason
    desk = Desk(sector=sector, scope_accepted=ACCEPTED)
    assert not set(SCOPE.clauses) & set(desk.entries[0].clauses), "the scope itself does not take it"
    assert first_page(desk.record)["scope_accepted"] == ACCEPTED


def test_a_confirmation_without_a_name_or_a_reason_is_none() -> None:
    for empty in ({"by": ""}, {"reason": ""}):
        with pytest.raises(ValueError, match="at least 1 character"):
            opened(Desk(), sector="road", scope_accepted={**ACCEPTED, **empty})


def test_what_the_scope_does_not_name_is_not_taken_whoever_confirms_it(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    about = PLAN.about.model_copy(update={"scope": SCOPE.model_copy(update={"confirm": ()})})
    monkeypatch.setattr(core.Desk, "plan", PLAN.model_copy(update={"about": about}))
    refusal = opened(desk, sector="road", scope_accepted=ACCEPTED)
    assert isinstance(refusal, Refusal)
    assert refusal.kind == "plan"


def test_an_accident_that_comes_of_a_warning_is_held_to_the_same_scope() -> None:
    desk = WarningDesk()
    desk.issue("blue")
    told = {**FACTS, "received_at": desk.now, "occurred_at": desk.now, "sector": "road"}
    assert desk.refused(assessing.BecomeAccident, facts=told).kind == "form"
    desk.does(assessing.BecomeAccident, facts={**told, "scope_accepted": ACCEPTED})
    assert desk.record.phase == "early_disposal"
