"""Accidents and warnings as they are recorded and rehearsed: what is said, by whom, how long after the opening.

A scene yields its steps and reads, between two steps, what time it is and where the incident stands. It names no count
and no order of the plan's own lists, so that a plan that grows changes the recording and not the scene.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client import Token
from incidents.assessing import OpenWarning
from incidents.command import Command
from incidents.facts import Open
from incidents.incident import COMMANDS
from incidents.record import Kind, Record
from plans import registry
from plans.schema import Plan
from statecharts.clock import OPEN as OPEN_CLOCKS
from statecharts.task import OPEN as OPEN_TASKS
from tests import onscene, ordinary
from tests.ordinary import DEPUTY, OFFICER, Said
from workflows.messages import Carried

HEAD, OUTSIDER, SECOND = "hq_head", "city_government_leader", "second_officer"
CHIEF, EXECUTIVE = "commander_in_chief", "executive_deputy_commander_in_chief"
HOLDERS = {
    OFFICER: "li.ming",
    SECOND: "zhuoma",
    DEPUTY: "wang.qiang",
    HEAD: "suolang",
    CHIEF: "pingcuo",
    OUTSIDER: "liu.yang",
    EXECUTIVE: "duji",
}


class Refused(NamedTuple):
    """A command that must be refused."""

    said: Said


class Again(NamedTuple):
    """The command that was said so many commands ago is sent once more, under its own id."""

    back: int


class Answers(NamedTuple):
    """A unit answers a notice."""

    notice: str
    unit: str


class Until(NamedTuple):
    """Time passes until so long after the opening."""

    after: timedelta


Step = Said | Refused | Again | Answers | Until


class View:
    """What a scene sees between two steps; whoever plays it keeps this fresh."""

    now: datetime
    record: Record

    def __init__(self, plan: Plan) -> None:
        self.plan = plan


class Scene(NamedTuple):
    """One incident: `facts` gives its first report, from the instant of the opening; or the assessment of a danger."""

    name: str
    kind: Kind
    facts: Callable[[datetime], dict[str, Any]]
    play: Callable[[View], Iterator[Step]]
    roll_over_after: int | None = None
    warns: bool = False
    """It begins as a warning."""

    def opening(self, plan: Plan, now: datetime) -> tuple[Carried, Command]:
        """What the incident's workflow is started with, and the command that opens it."""
        start = Record(id=self.name, kind=self.kind, plan=plan.name, plan_hash=registry.put(plan))
        begins, field = (OpenWarning, "assessment") if self.warns else (Open, "facts")
        asked = {"kind": start.kind, "plan": start.plan, "plan_hash": start.plan_hash, field: self.facts(now)}
        carried = Carried(record=start, roll_over_after=self.roll_over_after)
        return carried, token(OFFICER).sign(self.name, begins, "c-0", **asked)


class Speaker:
    """Signs what is said in one scene, and remembers it."""

    def __init__(self, scene: Scene) -> None:
        self._incident = scene.name
        self._said: list[Command] = []

    def command(self, step: Said | Again) -> Command:
        """What is sent now: ids are counted, and an old command goes out as it was."""
        if isinstance(step, Again):
            return self._said[-step.back]
        number = len(self._said) + 1
        command = token(step.post).sign(self._incident, _VERBS[step.verb], f"c-{number}", **step.fields)
        self._said.append(command)
        return command


def token(post: str) -> Token:
    """The key of the holder of a post: the same one in every recording."""
    user = HOLDERS[post]
    seed = hashlib.sha256(f"a key for recordings only: {user}".encode()).digest()
    return Token(user, post, f"s-{user}", Ed25519PrivateKey.from_private_bytes(seed))


_VERBS: dict[str, type[Command]] = {command.verb: command for command in COMMANDS}


def _minutes(n: float) -> Until:
    return Until(timedelta(minutes=n))


def _ordinary(view: View) -> Iterator[Step]:
    """The whole life: the first limits have passed when it is opened, two units answer, one decision is spoken."""
    yield _minutes(1)
    yield Answers("N-early", "site_government")
    yield Refused(Said(DEPUTY, "sign", {"approval": "A1"}))
    yield _minutes(5)
    yield from ordinary.response(view.now)
    yield _minutes(6)
    yield Answers("N-level-IV", "fire_brigade")
    yield Answers("N-level-IV", "health_commission")
    yield Answers("N-level-IV", "fire_brigade")
    yield _minutes(40)
    yield from ordinary.reports(view.now)
    yield Refused(Said(OFFICER, "archive", {"keeper": "档案室"}))
    yield _minutes(200)
    yield Refused(Said(OFFICER, "confirm-withdrawal", {"counted_by": "张", "people": 42}))
    yield from ordinary.end()
    yield _minutes(60 * 30)
    yield from ordinary.recovery({task.id: task.state for task in view.record.tasks.values()})
    # The casualty window passes, and the file is closed.
    yield Until(timedelta(days=45))


