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

from plans import references
from plans.decisions import NoSuchPlace, decide, touched
from plans.lines import line_of
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
    """One sentence of a plan that asks something, as its clauses.tsv lists it: `asks` and `deadline` in short English
    words; no deadline: the sentence has none."""

    clause: str
    section: str
    kind: str
    asks: str
    deadline: str = ""


class Loaded(NamedTuple):
    """A plan in both layers: the chapters as they stand, holes included, and the effective whole.

    `raw` are the files' root nodes, whose lines `locate` reads; `clauses` are the ids that may be cited.
    """

    folder: Path
    says: Mapping[str, Any]
    plan: Plan
    raw: Mapping[str, Any]
    clauses: frozenset[str]


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
    """Both layers of the plan in `folder`. Raises `PlanFault`, also for a name of nothing or an id twice."""
    loaded = read(folder)
    chapters = chapters_of(loaded.plan)
    for at, name, expected in references.unknown(chapters, loaded.clauses):
        raise PlanFault(f"{_line(folder, loaded.raw, at)} {at} {name}: expected one of {expected}")
    for at, name in references.twice(chapters):
        raise PlanFault(f"{_line(folder, loaded.raw, at)} {at}: the id '{name}' stands twice")
    return loaded


def read(folder: Path, decided: bool = True) -> Loaded:
    """Both layers, names that lead nowhere and all; without `decided` as if there were no decisions.

    Raises `PlanFault`.
    """
    present = [name for name in CHAPTERS if name not in OPTIONAL or (folder / f"{name}.yaml").exists()]
    files = {name: folder / f"{name}.yaml" for name in present}
    told = {name: _parse(file) for name, file in files.items()}
    raw = {name: node for name, (_, node) in told.items()}
    says = {name: _checked(CHAPTERS[name], told[name][0], files[name], raw[name]) for name in present}
    decisions = _decisions(folder / "decisions.yaml", raw) if decided else ()
    data = _plain(says)
    for decision in decisions:
        try:
            decide(data, decision)
        except NoSuchPlace as fault:
            place = _line(folder, raw, f"decisions/{decision.id}/changes/{fault.change}")
            raise PlanFault(f"{place} decision {decision.id}: {fault}") from None
    _join_national(data, folder)
    try:
        effective = {name: CHAPTERS[name].validate_python(data[name]) for name in present}
    except ValidationError as error:
        raise PlanFault(_misfit(folder, raw, says, decisions, error)) from None
    national, node = _parse(NATIONAL / "grading.yaml")
    plan = Plan(
        name=folder.name,
        about=effective.pop("plan"),
        national=_checked(TypeAdapter(NationalGrading), national, NATIONAL / "grading.yaml", node),
        decisions=decisions,
        silent=tuple(name for name in OPTIONAL if name not in present),
        **effective,
    )
    if both := set(plan.units) & set(plan.posts):
        raise PlanFault(f"{folder / 'posts.yaml'} {min(both)}: a unit has this name already")
    return Loaded(folder, says, plan, raw, clauses(folder) | clauses(NATIONAL))


def chapters_of(plan: Plan) -> dict[str, Any]:
    """The effective plan chapter by chapter, as `Loaded.says` is."""
    told = {name: getattr(plan, "about" if name == "plan" else name) for name in CHAPTERS}
    return {name: chapter for name, chapter in told.items() if name not in plan.silent}


def stages(loaded: Loaded) -> Iterator[tuple[Decision, Mapping[str, Any]]]:
    """The chapters after each decision that changes something, in turn. Where one can't be read without a later one,
    it is passed over."""
    data, at = _plain(loaded.says), dict(loaded.says)
    pending: set[str] = set()
    for decision in loaded.plan.decisions:
        decide(data, decision)
        pending.update(touched(decision))
        try:
            at |= {name: CHAPTERS[name].validate_python(data[name]) for name in pending}
        except ValidationError:
            continue
        if pending:
            pending.clear()
            yield decision, dict(at)


def national_fields() -> Mapping[str, str]:
    """What national rules demand of a report: the words by id."""
    return {item["id"]: item["says"] for item in _read(NATIONAL / "reporting.yaml")["fields"]}


def locate(loaded: Loaded, path: str) -> tuple[str, int]:
    """The file and line of a path, as deep as the files know it: (`response.yaml`, 12). A template has no lines."""
    chapter, *way = path.split("/")
    return (f"{chapter}/{way[0]}", 1) if chapter == "documents" else _find(loaded.raw, path)


def clauses(folder: Path) -> frozenset[str]:
    """The ids of a plan's clauses. Raises `PlanFault`."""
    return frozenset(row.clause for row in clause_rows(folder))


def sections(folder: Path) -> frozenset[str]:
    """The sections of a plan's text. Raises `PlanFault`."""
    return frozenset(row.section for row in clause_rows(folder))


