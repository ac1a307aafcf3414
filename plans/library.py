"""Reading plans from their folders: what a plan says, our decisions applied, national rules joined in.

YAML 1.2: a duplicate key is a fault. A fault names the file, the line and the key, and what was expected.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from plans.schema import (
    About,
    CommandRules,
    Decision,
    Disposal,
    Grading,
    NationalGrading,
    NoticeRules,
    Plan,
    Post,
    RecoveryRules,
    Reporting,
    ResponseRules,
    TaskRule,
    TerminationRules,
    Unit,
)

SHIPPED = Path(__file__).parent
NATIONAL = SHIPPED / "national"

CHAPTERS: Mapping[str, TypeAdapter[Any]] = {
    "plan": TypeAdapter(About),
    "units": TypeAdapter(dict[str, Unit]),
    "posts": TypeAdapter(dict[str, Post]),
    "grading": TypeAdapter(Grading),
    "reporting": TypeAdapter(Reporting),
    "notices": TypeAdapter(NoticeRules),
    "disposal": TypeAdapter(Disposal),
    "response": TypeAdapter(ResponseRules),
    "command": TypeAdapter(CommandRules),
    "termination": TypeAdapter(TerminationRules),
    "recovery": TypeAdapter(RecoveryRules),
}
"""A file for each chapter, `NAME.yaml`."""

OPTIONAL = ("warning", "groups", "release", "documents")

_DECISIONS = TypeAdapter(tuple[Decision, ...])


class PlanFault(ValueError):
    """A plan can't be read; the message is one line: file, line, key, and what was expected."""


class NoSuchPlan(LookupError):
    """Neither a shipped plan nor a folder."""


class Loaded(NamedTuple):
    """A plan in both layers: the chapters as they stand, holes included, and the effective whole."""

    says: Mapping[str, Any]
    plan: Plan


def shipped() -> tuple[str, ...]:
    """The names of the plans that come with the program."""
    return tuple(sorted(f.parent.name for f in SHIPPED.glob("*/plan.yaml")))


def find(name: str, home: Path | None = None) -> Path:
    """The folder of a shipped plan, of a plan under `home`, or of a path. Raises `NoSuchPlan`."""
    if name in shipped():
        return SHIPPED / name
    for folder in (*([home / "plans" / name] if home else []), Path(name)):
        if (folder / "plan.yaml").is_file():
            return folder
    raise NoSuchPlan(f"no plan '{name}': expected one of {', '.join(shipped())}, or a folder with plan.yaml")


def load(folder: Path) -> Loaded:
    """Both layers of the plan in `folder`. Raises `PlanFault`."""
    raw = {name: _read(folder / f"{name}.yaml") for name in CHAPTERS}
    says = {name: _checked(CHAPTERS[name], raw[name], folder / f"{name}.yaml", raw[name]) for name in CHAPTERS}
    decisions = _decisions(folder / "decisions.yaml")
    data = {name: CHAPTERS[name].dump_python(says[name], mode="json") for name in CHAPTERS}
    for decision in decisions:
        for change in decision.changes:
            _apply(data, change.at, change.to, decision.id)
    _join_national(data, folder)
    effective = {name: _checked(CHAPTERS[name], data[name], folder / "decisions.yaml", {}) for name in CHAPTERS}
    national = _read(NATIONAL / "grading.yaml")
    plan = Plan(
        name=folder.name,
        about=effective.pop("plan"),
        national=_checked(TypeAdapter(NationalGrading), national, NATIONAL / "grading.yaml", national),
        decisions=decisions,
        silent=tuple(name for name in OPTIONAL if not (folder / f"{name}.yaml").exists()),
        **effective,
    )
    known = clauses(folder) | clauses(NATIONAL)
    for fault in (*_unknown_clauses(plan, known), *_unknown_names(plan)):
        raise PlanFault(f"{folder}: {fault}")
    return Loaded(says, plan)


def clauses(folder: Path) -> frozenset[str]:
    """The ids of a plan's clauses, from its clauses.tsv. Raises `PlanFault` where an id stands twice."""
    file = folder / "clauses.tsv"
    with file.open(encoding="utf-8", newline="") as rows:
        ids = [row["id"] for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE)]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise PlanFault(f"{file}: {twice[0]} stands twice")
    return frozenset(ids)


