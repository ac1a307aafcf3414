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
    "accepted_or_declared": "接受或宣布", "named": "被指定者", "level": "该级的指挥",
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


FIELDS: Mapping[str, str] = {
    # the plan, who is there
    "title": "名称", "issued": "印发", "jurisdiction": "行政区域", "scope": "适用范围", "aliases": "别称",
    "clause_prefix": "条款前缀", "clauses": "条款", "name": "名称", "division_code": "区划代码", "tier": "层级",
    "time_zone": "时区", "site_tier": "下一级称谓", "accepts": "受理行业", "confirm": "经确认受理的行业",
    "national_role": "国家规定中的职能", "phone": "值班电话", "duties": "职责", "phase": "阶段", "part": "牵头或协助",
    "handed_down_by": "交办机构", "unit": "单位", "roles": "可办事项", "held_by": "任职", "substitutes": "替代人",
    "lead": "牵头单位", "members": "成员单位", "forces": "队伍", "needed": "叫应", "when": "条件", "tasks": "任务",
    # work, calls, approvals, notices
    "id": "编号", "says": "文字", "en": "英文", "within": "时限", "starts": "起算", "conditional": "视需要",
    "on_request": "应请求", "owner": "责任单位", "answer": "须答复", "stage": "步骤", "stages": "步骤",
    "body": "机构", "posts": "岗位", "enough": "几人为足", "proposal": "提请", "by": "由", "to": "报",
    "upward": "无人答复时报", "one_person": "一人兼提请与签发", "approval": "审批", "remind_after": "催办",
    "substitute_after": "转替代人", "upward_after": "报上级", "ratify_within": "补签时限", "channel": "渠道",
    "wait": "等候", "chase": "追办", "expires_after": "通知失效", "texts": "通知文字",
    "many_phones": "几部电话起先问", "against": "矛盾处", "field": "字段", "covers": "涵盖", "known_from": "取自",
    "grades": "事故等级", "levels": "响应级别", "sectors": "行业", "circumstances": "情形", "any_count": "任一数",
    # grading
    "scale": "等级名称", "lowest_first": "由低到高", "bounds": "区间端点", "included": "含",
    "factors": "不计数的因素", "named": "列明", "may": "可以", "criteria": "标准", "clause": "条款", "grade": "等级",
    "counts": "数", "at_least": "下限", "below": "上限", "source_kinds": "设备类别", "media": "介质",
    "equipment_events": "设备事件", "flag": "标记", "trapped_counts_as": "被困计作",
    "out_of_contact_counts_as": "失联计作", "default_grade": "无一符合时的等级", "floor_yuan": "起点（元）",
    "confirm_suggestions": "待人确认的数", "statutory": "法定标准", "special_equipment": "特种设备标准",
    # reporting, response, command
    "rules": "规定", "fields": "内容", "handling": "报告规矩", "sender": "报告单位", "addressee": "接收单位",
    "leg": "方式", "line": "线路", "soft": "自设时限", "warn_before": "提前提醒", "every": "间隔",
    "external": "由外单位报", "kind": "类别", "notify": "通知", "taken_over": "上级接管后的任务", "ends": "止于",
    "measures": "措施", "commander": "现场指挥", "commander_clauses": "现场指挥条款", "base": "仍有效的下级",
    "level": "级别", "lift": "解除", "attached": "已附", "units": "单位", "level_for_grade": "等级对应的级别",
    "raise_by": "提高级别", "lower_by": "降低级别", "pace": "审批节奏", "at_once": "自行启动",
    "started": "每次启动带来的任务", "packs": "专项措施", "content": "须写明", "presumed": "推定的现场指挥",
    "presumed_clauses": "推定的条款", "onsite_hq": "现场指挥部", "powers": "职权", "handovers": "交接",
    "guiding_takes_over": "指导即接管", "acceptance_within": "接受时限", "ordered_by": "决定单位",
    "prepared_by": "筹备单位", "set_up_by": "组建单位", "active_from": "何时设立", "head": "负责人",
    "deputies": "副职", "naming": "指定", "confirmed_by": "确认人", "drawn_from": "来自", "holder": "谁",
    "giver": "交方", "taker": "接方", "copies": "抄送", "ends_by": "完成标志",
    # warnings, release, the end, what stands ready
    "colours": "颜色", "basis": "依据", "review": "核查", "publisher": "发布单位", "submitted_by": "报送单位",
    "corrected_within": "更正确认时限", "ahead": "先发后批", "authorised": "可凭事先授权", "emergency": "可紧急先发",
    "seconded_within": "第二人确认时限", "determined_within": "补审时限", "watch": "有效期内任务",
    "valid_for": "有效期", "adjust": "调整", "consults": "先征求", "also_by_colour": "各颜色审定人均须同意",
    "ready_first": "措施先行", "inbound": "外地预警", "follows": "听从", "drafted_by": "起草单位",
    "approved_by": "批准", "authorised_by": "授权单位", "informs": "通报", "managed_by": "管理单位",
    "conditions": "条件", "path": "路径", "written": "须有文件", "required": "须成立", "alternatives": "择一成立",
    "people_missing_path": "仍有人失踪时的路径", "scene_end": "结束现场处置", "scene_end_at": "各级结束现场处置",
    "withdrawal": "撤出", "lifting": "解除响应", "superior_first": "先等上级", "length": "期限", "told": "补报任务",
    "makes": "成果", "led_by": "领导", "casualty_window": "伤亡补报期", "resources": "资源", "together": "会同",
    "names": "名称", "paid_by": "补偿单位", "payment_clauses": "补偿条款", "run_by": "承办单位",
    "requisition": "征用", "drills": "演练", "revisions": "修订情形", "revised_by": "修订单位",
    # decisions, the chapters
    "choice": "决定", "reason": "理由", "confirmed": "已确认", "changes": "改动", "settles": "解决的问题",
    "at": "位置", "about": "预案", "plan": "预案", "groups": "现场工作组", "grading": "事故分级",
    "national": "国家标准", "warning": "预警", "reporting": "信息报告", "notices": "通知与追办",
    "disposal": "先期处置", "response": "应急响应", "command": "现场指挥", "release": "信息发布",
    "termination": "应急结束", "recovery": "后期处置", "preparedness": "应急保障", "decisions": "决定",
    "outside": "不在系统内的条款", "silent": "没有的章节",
    # what a county's plan brought
    "refers_to": "引用的章节", "section": "章节", "skills": "专长", "skill": "所需专长", "heads": "为首",
    "formations": "现场指挥部的组成", "group_lists": "工作组名单",
    "precedence": "何者优先", "attention": "特别关注", "periods": "敏感时段", "first": "起", "last": "止",
    "repeated_within": "再发的时长", "repeated_count": "再发的次数", "triggers": "触发情形",
    "tells": "同时告知", "across": "跨界须同意",
}  # fmt: skip
"""The schema's field names, and with them the chapters, in Chinese."""


def field(name: str, lang: Language) -> str:
    """A field of the schema as people read it."""
    return FIELDS.get(name, name) if lang == "zh" else name.replace("_", " ")


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