def _silent(view: View) -> Iterator[Step]:
    """Nobody answers: reminded, passed to substitutes and upward; limits pass, and at the archive they are missed."""
    yield _minutes(2)
    yield Said(OFFICER, "propose-level", {"level": "IV", "matter": "启动四级响应", "expected_duration": "PT24H"})
    yield Refused(Said(OUTSIDER, "decide", {"approval": "A1"}))
    yield _minutes(60 * 27)
    yield Said(HEAD, "decide", {"approval": "A1", "answer": "no", "words": "由县（区）处置"})
    for condition in ordinary.CONTROL:
        yield Said(OFFICER, "tick-condition", {"condition": condition, "words": "现场核查"})
    yield Said(DEPUTY, "propose-termination", {})
    yield Refused(Said(DEPUTY, "decide", {"approval": "A2"}))
    yield _minutes(60 * 30)
    yield Said(HEAD, "decide", {"approval": "A2"})
    yield Said(OFFICER, "confirm-withdrawal", {"counted_by": "张", "people": 12})
    yield from _closing(view)
    yield Said(OFFICER, "archive", {"keeper": "档案室"})
    yield _minutes(60 * 31)


def _rolled_over(view: View) -> Iterator[Step]:
    """A graver accident that continues as new again and again, with notices, approvals and limits open."""
    yield Answers("N-early", "site_emergency_bureau")
    yield _minutes(2)
    heard = {"missing": 9}
    yield Said(OFFICER, "report-facts", {"findings": heard, "source": "群众来电"})
    lower = {"level": "IV", "matter": "启动四级响应", "expected_duration": "PT12H", "reason": "先按四级启动"}
    everybody = [rule.unit for rule in view.plan.response.levels["IV"].notify]
    yield Refused(Said(OFFICER, "propose-level", {**lower, "leave_out": everybody}))
    yield Said(OFFICER, "propose-level", {**lower, "call_also": ["transport_bureau"]})
    said: dict[str, Any] = {"approval": "A1", "post": DEPUTY, "by": HOLDERS[DEPUTY], "said_at": view.now.isoformat()}
    said |= {"via": "电话", "words": "同意", "read_back": True}
    yield Said(OFFICER, "record-oral", {**said, "stage": "decide"})
    yield Said("second_officer", "confirm-oral", {"approval": "A1", "stage": "decide"})
    # A little before the next chase: what falls on one instant may come in either order.
    yield _minutes(10.5)
    yield Said(OFFICER, "record-oral", {**said, "stage": "sign"})
    yield Again(3)
    yield _minutes(13)
    yield Answers("N-level-IV", "fire_brigade")
    yield Said(OFFICER, "notify", {"units": ["fire_brigade", "health_commission"], "text": "请增派力量"})
    yield Said(OFFICER, "set-deadline", {"says": "到场核查", "due_at": (view.now + timedelta(hours=1)).isoformat()})
    found = {"deaths": 1, "missing": 0, "trapped": 1, "verified": True}
    yield Said(OFFICER, "report-facts", {"findings": found, "source": "现场指挥部"})
    for n in range(8):
        yield Said(OFFICER, "note", {"words": f"第{n + 1}条"})
    yield Again(8)
    yield _minutes(45)
    for condition in ordinary.CONTROL:
        yield Said(OFFICER, "tick-condition", {"condition": condition, "words": "现场核查"})
    yield Refused(Said(OFFICER, "propose-termination", {}))
    yield Again(20)
    yield Said(OFFICER, "request-support", {"by": "堆龙德庆区", "need": "两台挖掘机"})
    yield Said(OFFICER, "stand-down", {"clock": "C1", "reason": "已到场"})
    # The written reports' limits pass in a later run than the one that began them.
    yield _minutes(60)
    yield Said(DEPUTY, "lower-grade", {"reason": "伤亡已核实"})
    yield _minutes(180)


