"""The plans that this process has at hand, by hash. Read-only for workflows: a plan never travels in a payload.

The worker sets the source, once, when it starts; a plan that is not at hand is fetched from it and then kept. A hash is
the SHA-256 of the plan's RFC 8785 form, so a plan under a hash can never be another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import rfc8785

from plans.schema import Plan

Source = Callable[[str], str | None]
"""Gives a stored plan as JSON by its hash, or None."""


class UnknownPlan(LookupError):
    """No plan with this hash is at hand or in the store: the task that asked fails, loudly, and is tried again."""


_plans: dict[str, Plan] = {}
_sources: list[Source] = []


def hash_of(plan: Plan) -> str:
    """The plan's hash, in hex."""
    return hashlib.sha256(rfc8785.dumps(plan.model_dump(mode="json"))).hexdigest()


def put(plan: Plan) -> str:
    """Keep a plan at hand and give its hash; of one that is at hand already it is known."""
    if known := next((digest for digest, one in _plans.items() if one is plan), None):
        return known
    digest = hash_of(plan)
    _plans[digest] = plan
    return digest


def put_stored(text: str) -> str:
    """Keep a plan that was stored as JSON and give its hash: that of what was stored.

    A release whose plans may say more reads it, and it stays the same plan.
    """
    digest = hashlib.sha256(rfc8785.dumps(json.loads(text))).hexdigest()
    _plans[digest] = Plan.model_validate_json(text)
    return digest


def fetch_from(source: Source) -> None:
    """Where plans that are not at hand are found from now on."""
    _sources[:] = [source]


def get(digest: str) -> Plan:
    """The plan with this hash. Raises `UnknownPlan`."""
    if digest not in _plans:
        told = next((text for source in _sources if (text := source(digest)) is not None), None)
        if told is None:
            raise UnknownPlan(f"plan {digest[:12]} is neither at hand nor in the store")
        if put_stored(told) != digest:
            raise UnknownPlan(f"plan {digest[:12]}: what the store holds under this hash is another plan")
    return _plans[digest]
