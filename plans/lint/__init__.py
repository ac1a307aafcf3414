"""The linter: what a plan leaves open or contradicts, found before anything is programmed.

A rule is a small pure function over one layer of a plan (`rule.py`), in a module for each family. No rule knows a plan
or a decision by name; `settling.py` compares the layers and says which decision settled what.
"""

from __future__ import annotations

from plans.lint import (
    authority,
    clocks,
    command,
    contradictions,
    endings,
    organisation,
    preparedness,
    ranges,
    release,
    settling,
    unwritten,
    warnings,
)
from plans.lint.rule import RULES, SEVERITIES, Around, Finding, Layer, Rule, Severity, found
from plans.lint.settling import NATIONAL, Judged, judge

FAMILIES = (
    contradictions,
    ranges,
    authority,
    clocks,
    organisation,
    command,
    endings,
    warnings,
    release,
    preparedness,
    unwritten,
    settling,
)
"""The modules whose rules are registered."""

__all__ = [
    "FAMILIES",
    "NATIONAL",
    "RULES",
    "SEVERITIES",
    "Around",
    "Finding",
    "Judged",
    "Layer",
    "Rule",
    "Severity",
    "found",
    "judge",
]
