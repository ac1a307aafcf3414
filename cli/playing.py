"""A case as it is played, for a person who watches: what happened, and what came of it.

Each line says where it comes from: the accident's public record (史实), the script (编排), simulated people (模拟), or
the system itself (系统), as time passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.text import Text

from activities.drill import DRILL_MARK
from cli.entries import entry_words
from cli.language import said
from cli.showing import Names, chart_word
from drills.player import Refused, Scene
from incidents.logbook import Entry
from plans.schema import Plan

LONG_JUMP = timedelta(hours=3)
LONGEST = 96
"""A line has at most so many signs: more is not read while it passes."""

_ONE_BY_ONE = (
    "warning_opened",
    "warning_published",
    "became_accident",
    "opened",
    "command_passed",
    "command_taken",
    "approval_answered",
    "level_ordered",
    "onsite_hq_formed",
    "instruction_received",
    "release_published",
    "rescue_suspended",
    "rescue_resumed",
    "signature_attached",
    "end_approved",
    "withdrawn",
    "superior_ended",
    "response_lifted",
    "archived",
    "archive_written",
    "closed",
)
"""Entries that are told in words; of the others only how many there were, or nothing."""

_BAD, _GOOD, _QUIET = "red", "green", "dim"


class Teller:
    """Tells the scenes of one case; `shift` is by how much its times are moved."""

    def __init__(self, plan: Plan, shift: timedelta) -> None:
        self.names = Names(plan)
        self._zone = ZoneInfo(plan.about.jurisdiction.time_zone)
        self._shift = shift
        self._due: dict[str, datetime] = {}
        self._day = self._grade = ""
        self._jumped = timedelta()

    def clock(self, at: datetime) -> str:
        """An instant of the case."""
        return f"{at.astimezone(self._zone):%m-%d %H:%M}"

    def case_time(self, at: datetime) -> str:
        """An instant of the incident's own log, as the case tells time."""
        return self.clock(at - self._shift)

    def lines(self, scene: Scene) -> Iterator[Text]:
        """What a scene is worth telling."""
        self._learn(scene)
        self._jumped += scene.jump
        told = [*self._effects(scene), *map(_refused, scene.refused)]
        if not told and scene.line is None:
            return
        yield from self._time_passed(scene.at)
        if scene.line is not None:
            made = _made(scene)
            head, rest = Text(said(scene.line.says, scene.line.en), style="bold"), told
        else:
            made = said("模拟", "simulated") if scene.people else said("系统", "system")
            head, *rest = told
        width = said("    ", " " * 9)
        mark = (f"{made}{width[len(made.encode('gb18030')) :]}", "cyan")
        yield Text.assemble(f"{scene.at.astimezone(self._zone):%H:%M}  ", mark, "  ", head)
        for text in rest:
            yield Text.assemble(" " * 9 + width, text)

    def _learn(self, scene: Scene) -> None:
        self.names.learn(scene.entries)
        for entry in scene.entries:
            for clock in entry.data.get("clocks", ()):
                self._due[clock["id"]] = datetime.fromisoformat(clock["due_at"])

    def _time_passed(self, at: datetime) -> Iterator[Text]:
        if self._jumped >= LONG_JUMP:
            yield Text(said(f"… {length(self._jumped)}后", f"... {length(self._jumped)} later"), style=_QUIET)
        self._jumped = timedelta()
        if (day := f"{at.astimezone(self._zone):%Y-%m-%d}") != self._day:
            self._day = day
            yield Text(f"── {day} ──", style="bold")

    def _effects(self, scene: Scene) -> Iterator[Text]:
        counts: Counter[str] = Counter()
        for entry in scene.entries:
            match entry.kind:
                case "graded":
                    yield from self._graded(entry)
                case "notice_issued":
                    yield self._notice(entry)
                case "clock_overdue" | "clock_missed" | "clock_done":
                    yield from self._clock(entry)
                case "notice_answered":
                    counts["answers"] += len(entry.data["units"])
                case "notice_chased":
                    counts["again"] += len(entry.data["again"])
                    if entry.data["unreached"]:
                        lost = said("、", ", ").join(self.names.of(unit) for unit in entry.data["unreached"])
                        yield Text(said(f"渠道用尽，未联系上：{lost}", f"every channel tried, unreached: {lost}"), _BAD)
                case "task_moved":
                    counts["tasks"] += 1
                case "tasks_given":
                    counts["given"] += len(entry.data["tasks"])
                case "group_formed":
                    counts["groups"] += 1
                case kind if kind in _ONE_BY_ONE:
                    yield Text(_short(entry_words(entry, self.names)))
        if told := [_counted(name, n) for name, n in counts.items() if n]:
            yield Text(said("，", ", ").join(told), _QUIET)

    def _graded(self, entry: Entry) -> Iterator[Text]:
        computed, standing, may_be = (entry.data[name] for name in ("computed", "standing", "may_be"))
        told = said(f"等级 计算 {computed} · 现行 {standing}", f"grade computed {computed} · standing {standing}")
        if may_be != computed:
            told += said(f" · 若属实可能 {may_be}", f" · may be {may_be} if true")
        if told != self._grade:
            self._grade = told
            yield Text(told, style="yellow")

    def _notice(self, entry: Entry) -> Text:
        units = entry.data["units"]
        return Text(_short(said(f"→ {len(units)} 方：", f"→ {len(units)}: ") + DRILL_MARK + entry.data["text"]))

    def _clock(self, entry: Entry) -> Iterator[Text]:
        name, due = entry.data["clock"], self._due.get(entry.data["clock"])
        clock = self.names.clock(name)
        if due is None:
            return
        if entry.kind == "clock_overdue":
            words = said(
                f"时限已过：{clock}（应于 {self.case_time(due)}）", f"overdue: {clock} ({self.case_time(due)})"
            )
        elif entry.kind == "clock_missed":
            words = said(f"未办：{clock}，至归档仍无", f"missed: {clock}, not done by the archive")
        elif entry.true_at > due:
            words = said(f"迟办 {length(entry.true_at - due)}：{clock}", f"{length(entry.true_at - due)} late: {clock}")
        else:
            left = length(due - entry.true_at)
            yield Text(said(f"按时（余 {left}）：{clock}", f"in time ({left} left): {clock}"), style=_GOOD)
            return
        yield Text(words, style=_BAD)


