"""A warning (预警): assessed, proposed, determined, published with a receipt; then changed, over, or an accident."""

from __future__ import annotations

from statecharts.chart import Arrow, compile_chart

OVER = ("lifted", "expired", "withdrawn", "dropped")
"""It holds no more, and no accident came of it."""

_ASKED = ("proposed", "adjusting", "lifting")
_AGREED = ("determined", "signed")
_BEFORE = (*_ASKED, *_AGREED, "seconding", "submitted")

WARNING = compile_chart(
    "warning",
    states=["assessed", *_BEFORE, "published", "declined", *OVER, "became_accident"],
    initial="assessed",
    arrows=[
        Arrow("propose", ("assessed", "declined", "proposed"), "proposed"),
        Arrow("adjust", ("published", "adjusting"), "adjusting"),
        Arrow("begin_lifting", ("published", "adjusting", "lifting"), "lifting"),
        Arrow("determine", (*_ASKED, "seconding"), "signed", ("signature_given",)),
        Arrow("determine", (*_ASKED, "seconding"), "determined"),
        # Those who decline a change leave the warning as it stands.
        Arrow("decline", "proposed", "declined"),
        Arrow("decline", ("adjusting", "lifting"), "published"),
        Arrow("decline", "seconding", "published", ("public",)),
        Arrow("decline", "seconding", "declined"),
        Arrow("submit", _AGREED, "submitted"),
        Arrow("submit", ("proposed", "adjusting"), "submitted", ("authorised",)),
        Arrow("submit_urgently", ("proposed", "adjusting", "seconding"), "seconding", ("authorised",)),
        Arrow("second", "seconding", "submitted"),
        Arrow("publish", "submitted", "lifted", ("lifts",)),
        Arrow("publish", "submitted", "published"),
        Arrow("withdraw", (*_BEFORE, "published"), "withdrawn", ("public",)),
        Arrow("expire", (*_BEFORE, "published"), "expired"),
        Arrow("drop", ("assessed", "proposed", "declined", *_AGREED), "dropped", ("not_public",)),
        Arrow("become_accident", ("assessed", *_BEFORE, "published", "declined", *OVER), "became_accident"),
        # What the public was told goes its own way to its end: the accident does not take it back.
        *(
            Arrow(trigger, "became_accident", "became_accident")
            for trigger in ("begin_lifting", "determine", "decline", "submit", "publish", "withdraw", "expire")
        ),
    ],
    guards={
        "signature_given": lambda warning: warning.on_its_way.signed,
        "authorised": lambda warning: bool(warning.on_its_way.under),
        "lifts": lambda warning: warning.on_its_way.does == "lift",
        "public": lambda warning: warning.public,
        "not_public": lambda warning: not warning.public,
    },
    zh={
        "warning": "预警",
        "assessed": "已研判",
        "proposed": "已提请",
        "adjusting": "拟调整",
        "lifting": "拟解除",
        "determined": "已审定",
        "signed": "已签发",
        "seconding": "待第二人确认",
        "submitted": "已报送发布",
        "published": "已发布",
        "declined": "不同意发布",
        "lifted": "已解除",
        "expired": "已期满",
        "withdrawn": "已撤回",
        "dropped": "不予发布",
        "became_accident": "已转为事故",
        "propose": "提请发布",
        "adjust": "提请调整",
        "begin_lifting": "提请解除",
        "determine": "审定",
        "decline": "答复不同意",
        "submit": "报送发布平台",
        "submit_urgently": "紧急报送",
        "second": "第二人确认",
        "publish": "平台回执",
        "withdraw": "撤回",
        "expire": "期满",
        "drop": "终止研判",
        "become_accident": "发生事故",
        "signature_given": "须签发且已签",
        "authorised": "有事先授权",
        "lifts": "所发为解除",
        "public": "已对外",
        "not_public": "未对外",
    },
)