def cited(part: Any) -> Iterator[tuple[str, str]]:
    """Every (place, clause id) that a part of a plan names, at any depth."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            if name in ("clause", "clauses", "withdrawal_clauses"):
                yield from ((name, clause) for clause in ([value] if isinstance(value, str) else value))
            else:
                yield from ((f"{name}.{place}", clause) for place, clause in cited(value))
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from ((f"{key}.{place}", clause) for place, clause in cited(value))
    elif isinstance(part, tuple | list):
        for number, value in enumerate(part):
            key = getattr(value, "id", number)
            yield from ((f"{key}.{place}", clause) for place, clause in cited(value))


def _unknown_clauses(plan: Plan, known: frozenset[str]) -> Iterator[str]:
    for place, clause in cited(plan):
        if clause not in known:
            yield f"{place} {clause}: expected one of clauses.tsv"


def _unknown_names(plan: Plan) -> Iterator[str]:
    """Units and posts that a chapter names and the plan does not have."""
    units, posts = set(plan.units), set(plan.posts)
    if both := units & posts:
        yield f"posts.{min(both)}: a unit has this name already"
    for place, name in _names(plan, "", ("unit", "owner", "sender", "addressee", "body")):
        if name not in units:
            yield f"{place} {name}: expected one of units.yaml"
    for place, name in _names(plan, "", ("posts", "upward", "substitutes", "presumed", "commander")):
        if name not in posts:
            yield f"{place} {name}: expected one of posts.yaml"


def _names(part: Any, at: str, fields: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            value = getattr(part, name)
            place = f"{at}.{name}" if at else name
            if name in fields and isinstance(value, str):
                yield place, value
            elif name in fields and isinstance(value, tuple):
                yield from ((place, one) for one in value)
            else:
                yield from _names(value, place, fields)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from _names(value, f"{at}.{key}", fields)
    elif isinstance(part, tuple | list):
        for number, value in enumerate(part):
            yield from _names(value, f"{at}.{getattr(value, 'id', number)}", fields)


def _join_national(data: dict[str, Any], folder: Path) -> None:
    """Add what every plan inherits; `@role` becomes the unit that bears it here."""
    bearers = {unit["national_role"]: name for name, unit in data["units"].items() if unit["national_role"]}

    def bound(rule: dict[str, Any]) -> dict[str, Any]:
        for key in ("owner", "sender", "addressee"):
            name = rule.get(key, "")
            if name.startswith("@"):
                if name[1:] not in bearers:
                    raise PlanFault(f"{folder / 'units.yaml'}: no unit bears the national role '{name[1:]}'")
                rule[key] = bearers[name[1:]]
        return rule

    reporting = _checked(CHAPTERS["reporting"], _read(NATIONAL / "reporting.yaml"), NATIONAL / "reporting.yaml", {})
    started = _checked(
        TypeAdapter(tuple[TaskRule, ...]), _read(NATIONAL / "response.yaml"), NATIONAL / "response.yaml", {}
    )
    recovery = _read(NATIONAL / "recovery.yaml")
    data["reporting"]["rules"] += [bound(rule.model_dump(mode="json")) for rule in reporting.rules]
    data["response"]["started"] += [bound(rule.model_dump(mode="json")) for rule in started]
    data["recovery"]["tasks"] += [bound(rule) for rule in recovery["tasks"]]
    data["recovery"]["casualty_window"] = data["recovery"]["casualty_window"] or recovery["casualty_window"]


def _decisions(file: Path) -> tuple[Decision, ...]:
    if not file.exists():
        return ()
    raw = _read(file)
    decisions: tuple[Decision, ...] = _checked(_DECISIONS, raw, file, raw)
    ids = [decision.id for decision in decisions]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise PlanFault(f"{file}: decision {twice[0]} stands twice")
    return decisions


def _read(file: Path) -> Any:
    try:
        return YAML(typ="rt").load(file.read_text("utf-8"))
    except FileNotFoundError:
        raise PlanFault(f"{file}: expected this chapter of the plan") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlanFault(f"{file}:{line} {str(error.problem).splitlines()[0]}") from None


def _checked(shape: TypeAdapter[Any], data: Any, file: Path, raw: Any) -> Any:
    try:
        return shape.validate_python(data)
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