def _becomes_iii(view: View) -> Iterator[Step]:
    """A yellow warning, spoken and called back, is raised and put right; then it happens, and level III is started."""
    yield _minutes(5)
    yield Refused(Said(OFFICER, "submit-warning", {"checked": _CHECKED}))
    yield _proposal(view, "yellow")
    said = {"approval": "A1", "stage": "decide", "post": CHIEF, "by": HOLDERS[CHIEF], "said_at": view.now.isoformat()}
    yield Said(OFFICER, "record-oral", {**said, "via": "电话", "words": "同意发布", "read_back": True})
    yield Refused(Said(OFFICER, "submit-warning", {"checked": _CHECKED}))
    rung = {"approval": "A1", "stage": "decide", "number": "000 2002", "same": True, "words": "同意发布"}
    yield Refused(Said(OFFICER, "call-back", rung))
    yield Said(SECOND, "call-back", rung)
    yield from _published("气象台2026-1")
    yield Answers("N-warning-yellow", "municipal_hq")
    yield _minutes(30)
    raised = {"colour": "orange", "text": "橙色预警：泄漏加重", "advice": "专家建议提高", "reason": "浓度上升"}
    yield Said(OFFICER, "adjust-warning", raised)
    yield Said(HEAD, "decide", {"approval": "A2"})
    yield Said(CHIEF, "decide", {"approval": "A3"})
    yield from _published("气象台2026-2")
    yield Said(OFFICER, "correct-publication", {"text": "更正：范围为东嘎镇", "reason": "地名有误"})
    yield Refused(Said(OFFICER, "confirm-correction", {"correction": "K1"}))
    yield Said(SECOND, "confirm-correction", {"correction": "K1"})
    yield from _done(view)
    yield _minutes(90)
    happened = _reported(3, sector="hazardous-chemicals", deaths=3, summary="储罐泄漏爆燃")(view.now)
    yield Said(OFFICER, "become-accident", {"facts": happened})
    three = {"level": "III", "matter": "启动三级响应", "expected_duration": "PT48H"}
    yield Said(OFFICER, "propose-level", three)
    yield Said(DEPUTY, "decide", {"approval": "A4"})
    yield Said(HEAD, "sign", {"approval": "A4"})
    yield Answers("N-level-III", "fire_brigade")
    # What the public was told holds until its own end.
    yield _minutes(60 * 13)


def _lifted(view: View) -> Iterator[Step]:
    """A blue warning, told of from elsewhere, goes to red ahead of its determination, is lifted and archived."""
    yield Answers("N-inbound", "bodies_concerned")
    yield _minutes(2)
    until = (view.now + timedelta(hours=6)).isoformat()
    yield Said(OFFICER, "authorise-warning", {"colours": ["yellow", "red"], "until": until, "scope": "罐压超限"})
    yield Said(CHIEF, "decide", {"approval": "A1"})
    yield _proposal(view, "blue")
    yield Said(HEAD, "decide", {"approval": "A2"})
    yield from _published("气象台2026-3")
    yield _minutes(20)
    yield Said(OFFICER, "adjust-warning", {"colour": "red", "text": "红色预警：即将泄漏", "advice": "专家建议提高"})
    yield Refused(Said(OFFICER, "submit-warning", {"checked": _CHECKED}))
    yield from _published("气象台2026-4", under="A1")
    yield Said(HEAD, "decide", {"approval": "A3"})
    yield Said(CHIEF, "decide", {"approval": "A4"})
    yield from _done(view)
    yield _minutes(120)
    yield Said(OFFICER, "lift-warning", {"text": "红色预警解除", "reason": "险情排除", **_NAMED})
    yield Said(CHIEF, "decide", {"approval": "A5"})
    yield from _published("气象台2026-5")
    yield from _done(view)
    yield Said(OFFICER, "archive", {"keeper": "档案室"})
    yield _minutes(125)


_NAMED = {"in_name_of": HEAD, "in_name_by": HOLDERS[HEAD]}
_CHECKED = ["departments-consulted"]


def _proposal(view: View, colour: str) -> Said:
    content = {
        "kind": "危化品泄漏",
        "area": "东嘎镇",
        "notes": "远离下风向",
        "advice": "关闭门窗",
        "issuer": "市指挥部",
    }
    until = (view.now + timedelta(hours=12)).isoformat()
    told = {"colour": colour, "text": "储罐可能泄漏", "content": content, "valid_until": until}
    return Said(OFFICER, "propose-warning", told if colour == "blue" else told | _NAMED)


def _published(number: str, under: str = "") -> Iterator[Step]:
    yield Said(OFFICER, "submit-warning", {"checked": _CHECKED, "under": under})
    yield Said(OFFICER, "record-publication", {"number": number, "channels": ["短信", "电视"]})


def _done(view: View) -> Iterator[Step]:
    """Whatever tasks are open are done."""
    for task in [task.id for task in view.record.tasks.values() if task.state in OPEN_TASKS]:
        yield Said(OFFICER, "complete-task", {"task": task})


def _assessed(colour: str, **told: Any) -> Callable[[datetime], dict[str, Any]]:
    def assessment(now: datetime) -> dict[str, Any]:
        return {
            "received_at": (now - timedelta(minutes=1)).isoformat(),
            "expected_from": (now + timedelta(hours=2)).isoformat(),
            "sector": "hazardous-chemicals",
            "place": {"name": "西郊储罐区"},
            "summary": "储罐超压，可能泄漏",
            "reporter": "县应急管理局",
            "colour": colour,
            "basis": {
                "expected-casualties": "下风向两个村",
                "expected-loss": "正在核实",
                "affected-extent": "下风向三公里",
            },
            **told,
        }

    return assessment


