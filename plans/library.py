"""Reading plans from their folders: what a plan says, our decisions applied, national rules joined in.

YAML 1.2: a duplicate key is a fault. A fault names the file, the line and the key, and what was expected.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from plans import walk
from plans.schema import (
    About,
    CommandRules,
    Decision,
    Disposal,
    Grading,
    Group,
    GroupId,
    NationalGrading,
    NoticeRules,
    Outside,
    Plan,
    Post,
    Preparedness,
    RecoveryRules,
    ReleaseRules,
    Reporting,
    ResponseRules,
    TerminationRules,
    Unit,
    WarningRules,
    Work,
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
    "groups": TypeAdapter(dict[GroupId, Group]),
    "warning": TypeAdapter(WarningRules),
    "release": TypeAdapter(ReleaseRules),
    "preparedness": TypeAdapter(Preparedness),
    "outside": TypeAdapter(tuple[Outside, ...]),
}
"""A file for each chapter, `NAME.yaml`."""

OPTIONAL = ("groups", "warning", "release", "preparedness", "outside")
"""Chapters that a plan may do without."""

DECISIONS = TypeAdapter(tuple[Decision, ...])


class PlanFault(ValueError):
    """A plan can't be read; the message is one line: file, line, key, and what was expected."""


class NoSuchPlan(LookupError):
    """Neither a shipped plan nor a folder."""


class ClauseRow(NamedTuple):
    """One sentence of a plan that asks something, as its clauses.tsv lists it: `asks` in short English words."""

    clause: str
    section: str
    kind: str
    asks: str


class Loaded(NamedTuple):
    """A plan in both layers: the chapters as they stand, holes included, and the effective whole.

    `raw` is what the files hold, with the lines that `locate` reads.
    """

    says: Mapping[str, Any]
    plan: Plan
    raw: Mapping[str, Any]


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
    present = [name for name in CHAPTERS if name not in OPTIONAL or (folder / f"{name}.yaml").exists()]
    raw = {name: _read(folder / f"{name}.yaml") for name in present}
    says = {name: _checked(CHAPTERS[name], raw[name], folder / f"{name}.yaml", raw[name]) for name in present}
    decisions = _decisions(folder / "decisions.yaml")
    data = {name: CHAPTERS[name].dump_python(says[name], mode="json") for name in present}
    for decision in decisions:
        for change in decision.changes:
            _apply(data, change.at, change.to, decision.id)
    _join_national(data, folder)
    effective = {name: _checked(CHAPTERS[name], data[name], folder / "decisions.yaml", {}) for name in present}
    national = _read(NATIONAL / "grading.yaml")
    plan = Plan(
        name=folder.name,
        about=effective.pop("plan"),
        national=_checked(TypeAdapter(NationalGrading), national, NATIONAL / "grading.yaml", national),
        decisions=decisions,
        silent=tuple(name for name in OPTIONAL if name not in present),
        **effective,
    )
    known = clauses(folder) | clauses(NATIONAL)
    for fault in (*_unknown_clauses(plan, known), *_unknown_names(plan), *_twice(plan)):
        raise PlanFault(f"{folder}: {fault}")
    return Loaded(says, plan, raw)


def locate(loaded: Loaded, path: str) -> tuple[str, int]:
    """The file and line of a path, as deep as the files know it: (`response.yaml`, 12)."""
    chapter, *way = path.split("/")
    at, line = loaded.raw.get(chapter), 1
    for key in way:
        if isinstance(at, Sequence) and not isinstance(at, str):
            number = next((n for n, item in enumerate(at) if walk.key_of(item, n) == key), None)
            if number is None:
                break
            line, at = at.lc.data[number][0] + 1, at[number]  # type: ignore[attr-defined]  # ruamel's own
        elif isinstance(at, Mapping) and key in at:
            line, at = at.lc.data[key][0] + 1, at[key]  # type: ignore[attr-defined]  # ruamel's own
        else:
            break
    return f"{chapter}.yaml", line


def clauses(folder: Path) -> frozenset[str]:
    """The ids of a plan's clauses. Raises `PlanFault`."""
    return frozenset(row.clause for row in clause_rows(folder))


def clause_rows(folder: Path) -> tuple[ClauseRow, ...]:
    """A plan's clauses in order, from its clauses.tsv. Raises `PlanFault`: there are none, or an id stands twice."""
    file = folder / "clauses.tsv"
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            told = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except FileNotFoundError:
        raise PlanFault(f"{file}: expected the plan's clauses") from None
    rows = tuple(ClauseRow(row["id"], row["section"], row["kind"], row["requirement_en"]) for row in told)
    ids = [row.clause for row in rows]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise PlanFault(f"{file}: {twice[0]} stands twice")
    return rows


def _unknown_clauses(plan: Plan, known: frozenset[str]) -> Iterator[str]:
    for path, part in walk.elements(plan):
        for field, clause in walk.cited(part):
            if clause not in known:
                yield f"{path}/{field} {clause}: expected one of clauses.tsv"
    for outside in plan.outside:
        if outside.clause not in known:
            yield f"outside {outside.clause}: expected one of clauses.tsv"


def _unknown_names(plan: Plan) -> Iterator[str]:
    """Units, posts and groups that a chapter names and the plan does not have."""
    known = {"unit": set(plan.units), "post": set(plan.posts), "group": set(plan.groups)}
    if both := known["unit"] & known["post"]:
        yield f"posts/{min(both)}: a unit has this name already"
    for path, part in walk.elements(plan):
        for field, kinds, name in walk.references(part):
            if not any(name in known[kind] for kind in kinds):
                yield f"{path}/{field} {name}: expected one of {' or '.join(f'{kind}s.yaml' for kind in sorted(kinds))}"


def _twice(plan: Plan) -> Iterator[str]:
    """Ids of work that stand twice: a task is known by its rule's id alone."""
    seen: set[str] = set()
    for path, part in walk.elements(plan):
        if isinstance(part, Work):
            if part.id in seen:
                yield f"{path}: the id '{part.id}' stands twice"
            seen.add(part.id)


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
    response = _read(NATIONAL / "response.yaml")
    warning = _read(NATIONAL / "warning.yaml")
    recovery = _read(NATIONAL / "recovery.yaml")
    data["reporting"]["rules"] += [bound(rule.model_dump(mode="json")) for rule in reporting.rules]
    # A report carries both lists; an item that the plan has already is not asked twice.
    told = {item["id"] for item in data["reporting"]["fields"]}
    data["reporting"]["fields"] += [item.model_dump(mode="json") for item in reporting.fields if item.id not in told]
    data["response"]["started"] += [bound(rule) for rule in response["started"]]
    data["response"]["content"] = data["response"]["content"] or response["content"]
    if warning_rules := data.get("warning"):
        warning_rules["content"] = warning_rules["content"] or warning["content"]
    data["recovery"]["tasks"] += [bound(rule) for rule in recovery["tasks"]]
    data["recovery"]["casualty_window"] = data["recovery"]["casualty_window"] or recovery["casualty_window"]


def _decisions(file: Path) -> tuple[Decision, ...]:
    if not file.exists():
        return ()
    raw = _read(file)
    decisions: tuple[Decision, ...] = _checked(DECISIONS, raw, file, raw)
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
        for number, item in enumerate(at):
            if walk.key_of(item, number) == key:
                return item
    raise PlanFault(f"decision {decision}: at {path}: no '{key}' there")