def clause_rows(folder: Path) -> tuple[ClauseRow, ...]:
    """A plan's clauses in order, from its clauses.tsv. Raises `PlanFault`: there are none, or an id stands twice."""
    file = folder / "clauses.tsv"
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            told = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except FileNotFoundError:
        raise PlanFault(f"{file}: expected the plan's clauses") from None
    rows = tuple(
        ClauseRow(row["id"], row["section"], row["kind"], row["requirement_en"], row.get("deadline") or "")
        for row in told
    )
    ids = [row.clause for row in rows]
    if twice := [name for name in ids if ids.count(name) > 1]:
        raise PlanFault(f"{file}: {twice[0]} stands twice")
    return rows


def _find(raw: Mapping[str, Any], path: str) -> tuple[str, int]:
    chapter, *way = path.split("/")
    return f"{chapter}.yaml", line_of(raw.get(chapter), way)


def _line(folder: Path, raw: Mapping[str, Any], path: str) -> str:
    file, line = _find(raw, path)
    return f"{folder / file}:{line}"


def _plain(chapters: Mapping[str, Any]) -> dict[str, Any]:
    """Chapters as plain data, which decisions edit."""
    return {name: CHAPTERS[name].dump_python(chapter, mode="json") for name, chapter in chapters.items()}


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

    reporting = _checked(CHAPTERS["reporting"], _read(NATIONAL / "reporting.yaml"), NATIONAL / "reporting.yaml", None)
    response = _read(NATIONAL / "response.yaml")
    warning = _read(NATIONAL / "warning.yaml")
    recovery = _read(NATIONAL / "recovery.yaml")
    carried = {name for rule in data["reporting"]["rules"] for name in rule.get("covers", ())}
    if unknown := sorted(carried - {rule.id for rule in reporting.rules}):
        raise PlanFault(f"{folder / 'reporting.yaml'} covers {unknown[0]}: expected the id of a national rule")
    data["reporting"]["rules"] += [
        bound(rule.model_dump(mode="json")) for rule in reporting.rules if rule.id not in carried
    ]
    # A report carries both lists; an item that the plan has already is not asked twice.
    fields = data["reporting"]["fields"]
    told = {name for item in fields for name in (item["id"], *item["covers"])}
    fields += [item.model_dump(mode="json") for item in reporting.fields if item.id not in told]
    data["response"]["started"] += [bound(rule) for rule in response["started"]]
    data["response"]["content"] = data["response"]["content"] or response["content"]
    if warning_rules := data.get("warning"):
        warning_rules["content"] = warning_rules["content"] or warning["content"]
    data["recovery"]["tasks"] += [bound(rule) for rule in recovery["tasks"]]
    recovery["casualty_window"]["told"] = bound(recovery["casualty_window"]["told"])
    data["recovery"]["casualty_window"] = data["recovery"]["casualty_window"] or recovery["casualty_window"]


def _decisions(file: Path, raw: dict[str, Any]) -> tuple[Decision, ...]:
    """The decisions, and in `raw` their lines."""
    if not file.exists():
        return ()
    data, raw["decisions"] = _parse(file)
    decisions: tuple[Decision, ...] = _checked(DECISIONS, data, file, raw["decisions"])
    ids = [decision.id for decision in decisions]
    if again := [name for name in ids if ids.count(name) > 1]:
        raise PlanFault(f"{_line(file.parent, raw, f'decisions/{again[0]}')} decision {again[0]} stands twice")
    return decisions


def _misfit(
    folder: Path, raw: Mapping[str, Any], says: Mapping[str, Any], decisions: Sequence[Decision], error: ValidationError
) -> str:
    """Which decision brings what does not fit, and what was expected."""
    data = _plain(says)
    for decision in decisions:
        decide(data, decision)
        for name in touched(decision):
            try:
                CHAPTERS[name].validate_python(data[name])
            except ValidationError as misfit:
                place = _line(folder, raw, f"decisions/{decision.id}")
                return f"{place} decision {decision.id}: {name}.{_first(misfit)}"
    return f"{folder}: {_first(error)}"


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _read(file: Path) -> Any:
    """What a file holds."""
    return _parse(file)[0]


def _parse(file: Path) -> tuple[Any, Any]:
    """What a file holds, and its root node. Raises `PlanFault`."""
    yaml = YAML(typ="safe")
    try:
        node = yaml.compose(file.read_text("utf-8"))
        return (yaml.constructor.construct_document(node) if node is not None else None), node
    except FileNotFoundError:
        raise PlanFault(f"{file}: expected this chapter of the plan") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PlanFault(f"{file}:{line} {str(error.problem).splitlines()[0]}") from None


def _checked(shape: TypeAdapter[Any], data: Any, file: Path, node: Any) -> Any:
    try:
        return shape.validate_python(data)
    except ValidationError as error:
        raise PlanFault(_where(error, file, node)) from None


def _where(error: ValidationError, file: Path, node: Any) -> str:
    """One line for the first fault: the deepest place of its path that the file knows."""
    line = line_of(node, [str(key) for key in error.errors()[0]["loc"]])
    return f"{file}:{line} {_first(error)}"