def _level_three(view: View) -> Iterator[Step]:
    """A leak: the county's leader acts, the head takes command by the level's rule, the headquarters works to the end.
    The rescue stops twice. The head decides in an own session, all others by word of mouth."""
    yield _minutes(1)
    yield Answers("N-early", "site_government")
    yield Said(OFFICER, "declare-handover", {"post": onscene.SITE, "by": "ciren", "way": "arrived"})
    yield _minutes(4)
    asked = {"level": "III", "matter": "启动三级响应", "expected_duration": "P2D"}
    yield Said(OFFICER, "propose-level", asked)
    yield Said(HEAD, "decide", {"approval": "A1"})
    yield Said(HEAD, "sign", {"approval": "A1"})
    yield _minutes(7)
    for unit in list(view.record.notices["N-level-III"].recipients):
        yield Answers("N-level-III", unit)
    yield from onscene.reports(view.record, view.now)
    # Until the head is there he names who commands in his place, in writing.
    named = {
        "names": "onsite_commander",
        "person": "zhao.lei",
        "number": "1号",
        **onscene.spoken(HEAD),
        "form": "paper",
    }
    yield Said(OFFICER, "name-commander", named)
    yield _minutes(35)
    yield Said(OFFICER, "leader-arrived", {"post": HEAD, "by": HOLDERS[HEAD]})
    yield Refused(Said(OFFICER, "assign-task", {"to": "fire_brigade", "what": "冷却", **onscene.spoken(onscene.SITE)}))
    guides = {"post": "自治区应急管理厅副厅长", "by": "丹增"}
    yield Said(OFFICER, "record-guiding", guides)
    yield from onscene.deputy()
    yield from onscene.arrived(view.record, view.plan)
    powers: tuple[str, ...] = ("city-wide-command", "commands-serious", "commander-responsibility", "important-matters")
    powers += ("directs-onsite-departments", "gives-tasks-to-arrivals")
    yield from onscene.ordered(view.plan, powers, HEAD, view.now)
    yield from onscene.ordered(view.plan, ("technical-disposal",), onscene.ONSITE_DEPUTY, view.now)
    yield from onscene.suspended("储罐复燃征兆", 36, HEAD)
    members = {"group": "group_medical", "members": ["human_resources_bureau"], "reason": "伤员家属接待"}
    yield Said(HEAD, "set-group", members)
    yield from onscene.instructed(view.now)
    yield from onscene.told_back(HEAD)
    yield Said(OFFICER, "request-support", {"by": "现场指挥部", "need": "泡沫液二十吨"})
    # A task order and the feedback of nothing pass their limits here.
    yield _minutes(120)
    yield from onscene.suspended("有毒气体超标", 36, HEAD)
    found = {"missing": 0, "trapped": 0, "deaths": 4, "verified": True}
    yield Said(OFFICER, "report-facts", {"findings": found, "source": "现场指挥部"})
    yield Said(OFFICER, "record-guiding", {**guides, "ends": True})
    yield from _ended(view, HEAD)


