"""How an incident is shown to a person at a terminal: what must be done first, then where everything stands; the log as
a table with times, post, form, clause and lateness. Units and posts go by the plan's own names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from cli.entries import entry_words
from cli.language import said
from cli.ledger import ledger
from incidents.lateness import Statement
from incidents.logbook import Entry
from plans import walk
from plans.schema import Plan, Work
from plans.vocabulary import WORDS
from statecharts.drawing import CHARTS

Local = Callable[[datetime], str]
"""How an instant is written for people here."""

SOON = 7
"""At most so many next things: more is not read at night."""

_CHARTS = {chart.name: chart for chart in CHARTS}
_HOW = {
    "presumed": "推定",
    "arrived": "到场即任",
    "named": "指定",
    "declared": "会上宣布",
    "ordered": "命令",
    "deviation": "偏离预案",
}
_CLOCKS = ("overdue", "due_soon", "running")
_FORMS = {"in_system": ("系统内", "in system"), "oral": ("口头", "oral"), "paper": ("纸面", "paper")}
_FORMS |= {"elsewhere": ("别处", "elsewhere")}


class Names:
    """What the plan calls its units, posts and tasks; without the plan, their ids."""

    def __init__(self, plan: Plan | None) -> None:
        self._named: dict[str, str] = {}
        self._reports: dict[str, str] = {}
        self._works: dict[str, str] = {}
        if plan is not None:
            self._named |= {name: unit.name for name, unit in plan.units.items()}
            self._named |= {name: post.title for name, post in plan.posts.items()}
            self._named |= {name: group.name for name, group in plan.groups.items()}
            self._works = dict(_works(plan))
            self._reports = {rule.id: rule.en for rule in plan.reporting.rules if rule.en}
        self._clocks: dict[str, str] = {}
        self.title = plan.about.title if plan is not None else ""

    def learn(self, entries: Iterable[Entry]) -> None:
        """What the deadlines of a log are called."""
        for entry in entries:
            for clock in entry.data.get("clocks", ()):
                self._clocks[clock["id"]] = said(clock["says"], self._reports.get(clock.get("rule", ""), clock["says"]))

    def of(self, name: str | None) -> str:
        """A unit, post or group by name."""
        return self._named.get(name or "", name or "")

    def all(self, names: str) -> str:
        """Several, told as `a,b`."""
        return said("、", ", ").join(self.of(name) for name in names.split(","))

    def clock(self, clock: str) -> str:
        """What a deadline asks, by its id."""
        return self._clocks.get(clock, clock)

    def work(self, task: str) -> str:
        """What a task asks, by its id."""
        rule = task.rpartition("-")[0] if task.rpartition("-")[2].isdigit() else task
        return self._works.get(task) or self._works.get(rule) or task


def chart_word(chart: str, state: str) -> str:
    """A state of a chart as people say it."""
    zh = _CHARTS[chart].zh if chart in _CHARTS else {}
    return said(zh.get(state, state), state.replace("_", " "))


_STATES = {
    "yes": ("同意", "yes"),
    "no": ("不同意", "no"),
    "waiting": ("等候", "waiting"),
    "next": ("随后", "next"),
}
_WHAT = {
    "level": ("响应", "response"),
    "extension": ("响应延期", "extension"),
    "scene_end": ("结束现场处置", "scene end"),
    "lift": ("解除响应", "lifting"),
    "release": ("信息发布", "release"),
    "warning": ("发布预警", "warning"),
    "warning_adjust": ("调整预警", "warning adjusted"),
    "warning_lift": ("解除预警", "warning lifted"),
    "warning_ahead": ("预先授权", "prior authorisation"),
}


def matter(act: Mapping[str, Any]) -> str:
    """What an approval lets go out, and at which of its stages it stands."""
    what, _, level = str(act["what"]).partition(" ")
    words = said(*_WHAT[what])
    named = said(f"{level}级{words}", f"level {level} {words}") if level else words
    return f"{named} {_stage(act)}"


def form_words(form: str | None) -> str:
    """How a decision was given."""
    return said(*_FORMS[form]) if form else ""


def incident(told: Mapping[str, Any], names: Names, local: Local, console: Console) -> None:
    """The whole incident."""
    for line in _head(told, names, local):
        console.print(line, highlight=False, soft_wrap=True)
    if next_things := list(_next(told, names, local))[:SOON]:
        console.print(said("\n接下来", "\nNext"), style="bold")
        for thing in next_things:
            console.print(f"  {thing}", highlight=False, soft_wrap=True)
    _print(console, said("伤亡台账", "Casualty ledger"), ledger(told["ledger"], local))
    _print(console, said("审批", "Approvals"), _approvals(told, names, local))
    _print(console, said("时限", "Deadlines"), _clocks(told, names, local))
    _print(console, said("通知", "Notices"), _notices(told, names))
    _print(console, said("任务", "Tasks"), _tasks(told, names, local))


def late(told: Statement, names: Names, local: Local) -> Iterator[str]:
    """A statement on a late report, in lines."""
    clock = told.clock
    by = said(f"迟 {told.late_by}", f"late by {told.late_by}") if told.late_by else said("尚未报出", "not sent yet")
    yield f"{clock.id}  {clock.says}  {by}"
    for one in told.instants:
        yield f"  {local(one.at)}  {said(one.says, one.en)} {one.by}".rstrip()
    if told.longest:
        first, last = told.longest
        yield said(
            f"  用时最长：{first.says}至{last.says}（{last.at - first.at}）",
            f"  longest: from {first.en} to {last.en} ({last.at - first.at})",
        )
    yield said(f"  整改：{told.remedy or '待填写'}", f"  remedy: {told.remedy or 'to be filled in'}")


def _head(told: Mapping[str, Any], names: Names, local: Local) -> Iterator[str]:
    mark = said("【演练】", "[drill] ") if told["kind"] == "drill" else ""
    yield f"{mark}{told['id']}  {names.title or told['plan']}"
    facts = told.get("facts") or {}
    if facts:
        yield f"{facts['place']['name']} {facts['enterprise']}：{facts['summary']}"
    if told["intakes"]:
        calls = [f"{item['intake']} {local(datetime.fromisoformat(item['received_at']))}" for item in told["intakes"]]
        yield said("接报 ", "intakes ") + said("、", ", ").join(calls)
    level, phase = told["level"], chart_word("lifecycle", told["phase"])
    standing = said(f"{level}级响应", f"level {level}") if level else said("未启动响应", "no response started")
    yield said(f"阶段 {phase}  {standing}", f"phase {phase}  {standing}")
    if told["warning"]:
        yield from _warning(told["warning"], local)
    if facts:
        computed, stands, statutory = told["grade_computed"], told["grade_standing"], told["statutory_grade"]
        yield said(
            f"等级 计算 {computed} / 现行 {stands} / 法定 {statutory}",
            f"grade computed {computed} / standing {stands} / statutory {statutory}",
        )
        if told["grade_may_be"] != computed:
            may_be, late = told["grade_may_be"], bool(told["frozen"])
            yield said(
                f"未核实{'或补报期后的' if late else ''}数据若属实，可能达到 {may_be}级",
                f"may be grade {may_be}, if unverified{' or late' if late else ''} counts hold",
            )
    yield from _scene(told, names, local)
    for item in told["departures"]:
        clauses = "、".join(item["clauses"])
        yield said(
            f"偏离/异议 第 {item['seq']} 条 {item['says']} {clauses}",
            f"departure {item['seq']}: {item['says']} {clauses}",
        )


def _scene(told: Mapping[str, Any], names: Names, local: Local) -> Iterator[str]:
    """Who commands, who only guides, whether the rescue stands still, which groups work, what was instructed."""
    if commander := told["commander"]:
        who = f"{names.of(commander['post'])} {commander['user'] or ''}".rstrip()
        since = local(datetime.fromisoformat(commander["since"]))
        how = said(_HOW.get(commander["how"], commander["how"]), commander["how"])
        yield said(f"现场指挥 {who}（{how}，{since} 起）", f"on-scene command {who} ({how}, since {since})")
    for guide in told["guiding"]:
        who = f"{names.of(guide['post'])} {guide['user']}"
        yield said(f"到场指导（不接管） {who}", f"guides, takes nothing over: {who}")
    for item in told["suspensions"]:
        if not item["resumed_at"]:
            state = chart_word("rescue", told["rescue"])
            yield f"{said('救援', 'rescue')} {state} {item['id']} {item['danger']} {item['scope']}".rstrip()
    if told["onsite_hq"]:
        for name, team in told["onsite_hq"]["groups"].items():
            lead = names.of(team["lead"])
            yield said(f"工作组 {names.of(name)} 牵头 {lead}", f"group {names.of(name)} led by {lead}")
    for item in told["instructions"]:
        state = chart_word("instruction", item["state"])
        whose = f"{names.of(item['post'])} {item['leader']}"
        yield f"{said('指示', 'instruction')} {item['id']} {state} {whose} {item['words']}"
    if alarm := told["false_alarm"]:
        second = alarm["confirmed_by"] or said("待第二人确认", "no second person yet")
        yield said(
            f"误报 {alarm['reason']}（{alarm['found_by']}）{second}", f"false alarm: {alarm['reason']} ({second})"
        )
    yield from _reports(told, local)
    for release in told["releases"]:
        state = said("已发布", "published") if release["published_at"] else said("待发布", "not published")
        publisher = names.of(release["publisher"])
        yield f"{said('信息', 'release')} {release['id']} {publisher} {state} {release['correction'] or ''}"


def _reports(told: Mapping[str, Any], local: Local) -> Iterator[str]:
    """Who presses from above, which receipts are disputed, and what has moved since a report's figures were frozen."""
    for chaser in told["chasers"]:
        if not chaser["answered_at"]:
            words = f"{chaser['id']} {chaser['by']}：{chaser['words']}"
            yield said(f"上级催报（待答复） {words}", f"chased from above, not answered: {words}")
    for clock in told["clocks"]:
        if "disputed" in clock:
            words = f"{clock['id']} {clock['disputed']}"
            yield said(f"回执有争议 {words}", f"receipt disputed: {words}")
    for report in told["reports"]:
        moved = [f"{said(WORDS[name], name)} {old}→{new}" for name, (old, new) in report["since"].items()]
        if moved:
            as_at, since = local(datetime.fromisoformat(report["as_at"])), said("、", ", ").join(moved)
            yield said(f"{report['id']}（截至 {as_at}）之后：{since}", f"since {report['id']} (as at {as_at}): {since}")


