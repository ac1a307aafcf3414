"""A plan with a few places changed, as a decision would change them."""

from collections.abc import Mapping
from typing import Any

from plans.decisions import decide
from plans.schema import Change, Decision, Plan


def edited(plan: Plan, edits: Mapping[str, Any]) -> Plan:
    """The same plan with these places otherwise; `path/+` adds to a list, `None` takes an entry of a map out."""
    data = plan.model_dump(mode="json")
    data["plan"] = data.pop("about")
    changes = tuple(Change(at=at, to=to) for at, to in edits.items())
    decide(data, Decision(id="edit", choice="", reason="", basis="text", changes=changes))
    data["about"] = data.pop("plan")
    return Plan.model_validate(data)
