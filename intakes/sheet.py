"""The intake sheet (接报登记单, D1): its fields in order, as flat text. What nobody has said is 正在核实, never 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from incidents.accident import Count
from intakes.record import Intake, Result
from intakes.telling import Figure, Informed
from plans.schema import Measure
from plans.vocabulary import WORDS
from statecharts.intake import INTAKE

VERIFYING = "正在核实"

LABELS: Mapping[str, tuple[str, str]] = {
    "number": ("编号", "number"),
    "received_at": ("接报时间", "received"),
    "call_started_at": ("通话开始", "call began"),
    "call_ended_at": ("通话结束", "call ended"),
    "channel": ("来源", "channel"),
    "line": ("接听线路", "line called"),
    "calling_number": ("来电号码", "calling number"),
    "caller_name": ("来电人", "caller"),
    "caller_unit": ("来电单位", "caller's unit"),
    "caller_post": ("职务", "caller's post"),
    "caller_phone": ("回拨电话", "caller's phone"),
    "occurred_at": ("事发时间", "when"),
    "place": ("事发地点", "where"),
    "enterprise": ("出事单位", "which unit"),
    "course": ("发生经过", "what happened"),
    "measures_taken": ("已采取措施", "measures"),
    "result": ("结果", "result"),
    "effect": ("影响", "effect"),
    "trend": ("趋势", "trend"),
    "casualties": ("人员情况", "people"),
    "already_told": ("来电人已报告", "already told"),
    "asks_for": ("请求", "asks for"),
    "recorded_by": ("记录人", "recorder"),
    "recorded_at": ("记录时间", "recorded"),
    "recording": ("录音编号", "recording"),
    "verified_with": ("核实对象", "verified with"),
    "verified_number": ("核实电话", "on number"),
    "verified_at": ("核实时间", "verified at"),
    "verified_result": ("核实结果", "result of verification"),
    "leader_told_at": ("报告值班领导时间", "leader told at"),
    "leader_words": ("值班领导意见", "leader's words"),
    "leader_read_back": ("是否复诵", "read back"),
    "follow_up": ("后续", "follow-up"),
    "closed_at": ("办结", "closed"),
}
"""The fields of D1 by the names of its template, in order, in Chinese and in English. What the office itself has not
done yet is left empty."""

RESULTS: Mapping[Result, tuple[str, str]] = {
    "holds": ("属实", "it holds"),
    "does_not_hold": ("不属实", "it does not hold"),
    "not_clear": ("尚不清楚", "not clear yet"),
    "no_answer": ("无人接听", "no answer"),
}

CHANNELS: Mapping[str, str] = {
    "duty-phone": "值班电话",
    "township": "乡镇（街道）",
    "enterprise": "企业",
    "superior": "上级",
    "subordinate": "下级",
    "media": "媒体网络",
    "on-site": "现场",
    "national-system": "国家系统",
    "other": "其他",
}
"""Where a report comes from; a telephone number is its own name."""

Local = Callable[[datetime], str]


def sheet(intake: Intake, local: Local) -> dict[str, str]:
    """The fields of D1 by name, in the order of `LABELS`; `local` writes an instant as people here read it."""
    told, caller = intake.told, intake.told.caller
    verified = intake.verifications[-1] if intake.verifications else None
    leader = intake.leaders[-1] if intake.leaders else None
    happened = told.occurred_at or told.heard_at
    fields = {
        "number": intake.number,
        "received_at": local(intake.received_at),
        "call_started_at": local(intake.received_at),
        "call_ended_at": local(told.ended_at) if told.ended_at else "",
        "channel": CHANNELS.get(told.source_channel or "", told.source_channel),
        "line": told.line,
        "calling_number": told.calling_number,
        "caller_name": caller and caller.name,
        "caller_unit": caller and caller.unit,
        "caller_post": caller and caller.post,
        "caller_phone": caller and caller.phone,
        "occurred_at": _joined((local(happened) if happened else "", told.when or "")),
        "place": told.place and told.place.name,
        "enterprise": _known(told.enterprise),
        "course": _joined((told.summary or "", told.course or "")),
        "measures_taken": told.measures,
        "result": told.result,
        "effect": told.effect,
        "trend": told.trend,
        "casualties": _joined((people(told.people), _known(told.people_said) or "")),
        "already_told": "；".join(_informed(one, local) for one in told.informed),
        "asks_for": told.asks_for,
        "recorded_by": intake.recorder,
        "recorded_at": local(intake.taken_at) if intake.taken_at else "",
        "recording": told.recording or "",
        "verified_with": verified.with_whom if verified else "",
        "verified_number": verified.number if verified else "",
        "verified_at": local(verified.at) if verified else "",
        "verified_result": _joined((RESULTS[verified.result][0], verified.words)) if verified else "",
        "leader_told_at": f"{local(leader.at)} {leader.leader}" if leader else "",
        "leader_words": leader.words if leader else "",
        "leader_read_back": _yes(leader.read_back) if leader else "",
        "follow_up": "；".join(str(one.value) for one in intake.said.get("words", ())),
        "closed_at": _closed(intake, local),
    }
    return {name: VERIFYING if fields[name] in (None, "") and name in ASKED else fields[name] or "" for name in LABELS}


def rows(intake: Intake, local: Local) -> dict[str, list[dict[str, str]]]:
    """What D1 has a line for each of: whom the caller has told, each verification, each leader told."""
    return {
        "already_told": [
            {"leader": one.who, "unit": one.unit or "", "at": local(one.at) if one.at else ""}
            for one in intake.told.informed
        ],
        "verifications": [
            {"with_whom": one.with_whom, "at": local(one.at), "result": _joined((RESULTS[one.result][0], one.words))}
            for one in intake.verifications
        ],
        "leaders_told": [
            {"leader": one.leader, "at": local(one.at), "words": one.words, "read_back": _yes(one.read_back)}
            for one in intake.leaders
        ],
    }


ASKED = frozenset(
    {
        *("channel", "line", "calling_number", "caller_name", "caller_unit", "caller_post", "caller_phone"),
        *("occurred_at", "place", "enterprise", "course", "measures_taken", "result", "effect", "trend"),
        *("casualties", "already_told", "asks_for"),
    }
)
"""What the caller is asked: unsaid, it is being verified."""


def people(told: Mapping[Measure, Figure]) -> str:
    """Counts as people read them, with their "as at" where they have one: `死亡1，失联3以上，被困约10，重伤不明`."""
    return "，".join(f"{WORDS[measure]}{_figure(count)}" for measure, count in told.items())


def _figure(count: Figure) -> str:
    if not isinstance(count, Count):
        return "不明"
    number = f"{'约' if count.about else ''}{count.n}{'以上' if count.at_least else ''}"
    as_of = f"（截至{count.as_of:%H:%M}）" if count.as_of else ""
    return number + as_of


def _informed(one: Informed, local: Local) -> str:
    return " ".join(filter(None, (one.unit, one.who, local(one.at) if one.at else "")))


def _known(told: str | None) -> str | None:
    return "不明" if told == "unknown" else told


def _joined(parts: Iterable[str]) -> str:
    return "；".join(filter(None, parts))


def _yes(told: bool) -> str:
    return "是" if told else "否"


def _closed(intake: Intake, local: Local) -> str:
    ending = intake.ending
    if ending is None:
        return ""
    return " ".join(filter(None, (INTAKE.words(intake.state), ending.words, ending.taken_by, local(ending.at))))