def _word_of_mouth(view: View) -> Iterator[Step]:
    """The gravest accident, in which no leader ever logs in: level II, raised to I, then the region takes over by
    acceptance."""
    yield Answers("N-early", "site_government")
    yield Answers("N-early", "site_emergency_bureau")
    yield _minutes(6)
    yield from onscene.level("II", "A1", onscene.EXECUTIVE, onscene.EXECUTIVE, view.now)
    yield _minutes(8)
    for unit in list(view.record.notices["N-level-II"].recipients):
        yield Answers("N-level-II", unit)
    publicity = {"handover": "region-publicity-extraordinary", "giver": "甲", "taker": "乙"}
    yield Refused(Said(OFFICER, "hand-over-function", publicity))
    worse = {"deaths": 30, "verified": True}
    yield Said(OFFICER, "report-facts", {"findings": worse, "source": "消防"})
    yield from onscene.level("I", "A2", onscene.EXECUTIVE, onscene.CHIEF, view.now)
    yield _minutes(11)
    # Most were called at the level beneath; only who is new is called now.
    called = view.record.notices.get("N-level-I")
    for unit in list(called.recipients) if called else ():
        yield Answers("N-level-I", unit)
    yield from onscene.reports(view.record, view.now)
    yield Said(OFFICER, "leader-arrived", {"post": HEAD, "by": HOLDERS[HEAD]})
    yield _minutes(50)
    yield Said(OFFICER, "leader-arrived", {"post": onscene.CHIEF, "by": onscene.HEARD[onscene.CHIEF]})
    yield from onscene.arrived(view.record, view.plan)
    yield from onscene.ordered(view.plan, ("supports-above",), HEAD, view.now)
    yield from onscene.instructed(view.now)
    yield from onscene.told_back(onscene.CHIEF)
    yield from onscene.suspended("边坡失稳", 80, onscene.CHIEF)
    yield _minutes(200)
    yield Said(OFFICER, "leader-arrived", {"post": onscene.REGION, "by": onscene.HEARD[onscene.REGION]})
    offer = {"to": onscene.REGION, "objectives": "先搜救后清理", "stays": "市级保障"}
    yield Refused(Said(OFFICER, "offer-handover", {**offer, **onscene.spoken(HEAD)}))
    yield Said(OFFICER, "offer-handover", {**offer, **onscene.spoken(onscene.CHIEF)})
    told = {"offer": "H1", "reason": "名单未核清", **onscene.spoken(onscene.REGION)}
    yield Said(OFFICER, "refuse-handover", told)
    yield Said(OFFICER, "offer-handover", {**offer, **onscene.spoken(onscene.CHIEF)})
    yield _minutes(230)
    yield Said(OFFICER, "accept-handover", {"offer": "H2", **onscene.spoken(onscene.REGION)})
    yield _minutes(60 * 30)
    found = {"missing": 0, "deaths": 34, "verified": True}
    yield Said(OFFICER, "report-facts", {"findings": found, "source": "现场指挥部"})
    yield Said(OFFICER, "record-external", {"by": "自治区应急总指挥部", "words": "决定结束现场处置", "number": "3号"})
    yield from _ended(view, onscene.EXECUTIVE, superior="自治区指挥长")


def _county(view: View) -> Iterator[Step]:
    """An ordinary accident that the county handles: its bureau commands, the city's deputy goes to learn the facts and
    takes nothing over, the city sends what the county asks for, the county tells the public."""
    yield _minutes(1)
    yield Answers("N-early", "site_government")
    for unit, words in (("enterprise", "启动本单位预案"), ("site_government", "县（区）四级响应，已报市里")):
        yield Said(OFFICER, "record-start", {"unit": unit, "by": "带班人", "words": words})
    yield Said(OFFICER, "declare-handover", {"post": onscene.COUNTY, "by": "danzeng", "way": "arrived"})
    taken = {"unit": "site_emergency_bureau", "words": "企业负责人当面移交，留两名向导"}
    yield Said(OFFICER, "record-takeover", taken)
    past = {"sender": "site_emergency_bureau", "to": "region_emergency_department", "past": "municipal_hq_office"}
    why = {"reason": "市县专线中断", "via": "卫星电话", "as_at": view.now.isoformat()}
    yield Refused(Said(OFFICER, "skip-level", {**past, **why, "past": "region_emergency_department"}))
    yield Said(OFFICER, "skip-level", {**past, **why, "received_by": "值班员"})
    yield _minutes(6)
    yield from ordinary.response(view.now)
    yield _minutes(12)
    yield Said(OFFICER, "leader-arrived", {"post": DEPUTY, "by": HOLDERS[DEPUTY], "words": "了解情况，不接管"})
    yield Said(OFFICER, "complete-task", {"task": "deputy-to-scene", "words": "率两名专家到场"})
    yield from onscene.ordered(view.plan, ("county-keeps-handling",), onscene.COUNTY, view.now)
    yield Refused(next(onscene.ordered(view.plan, ("county-keeps-handling",), HEAD, view.now)))
    yield from onscene.ordered(view.plan, ("assists-ordinary",), HEAD, view.now)
    yield Said(OFFICER, "request-support", {"by": "堆龙德庆区", "need": "大功率排水泵两台"})
    yield Said(OFFICER, "request-support", {"by": "堆龙德庆区", "need": "直升机"})
    eta = (view.now + timedelta(hours=1)).isoformat()
    sent = {"request": "Q1", "answer": "yes", "by": "市应急管理局", "words": "派出排水泵两台", "eta": eta}
    yield Refused(Said(OFFICER, "answer-support", {**sent, "answer": "no", "units": ["fire_brigade"]}))
    ready = {"units": ["fire_brigade", "transport_bureau"], "resources": ["hq-teams-and-stocks", "callable-teams"]}
    yield Said(OFFICER, "answer-support", {**sent, **ready})
    yield Answers("N-support-Q1", "fire_brigade")
    yield Answers("N-support-Q1", "transport_bureau")
    no = {"request": "Q2", "answer": "no", "by": "市应急管理局", "words": "气象条件不允许，改派救护车"}
    yield Said(OFFICER, "answer-support", no)
    yield Said(OFFICER, "complete-task", {"task": "member-support", "words": "已通知消防、交通派出"})
    found = {"cause": "排水设备失效，待查", "direct_loss_yuan": 1_200_000, "verified": True}
    yield Said(OFFICER, "report-facts", {"findings": found, "source": "县应急管理局"})
    # The outline by telephone went out after its ten minutes: it is explained, and not waived.
    late = {"fault": "late", "sender": "municipal_hq_office", "clock": "phone-party"}
    yield Said(OFFICER, "flag-report", {**late, "words": "专线中断，改用卫星电话", "remedy": "补报并检修"})
    yield from onscene.reports(view.record, view.now, onscene.TOLD)
    text = {"rule": "ordinary", "text": "区应急总指挥部通报", "channels": ["区融媒体中心"]}
    yield Refused(Said(OFFICER, "record-release", {**text, "managed_by": {"fire_brigade": "格列"}}))
    yield Said(OFFICER, "record-release", {**text, "managed_by": onscene.MANAGED})
    yield _minutes(200)
    yield from ordinary.end()
    yield _minutes(60 * 5)
    lesson = {"ground": "problem-found", "words": "市县通信无备用线路，预案未写"}
    yield Said(OFFICER, "open-revision", lesson)
    yield from ordinary.recovery({task.id: task.state for task in view.record.tasks.values()})
    yield Until(timedelta(days=45))


