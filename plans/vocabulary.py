"""The schema's own words in Chinese, for people; in English a word is its own name.

Names of units, posts and groups are never here: those belong to a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

Language = Literal["zh", "en"]

WORDS: Mapping[str, str] = {
    # colours
    "blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色",
    # sectors
    "non-coal-mine": "非煤矿山", "coal-mine": "煤矿", "hazardous-chemicals": "危险化学品", "fireworks": "烟花爆竹",
    "industry-trade": "工贸", "construction": "建筑施工", "road": "道路运输", "fire": "火灾",
    "special-equipment": "特种设备", "other": "其他",
    # circumstances
    "residents_threatened": "威胁周边群众", "important_facility": "涉及重要设施", "border_area": "边境地区",
    "social_influence": "社会影响", "support_needed": "需要支援", "pollution": "污染",
    "sensitive_period": "敏感时段", "repeated": "短期内同类再发", "other_reportable": "其他须报情形",
    # competences
    "hazmat": "危化品处置", "medical": "医疗", "police": "公安", "environment": "环境监测",
    # measures
    "deaths": "死亡", "missing": "失踪", "out_of_contact": "失联", "trapped": "被困", "people_at_risk": "涉险",
    "serious_injuries": "重伤", "minor_injuries": "轻伤", "injuries": "受伤", "hospitalised": "住院",
    "threatened_injuries": "可能重伤", "acute_poisoning": "急性工业中毒", "poisoned": "中毒", "evacuated": "疏散",
    "relocated": "转移", "rescued": "获救", "direct_loss_yuan": "直接经济损失（元）",
    # grading
    "boiler": "锅炉", "pressure_vessel": "压力容器", "pressure_pipeline": "压力管道", "crane": "起重机械",
    "special_equipment": "特种设备", "toxic": "有毒", "flammable": "易燃", "explosive": "易爆", "none": "无",
    "lower": "下限", "raise": "提高", "explosion": "爆炸", "crane_overturn": "起重机械整体倾覆",
    "persons_stranded": "人员滞留", "nothing": "不计入",
    # roles, legs, lines and triggers
    "watch": "值守", "decider": "决定", "signatory": "签发", "leader": "现场指挥", "unit": "单位负责",
    "auditor": "督查", "phone": "电话", "paper": "书面", "copy": "抄送", "any": "不限", "party": "党委",
    "government": "政府", "emergency": "应急", "regulator": "主管部门", "side": "侧线", "neighbour": "毗邻",
    "occurred": "事发", "heard": "获知", "received": "接报", "ordered": "命令生效", "lifted": "响应解除",
    "given": "交办",
    # tiers, units, duties and calls
    "county": "县级", "city": "市级", "region": "自治区级", "headquarters": "指挥机构", "member": "成员单位",
    "invited": "协同单位", "superior": "上级", "by_place": "按事发地", "standing": "常态", "warning": "预警",
    "incident": "响应", "release": "发布", "lead": "牵头", "assist": "协助", "always": "必叫", "by_kind": "按类别",
    "on_demand": "按需", "decide": "决定", "sign": "签发", "allowed_and_marked": "准许并标明", "refused": "不准",
    "inbox": "本机收件箱", "webhook": "网络推送", "smtp": "邮件",
    # reports, response and command
    "skip_level": "越级上报", "classified": "涉密", "forbidden": "禁止", "standard": "标准",
    "enterprise": "单位名称", "occurred_at": "发生时间", "heard_at": "获知时间", "sector": "行业", "place": "地点",
    "course": "经过", "cause": "原因", "help_asked": "已求援", "measures_taken": "已办结任务", "sender": "报告单位",
    "signed_by": "签发人", "sent_at": "报出时间",
    "takeover_or_end": "至上级接管或结束", "target_level": "目标级别的决定人", "current_level": "现行级别的决定人",
    "report": "接报即设", "order": "下令后设", "with_level": "随级别撤销", "starter": "启动者",
    "check_in": "报到", "relieve": "接替", "function": "职能交接", "command": "指挥权交接",
    "accepted_or_declared": "接受或宣布",
    # what is enough, what a task makes
    "one": "一个即可", "summary": "总结报告",
    # what stands ready
    "team": "队伍", "register": "名录", "system": "系统", "equipment": "装备", "experts": "专家", "funds": "经费",
    "supervision": "监督检查",
    # decisions
    "text": "原文", "national": "国家规定", "our_choice": "我方选择",
}  # fmt: skip

KINDS: Mapping[str, str] = {
    "grading": "分级", "report-deadline": "报告时限", "follow-up-report": "续报", "report-content": "报告内容",
    "early-disposal": "先期处置", "response-measure": "响应措施", "response-authority": "响应权限",
    "escalation": "扩大应急", "handover": "交接", "unit-duty": "单位职责", "group": "现场工作组", "org": "组织体系",
    "warning-authority": "预警权限", "warning-content": "预警内容", "warning-measure": "预警措施",
    "info-release": "信息发布", "termination-condition": "终止条件", "termination-procedure": "结束程序",
    "aftermath": "善后处置", "investigation": "事故调查", "archive": "归档", "reward-accountability": "奖惩",
    "resource": "应急保障", "mobilisation": "征用", "drill": "演练", "protection": "防护",
    "plan-management": "预案管理", "command": "现场指挥", "other": "其他",
}  # fmt: skip
"""The kinds of clauses in Chinese."""


def word(name: str, lang: Language) -> str:
    """A word of the schema as people read it."""
    return WORDS.get(name, name) if lang == "zh" else name.replace("_", " ")


def level(grade: str, lang: Language) -> str:
    """A level or grade in signs that are one column wide in every terminal."""
    return f"{grade}级" if lang == "zh" else grade


def span(length: timedelta, lang: Language) -> str:
    """A length of time in its largest whole unit: `50分钟`, `50 min`."""
    minutes = int(length.total_seconds() // 60)
    for size, zh, en in ((1440, "天", "d"), (60, "小时", "h")):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{zh}" if lang == "zh" else f"{minutes // size} {en}"
    return f"{minutes}分钟" if lang == "zh" else f"{minutes} min"
