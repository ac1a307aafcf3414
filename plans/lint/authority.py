"""Who decides and signs: posts without a holder, approvals that nobody can give, or that one person gives alone."""

from __future__ import annotations

from collections.abc import Iterator

from plans.lint.rule import Fault, Layer, cited, rule
from plans.schema import GRADES, ApprovalRule, Circumstance, LevelRule, Naming, Role, Stage

ATTENTION: frozenset[Circumstance] = frozenset(("sensitive_period", "repeated"))
NEEDED: dict[str, Role] = {"decide": "decider", "sign": "signatory"}


@rule("holder-unnamed", "high", "写明由哪一职务担任及其替代人", "Name the office that holds it, and a substitute.")
def holders(layer: Layer) -> Iterator[Fault]:
    """审批或指挥所需的岗位，预案没有说由谁担任 · A post that must act, and the plan names nobody for it."""
    for name, clauses in _acting(layer).items():
        post = layer.posts.get(name)
        if post is not None and not post.held_by:
            yield Fault(
                f"posts/{name}/held_by",
                (*post.clauses, *clauses),
                f"“{post.title}”由谁担任没有写",
                f"who holds the post '{name}' is not said",
            )


@rule("approval-impossible", "high", "给这一步一个能办的岗位", "Give this step to a post that may take it.")
def impossible(layer: Layer) -> Iterator[Fault]:
    """没有人能办的审批 · An approval that nobody can give."""
    for path, approval in layer.parts(ApprovalRule):
        if not approval.stages:
            yield Fault(path, approval.clauses, "没有任何审批环节", "it has no stage")
        for stage in approval.stages:
            able = [post for post in stage.posts if _may(layer, post, NEEDED[stage.stage])]
            at = f"{path}/stages/{stage.stage}"
            if not able:
                words = layer.called(*stage.posts) or "无岗位"
                yield Fault(at, stage.clauses, f"{words}：无人有权办这一步", f"none of its posts may {stage.stage}")
            elif _only_proposer(layer, approval, able):
                yield Fault(at, stage.clauses, "提请人就是唯一能批的人", "who proposes is the only one who could agree")


@rule("approval-dead-end", "high", "写明替代人或上级", "Name a substitute, or who is asked above.")
def dead_ends(layer: Layer) -> Iterator[Fault]:
    """无人答复时没有下家 · Nobody stands in when the posts do not answer."""
    for path, approval in layer.parts(ApprovalRule):
        for stage in approval.stages:
            substitutes = [layer.posts[post].substitutes for post in stage.posts if post in layer.posts]
            if not approval.upward and not any(substitutes):
                yield Fault(
                    f"{path}/upward",
                    _clauses(approval),
                    f"{layer.called(*stage.posts)}联系不上时由谁办没有写",
                    "nobody stands in when these posts do not answer",
                )


@rule("no-pace", "high", "定催办、转替代人、报上级的时间", "Decide after how long to remind, pass on and ask above.")
def pace(layer: Layer) -> Iterator[Fault]:
    """审批没有时间，可以无限等下去 · Approvals have no pace and may wait for ever."""
    if layer.response.pace is None:
        clauses = [clause for level in layer.response.levels.values() for clause in level.approval.clauses]
        yield Fault("response/pace", clauses, "审批等多久、之后怎么办没有写", "how long an approval waits is not said")


@rule("several-may-act", "medium", "定一人即可还是都要", "Decide whether one of them is enough.")
def several(layer: Layer) -> Iterator[Fault]:
    """同一步有几个岗位，没有说一人是否足够 · Several posts may act, and nothing says whether one is enough."""
    for path, approval in layer.parts(ApprovalRule):
        for stage in approval.stages:
            if len(stage.posts) > 1 and stage.enough is None:
                yield Fault(
                    f"{path}/stages/{stage.stage}/enough",
                    stage.clauses,
                    f"{layer.called(*stage.posts)}：一人即可还是都要没有写",
                    f"whether one of {', '.join(stage.posts)} is enough is not said",
                )