def _major(view: View) -> Iterator[Step]:
    """A leak with many dead, at level II to the end: the measures of its kind, what went by the confidential channel,
    functions handed to the region; two people are never found."""
    yield _minutes(2)
    yield Answers("N-early", "site_government")
    yield _minutes(6)
    yield from onscene.level("II", "A1", onscene.EXECUTIVE, onscene.EXECUTIVE, view.now)
    yield _minutes(15)
    for unit in list(view.record.notices["N-level-II"].recipients):
        yield Answers("N-level-II", unit)
    kind = {
        "pack": "hazardous-chemicals-pack",
        "measures": [
            {"owner": "fire_brigade", "what": "下风向三百米水幕稀释"},
            {"owner": "public_security_bureau", "what": "下风向两公里禁火"},
        ],
    }
    yield Refused(
        Said(OFFICER, "choose-pack", {**kind, "basis": "安全技术说明书", **onscene.spoken(onscene.EXECUTIVE)})
    )
    yield Said(OFFICER, "leader-arrived", {"post": EXECUTIVE, "by": HOLDERS[EXECUTIVE]})
    yield Refused(Said(OFFICER, "choose-pack", {**kind, **onscene.spoken(onscene.EXECUTIVE)}))
    yield Said(OFFICER, "choose-pack", {**kind, "basis": "安全技术说明书", **onscene.spoken(onscene.EXECUTIVE)})
    yield Said(OFFICER, "record-classified", {"to": "region_general_hq", "clock": "region-general-hq"})
    yield from onscene.reports(view.record, view.now)
    yield from onscene.arrived(view.record, view.plan)
    yield Said(OFFICER, "request-support", {"by": "现场指挥部", "need": "化工专家三名"})
    experts = {"request": "Q1", "answer": "yes", "by": "市应急管理局", "words": "专家三名随车出发"}
    yield Said(OFFICER, "answer-support", {**experts, "units": ["expert_pool"], "resources": ["experts-by-kind"]})
    above = {"leader": "平措", "post": "总指挥长", "government": "city", "body": "municipal_general_hq"}
    yield Said(OFFICER, "instruct", {**above, "form": "phone", "words": "两小时内查清周边储罐", "read_back": True})
    yield Said(OFFICER, "report-back", {"instruction": "I1", "to": "平措", "via": "电话", "words": "六座储罐均已冷却"})
    yield Said(OFFICER, "close-instruction", {"instruction": "I1", "result": "已落实"})
    job = {"owner": "ecology_bureau", "what": "每小时报一次下风向浓度"}
    minutes = {
        "place": "现场指挥部",
        "chair": "常务副总指挥长多吉",
        "present": ["消防救援支队", "市生态环境局", "专家三名"],
        "facts": "罐区仍在泄漏，风向转南",
        "decisions": ["扩大下风向警戒至两公里", "夜间继续搜救"],
        "tasks": [job],
        "next_at": (view.now + timedelta(hours=4)).isoformat(),
    }
    yield Said(OFFICER, "record-consultation", minutes)
    yield from onscene.called("核心区")
    yield _minutes(240)
    later = {**minutes, "decisions": ["维持警戒"], "tasks": [], "next_at": None}
    yield Said(OFFICER, "record-consultation", later)
    text = {"rule": "onsite-authorised", "text": "现场指挥部通报", "channels": ["现场发布会"]}
    yield Refused(Said(OFFICER, "record-release", text))
    allowed = {"authorised": "市政府授权2026-3号", "managed_by": onscene.MANAGED}
    yield Said(OFFICER, "record-release", {**text, **allowed})
    yield _minutes(60 * 50)
    yield Refused(Said(OFFICER, "propose-termination", {}))
    yield from onscene.no_hope()
    yield from _ended(view, onscene.EXECUTIVE, conditions=())


