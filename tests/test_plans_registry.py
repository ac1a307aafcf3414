"""A plan under its hash stays that plan, also for a release whose plans may say more."""

import json

import pytest

from plans import registry
from tests.support import PLAN, PLAN_HASH


def test_what_is_stored_has_the_hash_of_the_plan() -> None:
    assert registry.put_stored(PLAN.model_dump_json()) == PLAN_HASH == registry.hash_of(PLAN)


def test_a_plan_stored_before_a_field_came_is_read_under_its_own_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(PLAN.model_dump_json())
    del told["termination"]["scene_end_at"]
    older = json.dumps(told)
    digest = registry.put_stored(older)
    assert digest != PLAN_HASH
    monkeypatch.setattr(registry, "_plans", {})
    monkeypatch.setattr(registry, "_sources", [{digest: older}.get])
    assert registry.get(digest).termination.scene_end_at == {}


def test_another_plan_under_a_hash_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_sources", [lambda digest: PLAN.model_dump_json()])
    with pytest.raises(registry.UnknownPlan, match="another plan"):
        registry.get("0" * 64)