@rule("proposer-signs", "medium", "定提请人能否自己签发", "Decide whether one person may propose and sign.")
def alone(layer: Layer) -> Iterator[Fault]:
    """一人兼任几岗，可能自己提请自己签发 · One person holds several posts and might propose and sign alone."""
    watch = {post.held_by for post in layer.posts.values() if "watch" in post.roles and post.held_by}
    for path, approval in layer.parts(ApprovalRule):
        if approval.one_person is None:
            both = [
                post
                for stage in approval.stages
                for post in stage.posts
                if post in layer.posts and layer.posts[post].held_by in watch
            ]
            if both:
                office = layer.posts[both[0]].held_by
                yield Fault(
                    f"{path}/one_person",
                    (*_clauses(approval), *layer.posts[both[0]].clauses),
                    f"{office}既可提请又可批准",
                    f"{office} may both propose and agree",
                )


@rule("level-missing", "high", "写明这一等级按哪一级响应", "Say which level answers to this grade.")
def levels(layer: Layer) -> Iterator[Fault]:
    """有的等级没有对应的响应级别 · A grade has no level of response."""
    scale = layer.response.level_for_grade or {grade: grade for grade in GRADES}
    for grade in GRADES:
        if scale.get(grade) not in layer.response.levels:
            yield Fault(
                f"response/levels/{grade}",
                layer.response.clauses,
                f"{grade} 级事故没有响应级别",
                f"no level for grade {grade}",
            )


@rule("level-unreachable", "medium", "改对应表，或删去这一级", "Mend the map, or drop the level.")
def unreachable(layer: Layer) -> Iterator[Fault]:
    """没有等级对应的响应级别 · No grade leads to a level."""
    scale = layer.response.level_for_grade
    for level, told in layer.response.levels.items():
        if scale is not None and level not in scale.values():
            yield Fault(
                f"response/levels/{level}", cited(told), f"没有等级对应 {level} 级响应", f"no grade leads to {level}"
            )


@rule("no-level-map", "high", "定等级与响应级别的对应", "Decide which level answers to which grade.")
def scale(layer: Layer) -> Iterator[Fault]:
    """等级和响应级别的对应没有写 · Which level answers to which grade is not said."""
    if layer.response.level_for_grade is None:
        yield Fault(
            "response/level_for_grade",
            layer.response.clauses,
            "等级与响应级别的对应没有写",
            "no map from grade to level",
        )


@rule("level-without-decider", "high", "写明由谁决定", "Say who decides.")
def deciders(layer: Layer) -> Iterator[Fault]:
    """响应级别没有决定人 · A level that nobody decides."""
    yield from _without(layer, "decide", "由谁决定没有写", "who decides it is not said")


@rule("level-without-signatory", "high", "写明由谁签发", "Say who signs.")
def signatories(layer: Layer) -> Iterator[Fault]:
    """响应级别没有签发人 · A level that nobody signs."""
    yield from _without(layer, "sign", "由谁签发没有写", "who signs it is not said")


@rule("level-without-lift", "high", "写明由谁解除", "Say who lifts it.")
def lifts(layer: Layer) -> Iterator[Fault]:
    """响应级别没有解除的人 · A level that nobody may lift."""
    for level, told in layer.response.levels.items():
        if told.lift is None and layer.termination.lifting.by is None:
            yield Fault(
                f"response/levels/{level}/lift",
                cited(told),
                f"{level} 级响应由谁解除没有写",
                f"who lifts {level} is not said",
            )


@rule("level-only-at-times", "high", "定其余时候是否同样办理", "Decide whether the same is owed at other times.")
def only_at_times(layer: Layer) -> Iterator[Fault]:
    """响应措施只在敏感时段或同类再发时才有 · A level's work is owed at times of special attention alone."""
    for level, told in layer.response.levels.items():
        bound = [task for task in told.measures if ATTENTION & set(task.when.circumstances)]
        if bound:
            yield Fault(
                f"response/levels/{level}/measures",
                dict.fromkeys(clause for task in bound for clause in task.clauses),
                f"{level} 级的 {len(bound)} 项措施只在敏感时段或同类再发时才有，平时没有",
                f"{len(bound)} measures of level {level} are owed at special times alone",
            )