def _made(scene: Scene) -> str:
    """Where the line of a scene comes from, or what became of it."""
    if scene.left:
        return said("应办", "expected") if scene.left == "people" else said("略过", "skipped")
    return said("史实", "record") if scene.line and scene.line.source == "record" else said("编排", "scripted")


def _refused(one: Refused) -> Text:
    return Text(said(f"未受理：{one.refusal.zh}", f"refused: {one.refusal.reason}"), style="bold red")


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"


def _counted(name: str, n: int) -> str:
    words = {
        "groups": said(f"工作组 {n} 个", f"groups {n}"),
        "given": said(f"下达任务 {n} 项", f"tasks given {n}"),
        "answers": said(f"答复 {n} 方", f"answered {n}"),
        "again": said(f"未答，换渠道再叫 {n} 方", f"silent {n}, tried by the next channel"),
        "tasks": said(f"任务办结 {n} 项", f"tasks done {n}"),
    }
    return words[name]


def standing(scene: Scene, teller: Teller) -> str:
    """One line for the bar beneath: the case's time, phase, level, who commands, the figures."""
    record = scene.record
    figures = record.figures()
    dead, missing = figures.get("deaths", 0), figures.get("missing", 0)
    told = (
        teller.clock(scene.at),
        chart_word("lifecycle", record.phase),
        said(f"{record.level}级响应", f"level {record.level}") if record.level else said("未启动", "no level"),
        teller.names.of(record.commander.post) if record.commander else "",
        said(f"遇难 {dead} 失踪 {missing}", f"{dead} dead, {missing} missing"),
    )
    return "  ".join(told)


def length(span: timedelta) -> str:
    """How long, in two units at most."""
    minutes = round(span.total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return said(f"{days} 天 {hours} 小时", f"{days} d {hours} h") if hours else said(f"{days} 天", f"{days} d")
    if hours:
        return said(f"{hours} 小时 {rest} 分", f"{hours} h {rest} min") if rest else said(f"{hours} 小时", f"{hours} h")
    return said(f"{minutes} 分", f"{minutes} min")
