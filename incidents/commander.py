"""On-scene command (现场指挥): one commander at every instant, from the first report on.

Presumed until somebody is named; the first leader who arrives with a team acts; from an order on the level's own
commander takes command when there. Who only guides takes nothing over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal, NamedTuple

from pydantic import AwareDatetime, Field

from incidents.command import Answer, Command, Refusal, by_system
from incidents.logbook import Draft
from incidents.record import Arrival, Commander, Deputy, Guide, Record
from incidents.speaking import Ordered, commands, speaker
from plans.schema import Clauses, Grade, Handover, Plan
from statecharts.command import COMMAND
from statecharts.handover import HANDOVER


class DeclareHandover(Command):
    """Command passed on scene and a liaison records it: who has it now, by which way, before whom. `true_at` is the
    declared instant; the giver's duty ends then."""

    verb: ClassVar[str] = "declare-handover"
    post: str
    by: str = Field(min_length=1, max_length=64)
    """The person who commands now."""
    way: Literal["arrived", "named", "declared", "ordered"]
    words: str = Field(default="", max_length=2000)
    witnesses: tuple[str, ...] = Field(default=(), max_length=20)
    number: str = Field(default="", max_length=64)


class LeaderArrived(Command):
    """A leader is at the scene. The level's own commander takes command by it; anybody else changes nothing."""

    verb: ClassVar[str] = "leader-arrived"
    post: str
    by: str = Field(min_length=1, max_length=64)
    words: str = Field(default="", max_length=2000)


class RecordGuiding(Command):
    """A superior guides (指导) and takes nothing over; or, with `ends`, has left."""

    verb: ClassVar[str] = "record-guiding"
    post: str = Field(min_length=1, max_length=200)
    """In the superior's own words: it need not be a post of this plan."""
    by: str = Field(min_length=1, max_length=64)
    words: str = Field(default="", max_length=2000)
    ends: bool = False


class NamePost(Ordered):
    """The commander, where the level's own is not there, or a deputy is named by the post that the plan says."""

    verb: ClassVar[str] = "name-commander"
    names: str
    person: str = Field(min_length=1, max_length=64)
    number: str = Field(default="", max_length=64)
    words: str = Field(default="", max_length=2000)


class ConfirmDeputy(Ordered):
    """The commander confirms a deputy who was named."""

    verb: ClassVar[str] = "confirm-deputy"
    deputy: str


class CorrectHandover(Command):
    """The instant at which somebody took command was another one. It stays between those before and after."""

    verb: ClassVar[str] = "correct-handover"
    corrects: int = Field(ge=1)
    """The entry by which command passed."""
    since: AwareDatetime
    words: str = Field(min_length=1, max_length=2000)


# -- what people record ------------------------------------------------------------------------------------------------


def declare_handover(plan: Plan, record: Record, command: DeclareHandover, now: datetime) -> Answer:
    if refusal := _leads(plan, command.post):
        return refusal
    if command.way in ("declared", "ordered") and not (command.witnesses or command.number):
        return Refusal(
            zh="witnesses：须有见证人，或命令文号", reason="witnesses: expected them, or the number of the order"
        )
    before = record.commander
    at = command.true_at or now
    if refusal := too_early(record, at):
        return refusal
    if command.way == "arrived" and before is not None and before.state == "named":
        return Refusal(
            zh=f"way：{plan.posts[before.post].title}已明确为现场指挥，到场不即接替；到场请用 leader-arrived",
            reason=f"way: {before.post} is named, so that arriving takes nothing over; record `leader-arrived`",
            kind="plan",
            clauses=plan.command.clauses,
        )
    told = command.told("post", "by", "way", "words", "witnesses", "number")
    told["from"] = before.post if before else ""
    rule = passing(plan, record, command.post)
    told["handover"] = rule.id if rule else ""
    cited = dict.fromkeys((*plan.posts[command.post].clauses, *(rule.clauses if rule else ())))
    return (command.entry("command_passed", now, told, tuple(cited)),)


def leader_arrived(plan: Plan, record: Record, command: LeaderArrived, now: datetime) -> Answer:
    if refusal := _leads(plan, command.post):
        return refusal
    return (command.entry("leader_arrived", now, command.told("post", "by", "words")),)


def record_guiding(plan: Plan, record: Record, command: RecordGuiding, now: datetime) -> Answer:
    if plan.command.guiding_takes_over:
        return Refusal(
            zh="本预案规定到场指导即接管，请用 declare-handover",
            reason="by this plan who guides takes over: expected `declare-handover`",
            kind="plan",
            clauses=plan.command.clauses,
        )
    if command.ends and not any((guide.post, guide.user) == (command.post, command.by) for guide in record.guides):
        return Refusal(zh=f"post：{command.by} 并未在指导", reason=f"post: {command.by} does not guide here")
    return (command.entry("guiding", now, command.told("post", "by", "words", "ends")),)


