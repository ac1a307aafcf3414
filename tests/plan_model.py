"""Who must hear of an ordinary accident, read from Lhasa's YAML and what people said: a model apart from the product.

It knows the plan's files and the shape of a business key, nothing else of ours.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PLAN = Path(__file__).parents[1] / "plans" / "lhasa-2022"


def chapter(name: str) -> Any:
    """One file of the plan, as it is written."""
    return YAML(typ="safe").load((PLAN / f"{name}.yaml").read_text("utf-8"))


def notices(verbs: Iterable[str], sector: str) -> dict[str, set[str]]:
    """Recipients by notice after these commands, for a first response at level IV."""
    level = chapter("response")["levels"]["IV"]
    stages = {stage["stage"]: set(stage["posts"]) for stage in level["approval"]["stages"]}
    ticked = [rule for rule in level["notify"] if sector in rule.get("when", {}).get("sectors", [sector])]
    brings = {
        "open": {"N-early": {rule["unit"] for rule in chapter("disposal")["notify"]}},
        "propose-level": {"N-A1-decide": stages["decide"]},
        "decide": {"N-A1-sign": stages["sign"]},
        "sign": {
            "N-level-IV": {rule["unit"] for rule in ticked if rule.get("needed") != "on_demand"},
            "N-inform-IV": {rule["unit"] for rule in level["notify"] if not rule.get("answer", True)},
        },
    }
    return {notice: units for verb in verbs for notice, units in brings.get(verb, {}).items()}


def keys(incident: str, verbs: Iterable[str], sector: str, channel: str) -> set[str]:
    """The business keys of all messages of the first step."""
    found = notices(verbs, sector).items()
    return {f"{incident}/{notice}/{unit}/{channel}/0" for notice, units in found for unit in units}


def message_id(key: str, sender: str) -> str:
    """What a mail of this key is called."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"