def _warning(told: Mapping[str, Any], local: Local) -> list[str]:
    """A warning in lines: where it stands and until when, each text, what one person did and nobody has confirmed."""
    ends = local(datetime.fromisoformat(told["ends_at"])) if told["ends_at"] else ""
    until = said(f"  至 {ends}", f"  until {ends}") if ends else ""
    state, colour = chart_word("warning", told["state"]), said(WORDS[told["colour"]], told["colour"])
    lines = [said(f"预警 {colour}  {state}{until}", f"warning {colour}  {state}{until}")]
    for edition in told["editions"]:
        given = f"{edition['number_given']} {said('、', ', ').join(edition['channels'])}"
        receipt = given if edition["published_at"] else said("未发布", "not published")
        by = edition["submitted_by"] or "—"
        n, does, hue = edition["number"], _does(edition["does"]), said(WORDS[edition["colour"]], edition["colour"])
        mark = said("  尚未审定", "  not determined yet") if n in told["not_determined"] else ""
        lines.append(
            said(f"  第{n}版 {hue} {does}  报送 {by}  ", f"  edition {n} {hue} {does}  by {by}  ") + receipt + mark
        )
    for one in told["corrections"]:
        second = one["confirmed_by"] or said("第二人尚未确认", "no second person yet")
        lines.append(f"  {one['id']} {_does(one['does'])} {one['by']}  {second}  {one['reason']}")
    return lines