def name_post(plan: Plan, record: Record, command: NamePost, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    hq = plan.command.onsite_hq
    namings = [naming for naming in hq.naming if command.names in naming.posts] if hq else []
    if hq is None or not namings:
        posts = ", ".join((hq.head, *hq.deputies)) if hq else "none"
        return Refusal(
            zh=f"names：应为现场岗位 {posts} 之一，现为 {command.names}",
            reason=f"names: expected one of {posts}, found {command.names}",
        )
    naming = next((naming for naming in namings if naming.by == said.post), None)
    if naming is None:
        by = "、".join(plan.posts[naming.by].title for naming in namings)
        return Refusal(
            zh=f"post：应由{by}指定，现为 {said.post}",
            reason=f"post: expected {', '.join(naming.by for naming in namings)} to name it, found {said.post}",
            kind="plan",
            clauses=namings[0].clauses,
        )
    at = command.true_at or now
    if command.names == hq.head:
        ranks = ranking(plan, record.level) if hq.precedence != "named" else ()
        there = next((rank for rank in ranks if rank.post in record.arrivals), None)
        if there is not None:
            return Refusal(
                zh=f"names：{plan.posts[there.post].title}已到场，按该级响应由其指挥",
                reason=f"names: {there.post} is at the scene and commands at this level",
                kind="plan",
                clauses=there.clauses,
            )
        if refusal := too_early(record, at):
            return refusal
    data = {**command.told("names", "person", "number", "words"), **command.heard(said)}
    return (command.entry("post_named", now, {**data, "commands": command.names == hq.head}, naming.clauses),)


def confirm_deputy(plan: Plan, record: Record, command: ConfirmDeputy, now: datetime) -> Answer:
    said = speaker(plan, command)
    if isinstance(said, Refusal):
        return said
    deputy = record.deputies.get(command.deputy)
    if deputy is None or deputy.confirmed:
        waiting = ", ".join(one.post for one in record.deputies.values() if not one.confirmed) or "none"
        return Refusal(
            zh=f"deputy：没有待确认的 {command.deputy}；待确认 {waiting}",
            reason=f"deputy: no '{command.deputy}' waits for it; waiting: {waiting}",
        )
    hq = plan.command.onsite_hq
    naming = next((one for one in hq.naming if command.deputy in one.posts and one.confirmed_by), None) if hq else None
    clauses = naming.clauses if naming else ()
    if not commands(record, said.post):
        now_commands = record.commander.post if record.commander else ""
        return Refusal(
            zh=f"post：须由现任现场指挥确认，现为 {said.post}",
            reason=f"post: expected the present commander, {now_commands}, found {said.post}",
            kind="plan",
            clauses=clauses,
        )
    data = {"deputy": command.deputy, "person": deputy.user, **command.heard(said)}
    return (command.entry("post_confirmed", now, data, clauses),)


def correct_handover(plan: Plan, record: Record, command: CorrectHandover, now: datetime) -> Answer:
    place = next((at for at, told in enumerate(record.commands) if at and told.seq == command.corrects), None)
    if place is None:
        known = ", ".join(str(told.seq) for told in record.commands[1:]) or "none"
        return Refusal(
            zh=f"corrects：第 {command.corrects} 条不是现场指挥的更替；更替在 {known}",
            reason=f"corrects: entry {command.corrects} passed no command; those that did: {known}",
        )
    before, after = record.commands[place - 1], record.commands[place + 1 : place + 2]
    until = after[0].since if after else now
    if not before.since <= command.since <= until:
        return Refusal(
            zh=f"since：须在 {before.since.isoformat()} 与 {until.isoformat()} 之间，否则同一时刻有两名现场指挥",
            reason=f"since: expected a time between {before.since.isoformat()} and {until.isoformat()}: else there "
            "were two on-scene commanders at one instant",
            kind="hard",
        )
    return (command.entry("command_time_corrected", now, command.told("corrects", "since", "words")),)


def too_early(record: Record, at: datetime) -> Refusal | None:
    """Nobody takes command before the present commander did: two would have commanded at one instant."""
    before = record.commander
    if before is None or at >= before.since:
        return None
    return Refusal(
        zh=f"true_at：{at.isoformat()} 将有两名现场指挥；现任于 {before.since.isoformat()} 接手",
        reason=f"true_at: two on-scene commanders at {at.isoformat()}; the present one took over at "
        f"{before.since.isoformat()}",
        kind="hard",
    )


# -- what the plan says ------------------------------------------------------------------------------------------------


class Rank(NamedTuple):
    """One of those who command at a level when there."""

    post: str
    clauses: Clauses


def ranking(plan: Plan, level: Grade | None) -> tuple[Rank, ...]:
    """Who commands at a level, the highest first: its own, then those of the level that stays in force beneath."""
    ranks: dict[str, Rank] = {}
    for rule in (plan.response.levels[one] for one in in_force(plan, level)):
        for post in rule.commander:
            ranks.setdefault(post, Rank(post, rule.commander_clauses))
    return tuple(ranks.values())


def in_force(plan: Plan, level: Grade | None) -> Iterator[Grade]:
    """A level, and those beneath it that stay in force."""
    while level is not None and level in plan.response.levels:
        yield level
        base = plan.response.levels[level].base
        level = base.level if base else None


def passing(plan: Plan, record: Record, taker: str) -> Handover | None:
    """The plan's handover by which command passes to `taker` as things stand."""
    bodies = (taker, plan.posts[taker].unit)
    return next(
        (
            rule
            for rule in plan.command.handovers
            if rule.kind == "command"
            and (not rule.levels or record.level in rule.levels)
            and set(bodies) & set(rule.taker)
        ),
        None,
    )


def follows(plan: Plan, record: Record, now: datetime) -> Iterator[Draft]:
    """The level's own commander takes command by being there, from the order on: the highest who is there."""
    present = record.commander
    if record.level is None or present is None or record.ordered_at is None or record.phase != "response":
        return
    ranks = ranking(plan, record.level)
    order = {rank.post: place for place, rank in enumerate(ranks)}
    for place, rank in enumerate(ranks):
        if rank.post == present.post and present.state == "named":
            return
        arrival = record.arrivals.get(rank.post)
        # An arrival counts once: who gave command away again does not get it back by still being there.
        if arrival is None or arrival.taken:
            continue
        stands_in = present.state != "named" or (present.how == "named" and not _named_first(plan))
        if stands_in or order.get(present.post, -1) > place:
            at = max(arrival.since, record.ordered_at, present.since)
            data = {"post": rank.post, "by": arrival.user, "from": present.post, "level": record.level}
            yield by_system("command_taken", at, now, data, rank.clauses)
        return


def _named_first(plan: Plan) -> bool:
    hq = plan.command.onsite_hq
    return hq is not None and hq.precedence == "named"


# -- folding -----------------------------------------------------------------------------------------------------------


def take(record: Record, entry: Draft, post: str, user: str, how: str, trigger: str = "name") -> Record:
    """Command passes at the entry's instant; an offer that is still open lapses."""
    state = record.commander.state if record.commander else COMMAND.initial
    offers = {
        name: offer.but(state=HANDOVER.step(offer.state, "lapse")) if offer.state == "offered" else offer
        for name, offer in record.offers.items()
    }
    taken = Commander(
        post=post,
        user=user,
        since=entry.true_at,
        how=how,
        state=COMMAND.step(state, trigger),
        seq=record.head.seq + 1,
    )
    return record.but(commands=(*record.commands, taken), offers=offers)


def presumed(record: Record, entry: Draft) -> Record:
    """Before anybody is named, the site government's leader on duty is presumed, from when the report came in."""
    since = record.known().received_at
    first = Commander(post=entry.data["presumed_commander"], since=since, how="presumed", seq=record.head.seq + 1)
    return record.but(commands=(first,))


def passed(record: Record, entry: Draft) -> Record:
    way = entry.data["way"]
    if way == "arrived":
        record = arrived(record, entry)
    return take(record, entry, entry.data["post"], entry.data["by"], way, "arrive" if way == "arrived" else "name")


def taken(record: Record, entry: Draft) -> Record:
    post = entry.data["post"]
    record = record.but(arrivals={**record.arrivals, post: record.arrivals[post].but(taken=True)})
    return take(record, entry, post, entry.data["by"], "level")


def arrived(record: Record, entry: Draft) -> Record:
    arrival = Arrival(post=entry.data["post"], user=entry.data["by"], since=entry.true_at)
    return record.but(arrivals={**record.arrivals, arrival.post: arrival})


def guided(record: Record, entry: Draft) -> Record:
    guide = Guide(post=entry.data["post"], user=entry.data["by"], since=entry.true_at)
    others = tuple(one for one in record.guides if (one.post, one.user) != (guide.post, guide.user))
    return record.but(guides=others if entry.data["ends"] else (*others, guide))


def named(record: Record, entry: Draft) -> Record:
    data = entry.data
    if data["commands"]:
        return take(record, entry, data["names"], data["person"], "named")
    deputy = Deputy(post=data["names"], user=data["person"], named_by=data["post"])
    return record.but(deputies={**record.deputies, deputy.post: deputy})


def confirmed(record: Record, entry: Draft) -> Record:
    deputy = record.deputies[entry.data["deputy"]]
    return record.but(deputies={**record.deputies, deputy.post: deputy.but(confirmed=True)})


def corrected(record: Record, entry: Draft) -> Record:
    since = datetime.fromisoformat(entry.data["since"])
    return record.but(
        commands=tuple(
            told.but(since=since) if told.seq == entry.data["corrects"] else told for told in record.commands
        )
    )


def _leads(plan: Plan, name: str) -> Refusal | None:
    post = plan.posts.get(name)
    if post is None:
        return Refusal(
            zh=f"post：应为预案中的岗位，现为 {name}", reason=f"post: expected a post of the plan, found {name}"
        )
    if "leader" not in post.roles:
        return Refusal(
            zh=f"post：{post.title}不担任现场指挥",
            reason=f"post: {post.title} commands no scene",
            kind="plan",
            clauses=plan.command.clauses,
        )
    return None