@rule("attention-undefined", "medium", "写明起止日期、时长和次数", "Decide the dates, the time span and the count.")
def undefined_attention(layer: Layer) -> Iterator[Fault]:
    """用了“敏感时段”“短时间内再发”而没有界定 · Special times are spoken of and nothing says when they are."""
    asked = [task for told in layer.response.levels.values() for task in told.measures]
    bound = [task for task in asked if ATTENTION & set(task.when.circumstances)]
    rules = layer.response.attention
    told = rules is not None and rules.periods and rules.repeated_within and rules.repeated_count
    if bound and not told:
        yield Fault(
            "response/attention",
            dict.fromkeys(clause for task in bound for clause in task.clauses),
            "“敏感时段”“较短时间”没有界定",
            "when a period is sensitive and what counts as repeated is not said",
        )


@rule("no-raise-rule", "high", "定由谁提高响应级别", "Decide whose authority raises a level.")
def raising(layer: Layer) -> Iterator[Fault]:
    """没有提高响应级别的规定 · No rule for raising the level."""
    if layer.response.raise_by is None:
        yield Fault(
            "response/raise_by", layer.response.clauses, "由谁提高响应级别没有写", "who raises a level is not said"
        )


@rule("no-lower-rule", "high", "定由谁降低响应级别", "Decide whose authority lowers a level.")
def lowering(layer: Layer) -> Iterator[Fault]:
    """没有降低响应级别的规定 · No rule for lowering the level."""
    if layer.response.lower_by is None:
        yield Fault(
            "response/lower_by", layer.response.clauses, "由谁降低响应级别没有写", "who lowers a level is not said"
        )


def _acting(layer: Layer) -> dict[str, tuple[str, ...]]:
    """The posts that approvals, command and naming need, with the clauses that need them. A post on scene that
    somebody names gets its holder by that."""
    needed: dict[str, tuple[str, ...]] = {layer.command.presumed: layer.command.presumed_clauses}
    for _, stage in layer.parts(Stage):
        needed |= {post: stage.clauses for post in stage.posts if post not in needed}
    for _, level in layer.parts(LevelRule):
        needed |= {post: level.commander_clauses for post in level.commander if post not in needed}
    for _, naming in layer.parts(Naming):
        needed.setdefault(naming.by, naming.clauses)
    named = {post for _, naming in layer.parts(Naming) for post in naming.posts}
    return {post: clauses for post, clauses in needed.items() if post not in named}


def _may(layer: Layer, post: str, role: Role) -> bool:
    return post in layer.posts and role in layer.posts[post].roles


def _only_proposer(layer: Layer, approval: ApprovalRule, able: list[str]) -> bool:
    """Whether everybody who could agree holds the proposing unit's only office, and may not do both."""
    if approval.proposal is None or approval.upward or approval.one_person == "allowed_and_marked":
        return False
    proposers = {post.held_by for post in layer.posts.values() if post.unit == approval.proposal.by}
    could = [*able, *(other for post in able for other in layer.posts[post].substitutes)]
    offices = {layer.posts[post].held_by for post in could if post in layer.posts}
    return len(proposers) == 1 and "" not in proposers and offices == proposers


def _without(layer: Layer, stage: str, says: str, en: str) -> Iterator[Fault]:
    for level, told in layer.response.levels.items():
        if not any(step.stage == stage for step in told.approval.stages):
            yield Fault(
                f"response/levels/{level}/approval/{stage}", cited(told), f"{level} 级响应{says}", f"{level}: {en}"
            )


def _clauses(approval: ApprovalRule) -> tuple[str, ...]:
    return approval.clauses or tuple(clause for stage in approval.stages for clause in stage.clauses)
