"""Reading plans from their folders: what the plan says, and what it means once our decisions are applied.

YAML 1.2: a duplicate key is a fault. A fault names the file, the line and the key, and what was expected.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from plans.schema import Decision, Grading, Part

SHIPPED = Path(__file__).parent
NATIONAL = SHIPPED / "national"

P = TypeVar("P", bound=Part)


class PlanFault(ValueError):
    """A plan can't be read; the message is one line: file, line, key, and what was expected."""


class NoSuchPlan(LookupError):
    """Neither a shipped plan nor a folder."""


class Grades(NamedTuple):
    """The grading chapter of a plan: as it stands, as decided, and the statutory thresholds beside it."""

    says: Grading
    effective: Grading
    national: Grading
    decisions: tuple[Decision, ...]


def shipped() -> tuple[str, ...]:
    """The names of the plans that come with the program."""
    return tuple(sorted(f.parent.name for f in SHIPPED.glob("*/grading.yaml") if f.parent != NATIONAL))


def find(name: str) -> Path:
    """The folder of a shipped plan or of a path. Raises `NoSuchPlan`."""
    if name in shipped():
        return SHIPPED / name
    folder = Path(name)
    if (folder / "grading.yaml").is_file():
        return folder
    raise NoSuchPlan(f"no plan '{name}': expected one of {', '.join(shipped())}, or a folder with grading.yaml")


def load_grades(folder: Path) -> Grades:
    """The grading chapter with the decisions applied. Raises `PlanFault`."""
    file = folder / "grading.yaml"
    raw = _read(file)
    says = _checked(Grading, raw, file, raw)
    decisions = _decisions(folder / "decisions.yaml")
    data = says.model_dump(mode="json")
    for decision in decisions:
        for change in decision.changes:
            chapter, _, path = change.at.partition("/")
            if chapter == "grading":
                _apply(data, path, change.to, decision.id)
    national = _checked(Grading, _read(NATIONAL / "grading.yaml"), NATIONAL / "grading.yaml", {})
    effective = _checked(Grading, data, folder / "decisions.yaml", {})
    known = clauses(folder) | clauses(NATIONAL)
    for grading in (effective, national):
        for clause in (*grading.clauses, *(criterion.clause for criterion in grading.criteria)):
            if clause not in known:
                raise PlanFault(f"{file}: clause {clause}: expected one of clauses.tsv")
    return Grades(says, effective, national, decisions)


def clauses(folder: Path) -> frozenset[str]:
    """The ids of a plan's clauses, from its clauses.tsv. Raises `PlanFault` where an id stands twice."""
    file = folder / "clauses.tsv"
    with file.open(encoding="utf-8", newline="") as rows:
        ids = [row["id"] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise PlanFault(f"{file}: {twice[0]} stands twice")
    return frozenset(ids)


def _decisions(file: Path) -> tuple[Decision, ...]:
    if not file.exists():
        return ()
    raw = _read(file)
    try:
        return TypeAdapter(tuple[Decision, ...]).validate_python(raw)
    except ValidationError as error:
        raise PlanFault(_where(error, file, raw)) from None


def _read(file: Path) -> Any:
    try:
        return YAML(typ="rt").load(file.read_text("utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlanFault(f"{file}:{line} {str(error.problem).splitlines()[0]}") from None


def _checked(model: type[P], data: Any, file: Path, raw: Any) -> P:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise PlanFault(_where(error, file, raw)) from None


def _where(error: ValidationError, file: Path, raw: Any) -> str:
    """One line for the first fault: the deepest place of its path that the file knows."""
    first = error.errors()[0]
    line, at = 0, raw
    for key in first["loc"]:
        marks = getattr(getattr(at, "lc", None), "data", None) or {}
        if key in marks:
            line = marks[key][0] + 1
        try:
            at = at[key]
        except (KeyError, IndexError, TypeError):
            break
    place = f"{file}:{line}" if line else str(file)
    return f"{place} {'.'.join(map(str, first['loc']))}: {first['msg']}"


def _apply(data: Any, path: str, to: Any, decision: str) -> None:
    """Set what `path` points at; `+` at its end adds to a list. A path that leads nowhere is a fault."""
    *way, last = path.split("/")
    at = data
    for key in way:
        at = _step(at, key, path, decision)
    if isinstance(at, list) and last == "+":
        at.append(to)
    elif isinstance(at, dict) and last in at:
        at[last] = to
    else:
        raise PlanFault(f"decision {decision}: at {path}: no such place")


def _step(at: Any, key: str, path: str, decision: str) -> Any:
    if isinstance(at, dict) and key in at:
        return at[key]
    if isinstance(at, list):
        found = list(_by_id(at, key))
        if found:
            return found[0]
    raise PlanFault(f"decision {decision}: at {path}: no '{key}' there")


def _by_id(items: Sequence[Any], key: str) -> Iterator[Any]:
    return (item for item in items if isinstance(item, dict) and key in (item.get("id"), item.get("clause")))