def _does(act: str) -> str:
    """What an edition or a correction does in public."""
    return said(_DOES[act], act)


_DOES = {"issue": "发布", "adjust": "调整", "lift": "解除", "correct": "更正", "withdraw": "撤回"}


def _next(told: Mapping[str, Any], names: Names, local: Local) -> Iterator[str]:
    """What waits for somebody, the most pressing first."""
    clocks = [clock for clock in told["clocks"] if clock["verdict"] in _CLOCKS]
    for clock in sorted(clocks, key=lambda clock: (_CLOCKS.index(clock["verdict"]), clock["due_at"])):
        if clock["verdict"] != "running":
            due, verdict = local(datetime.fromisoformat(clock["due_at"])), chart_word("clock", clock["verdict"])
            yield f"{verdict} {due}  {clock['says']} → {names.of(clock['to'])}  ({clock['id']})"
    for act in told["approvals"]:
        if act["state"] == "waiting":
            yield said("待", "waits: ") + f"{matter(act)} {act['id']} {names.all(act['post'])}"
    for act in told["approvals"]:
        if act["hand"] == "unsigned":
            yield said(f"待补签：{act['id']} {act['user']}", f"to be signed: {act['id']} {act['user']}")
    for notice in told["notices"]:
        lost = [names.of(r["unit"]) for r in notice["recipients"] if r["state"] == "unreached"]
        if lost:
            yield said(f"未联系上（{notice['id']}）：", f"unreached ({notice['id']}): ") + "、".join(lost)
    for task in told["tasks"]:
        if task["state"] == "asked":
            yield said("是否需要：", "needed? ") + f"{names.work(task['id'])}  ({task['id']})"
    for clock in sorted(clocks, key=lambda clock: str(clock["due_at"])):
        if clock["verdict"] == "running":
            yield f"{local(datetime.fromisoformat(clock['due_at']))}  {clock['says']} → {names.of(clock['to'])}"


def _stage(act: Mapping[str, Any]) -> str:
    return {"decide": said("决定", "decision"), "sign": said("签发", "signature")}[str(act["stage"])]