def _ended(view: View, decides: str, superior: str = "", conditions: Iterable[Said] | None = None) -> Iterator[Step]:
    """The end as it is spoken: the scene, the withdrawal, the lifting, the papers, the archive, the window."""
    yield from onscene.reports(view.record, view.now)
    yield from onscene.conditions() if conditions is None else conditions
    yield Said(OFFICER, "propose-termination", {})
    yield from onscene.agreed(list(view.record.approvals)[-1], "decide", decides, view.now)
    yield Said(OFFICER, "confirm-withdrawal", {"counted_by": "格列", "people": 80})
    if superior:
        # Who took command decides first; then the city lifts its own response.
        yield Said(OFFICER, "record-superior-end", {"by": superior, "words": "同意结束", "number": "1号"})
    lift = list(view.record.approvals.values())[-1]
    for stage in lift.stages:
        post = next(post for post in stage.posts if post in onscene.HEARD)
        yield from onscene.agreed(lift.id, stage.stage, post, view.now)
    yield from onscene.signed(view.record)
    yield from onscene.finished(view.record)
    yield from onscene.reports(view.record, view.now)
    yield from onscene.stood_down(view.record)
    yield Said(OFFICER, "archive", {"keeper": "档案室"})
    yield Until(timedelta(days=45))


def _level(view: View, level: str, decider: str, signatory: str, **more: Any) -> Iterator[Step]:
    """A level proposed, decided and signed in own sessions."""
    matter = f"启动{level}级响应"
    yield Said(OFFICER, "propose-level", {"level": level, "matter": matter, "expected_duration": "PT24H", **more})
    name = list(view.record.approvals)[-1]
    yield Said(decider, "decide", {"approval": name})
    yield Said(signatory, "sign", {"approval": name})


def _deaths(n: int) -> Said:
    found = {"deaths": {"n": n, "source": "hospital"}}
    return Said(OFFICER, "report-facts", {"findings": found, "source": "市医院"})


def _raised(view: View) -> Iterator[Step]:
    """From IV to II to I and down again, with facts that do the same; the public is told; a superior ends it first."""
    yield _minutes(3)
    yield from _level(view, "IV", DEPUTY, DEPUTY)
    yield _minutes(20)
    yield _deaths(12)
    yield from _level(view, "II", CHIEF, EXECUTIVE)
    for unit in ("fire_brigade", "municipal_general_hq"):
        notice = next(n.id for n in view.record.notices.values() if n.id.endswith("-II") and unit in n.recipients)
        yield Answers(notice, unit)
    yield _minutes(60)
    yield _deaths(31)
    yield from _level(view, "I", CHIEF, CHIEF)
    yield _minutes(65)
    required = {"text": "自治区通报", "channels": ["西藏发布"], "required": "按自治区统一口径"}
    yield Said(OFFICER, "record-release", required)
    yield _minutes(60 * 20)
    yield Said(OFFICER, "extend-response", {"expected_duration": "PT24H", "reason": "仍在搜救"})
    extension = list(view.record.approvals)[-1]
    yield Said(CHIEF, "decide", {"approval": extension})
    yield Said(CHIEF, "sign", {"approval": extension})
    yield _minutes(60 * 30)
    yield _deaths(9)
    yield Said(CHIEF, "lower-grade", {"reason": "重复统计更正"})
    yield Refused(Said(OFFICER, "propose-level", {"level": "III", "matter": "降级", "expected_duration": "PT24H"}))
    yield from _level(view, "III", CHIEF, CHIEF, reason="险情已控")
    taken = {"ordered_by": "site_government", "owner": "某建筑公司", "items": "铲车一台"}
    yield Said(OFFICER, "requisition", taken)
    for leg in [clock.id for clock in view.record.clocks.values() if clock.rule and clock.verdict in OPEN_CLOCKS]:
        told = {
            "clock": leg,
            "via": "传真",
            "as_at": view.now.isoformat(),
            "signed_by": "平措",
            "received_by": "值班员",
        }
        yield Said(OFFICER, "send-report", told)
    text = {"text": "九人死亡", "figures": {"deaths": 9}, "as_at": view.now.isoformat(), "report": "phone-government"}
    yield Said(OFFICER, "draft-release", text)
    yield Refused(Said(OFFICER, "record-release", {"release": list(view.record.releases)[-1], "channels": ["官网"]}))
    yield Said(CHIEF, "decide", {"approval": list(view.record.approvals)[-1]})
    yield Said(OFFICER, "record-release", {"release": list(view.record.releases)[-1], "channels": ["拉萨发布"]})
    for condition in ordinary.CONTROL:
        yield Said(OFFICER, "tick-condition", {"condition": condition, "words": "现场核查"})
    yield Said(OFFICER, "propose-termination", {})
    yield Said(HEAD, "decide", {"approval": list(view.record.approvals)[-1]})
    yield Said(OFFICER, "confirm-withdrawal", {"counted_by": "张", "people": 210})
    lifting = list(view.record.approvals)[-1]
    yield Said(HEAD, "decide", {"approval": lifting})
    yield Said(HEAD, "sign", {"approval": lifting})
    yield from ordinary.recovery({task.id: task.state for task in view.record.tasks.values()})
    yield _minutes(60 * 24 * 8)
    yield _deaths(10)
    yield Said(OFFICER, "complete-task", {"task": "supplementary-report", "words": "已补报"})
    yield Until(timedelta(days=45))


def _false_alarm(view: View) -> Iterator[Step]:
    """Smoke that was no fire: found out on scene, confirmed by a second person, taken back from all who were told."""
    yield _minutes(2)
    yield Answers("N-early", "site_government")
    yield from ordinary.response(view.now)
    yield _minutes(16)
    yield Said(OFFICER, "declare-false-alarm", {"reason": "烟雾系锅炉检修", "found_by": "消防到场核实"})
    yield Refused(Said(OFFICER, "confirm-false-alarm", {}))
    yield Said(SECOND, "confirm-false-alarm", {})
    yield Answers("N-withdrawn", "site_government")
    yield _minutes(61)
    yield Said(DEPUTY, "ratify", {"approval": "A1", "stage": "decide"})
    yield Said(OFFICER, "complete-task", {"task": "false-alarm-record", "words": "已逐一核对"})
    yield Said(OFFICER, "archive", {"keeper": "档案室"})
    yield Until(timedelta(days=45))


def _closing(view: View) -> Iterator[Step]:
    """Whatever tasks and limits are still open, as they stand."""
    for task in [task.id for task in view.record.tasks.values() if task.state in OPEN_TASKS]:
        yield Said(OFFICER, "complete-task", {"task": task, "outcome": "not_applicable", "words": "演练不涉及"})
    for clock in [clock for clock in view.record.clocks.values() if clock.verdict in OPEN_CLOCKS]:
        if clock.soft and clock.verdict != "overdue":
            yield Said(OFFICER, "stand-down", {"clock": clock.id, "reason": "演练结束"})


def _reported(minutes_ago: float, **told: Any) -> Callable[[datetime], dict[str, Any]]:
    def facts(now: datetime) -> dict[str, Any]:
        received = now - timedelta(minutes=minutes_ago)
        return {
            "received_at": received.isoformat(),
            "occurred_at": (received - timedelta(minutes=5)).isoformat(),
            "sector": "non-coal-mine",
            "place": {"name": "三号井"},
            "enterprise": "某矿业公司",
            "summary": "巷道冒顶",
            "reporter": "值班调度",
            "verified": True,
            **told,
        }

    return facts


_THREATENING = {"circumstances": ["residents_threatened"]}
_BUILDING = {"sector": "construction", "scope_accepted": {"by": "王强", "reason": "市里统一处置，按本预案执行"}}
_INBOUND = {"issuer": "邻市应急指挥部", "number": "2026-7", "colour": "yellow", "says": "危化品车辆泄漏"}
SCENES = (
    Scene("ordinary-iv", "live", _reported(12, deaths=1), _ordinary),
    Scene("silent-iv", "drill", _reported(2, deaths=1), _silent),
    Scene("warning-becomes-iii", "live", _assessed("yellow", expected={"deaths": 4}), _becomes_iii, 150, warns=True),
    Scene("warning-lifted", "drill", _assessed("blue", elsewhere=_INBOUND), _lifted, warns=True),
    Scene("rolled-over", "live", _reported(1, deaths=3), _rolled_over, roll_over_after=150),
    Scene("iii", "live", _reported(2, deaths=3, missing=1, sector="hazardous-chemicals"), _level_three),
    Scene("county-iv", "live", _reported(3, deaths=1, **_THREATENING), _county),
    Scene("ii", "live", _reported(2, deaths=12, missing=2, sector="hazardous-chemicals", **_THREATENING), _major),
    Scene("i-by-word-of-mouth", "live", _reported(2, deaths=12, missing=4, **_BUILDING), _word_of_mouth),
    Scene("raised", "live", _reported(4, deaths=1), _raised, roll_over_after=400),
    Scene("false-alarm", "drill", _reported(2, deaths=1), _false_alarm),
)