def _approvals(told: Mapping[str, Any], names: Names, local: Local) -> Table:
    heads = said("号 事项 结果 岗位 谁 形式 何时 签字", "no. matter state post who form when hand").split()
    table = Table(*heads, box=None, pad_edge=False)
    for act in told["approvals"]:
        at = local(datetime.fromisoformat(act["at"])) if act["at"] else ""
        hand = chart_word("hand", act["hand"]) if act["hand"] else ""
        state = said(*_STATES[act["state"]]) if act["state"] in _STATES else chart_word("approval", act["state"])
        who = names.all(act["post"]), act["user"] or ""
        table.add_row(act["id"], matter(act), state, *who, form_words(act["form"]), at, hand)
    return table


def _clocks(told: Mapping[str, Any], names: Names, local: Local) -> Table:
    heads = said("结论 到期 完成 事项 报送 号 条款", "verdict due done what to no. clause").split()
    table = Table(*heads, box=None, pad_edge=False)
    for clock in sorted(told["clocks"], key=lambda clock: str(clock["due_at"])):
        done = local(datetime.fromisoformat(clock["done_at"])) if clock["done_at"] else ""
        due = local(datetime.fromisoformat(clock["due_at"]))
        verdict = chart_word("clock", clock["verdict"])
        style = {"overdue": "bold red", "late": "red", "missed": "red", "due_soon": "yellow"}.get(clock["verdict"], "")
        to = names.of(clock["to"])
        table.add_row(verdict, due, done, clock["says"], to, clock["id"], clock["clause"], style=style)
    return table


def _notices(told: Mapping[str, Any], names: Names) -> Table:
    table = Table(
        *said("通知 单位 状态 渠道 答复", "notice unit state channel answered-by").split(), box=None, pad_edge=False
    )
    for notice in told["notices"]:
        for number, one in enumerate(notice["recipients"]):
            state = chart_word("notice", one["state"])
            table.add_row(
                "" if number else notice["id"], names.of(one["unit"]), state, one["channel"], one["answered_by"]
            )
    return table


def _tasks(told: Mapping[str, Any], names: Names, local: Local) -> Table:
    table = Table(
        *said("状态 单位 任务 号 期限 条款", "state unit task no. due clauses").split(), box=None, pad_edge=False
    )
    for task in told["tasks"]:
        due = local(datetime.fromisoformat(task["due_at"])) if task["due_at"] else ""
        state, owner = chart_word("task", task["state"]), names.of(task["owner"])
        table.add_row(state, owner, names.work(task["id"]), task["id"], due, " ".join(task["clauses"]))
    return table


def _print(console: Console, title: str, table: Table) -> None:
    if table.row_count:
        console.print(f"\n{title}", style="bold")
        console.print(table)


def log(entries: Iterable[Entry], names: Names, local: Local) -> Table:
    """The log as a table: number, when known (and when true, where that differs), who, what, clauses, lateness."""
    heads: Sequence[Column | str] = [
        *said("号 时间 谁", "no. time who").split(),
        Column(said("记录", "entry"), ratio=3),
        Column(said("条款", "clauses"), ratio=1),
        said("迟", "late"),
    ]
    table = Table(*heads, box=None, pad_edge=False, expand=True)
    entries = list(entries)
    names.learn(entries)
    due = dues(entries)
    for entry in entries:
        table.add_row(*row(entry, names, local, due))
    return table


def dues(entries: Iterable[Entry]) -> dict[str, datetime]:
    """When each deadline of a log was due."""
    started = (clock for entry in entries for clock in entry.data.get("clocks", ()))
    return {clock["id"]: datetime.fromisoformat(clock["due_at"]) for clock in started}


def row(entry: Entry, names: Names, local: Local, due: Mapping[str, datetime]) -> tuple[str, ...]:
    """One line of the log."""
    time = local(entry.known_at)
    if abs(entry.true_at - entry.known_at) >= timedelta(minutes=1):
        time += said(f"\n实为 {local(entry.true_at)}", f"\ntrue {local(entry.true_at)}")
    who = said("系统", "system") if entry.user == "system" else f"{entry.user}\n{names.of(entry.post)}"
    act = entry.data.get("act", {})
    zh, en = _FORMS.get(act.get("form", ""), ("", ""))
    form = said(f"（{zh}）", f" ({en})") if zh else ""
    late = ""
    clock = str(entry.data.get("clock", ""))
    if entry.kind in ("clock_done", "clock_overdue", "clock_missed") and clock in due and entry.true_at > due[clock]:
        late = _length(entry.true_at - due[clock])
    return str(entry.seq), time, who, entry_words(entry, names) + form, " ".join(entry.clauses), late


def _length(late: timedelta) -> str:
    minutes = int(late.total_seconds() // 60)
    return f"{minutes // 60}h{minutes % 60:02}m" if minutes >= 60 else f"{minutes}m"


def _works(plan: Plan) -> Iterator[tuple[str, str]]:
    for _, part in walk.elements(plan):
        if isinstance(part, Work):
            yield part.id, said(part.says, part.en or part.says)
