"""The casualty ledger (伤亡台账): people move from state to state within one source's account, and are never made.

A move changes no sum. Only statements and corrections do: a correction points at the entry that was wrong, and is
nobody's rescue. Where sources differ, a person settles which figure counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, Field

from incidents import accounts
from incidents.accident import STATES, Count, CountSource, State
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Account, Moved, Record, Stands
from plans.schema import Measure, Plan

Named = Annotated[str, Field(max_length=64)]
Reason = Annotated[str, Field(min_length=1, max_length=400)]


class MovePeople(Command):
    """By one source, people went from one state to another: found dead, found alive, brought to hospital."""

    verb: ClassVar[str] = "move-people"
    from_state: State
    to_state: State
    n: int = Field(ge=1, strict=True)
    source: CountSource | None = None
    named: Named = ""
    as_of: AwareDatetime | None = None
    words: str = Field(default="", max_length=2000)
    listed: str = Field(default="", max_length=16)
    """The name list that says who, by its number in the log."""


class CorrectCount(Command):
    """An earlier figure or move was wrong. It stays in the log; nobody was moved by correcting it."""

    verb: ClassVar[str] = "correct-count"
    corrects: int = Field(ge=1)
    """The entry that was wrong."""
    state: State | None = None
    """Which figure of that entry, where it told several."""
    source: CountSource | None = None
    named: Named = ""
    to: int = Field(ge=0, strict=True)
    """The right number; of a move 0 means that it never happened."""
    at_least: bool = False
    about: bool = False
    reason: Reason


class SettleCount(Command):
    """Sources differ, and somebody decided whose figure counts. What is told later counts again."""

    verb: ClassVar[str] = "settle-count"
    measure: Measure
    source: CountSource | None = None
    named: Named = ""
    decided_by: str = Field(min_length=1, max_length=64)
    reason: Reason


def move_people(plan: Plan, record: Record, command: MovePeople, now: datetime) -> Answer:
    if command.from_state not in STATES or command.to_state not in STATES or command.from_state == command.to_state:
        return Refusal(
            zh="from_state、to_state：应为两种不同的人员状态",
            reason="from_state, to_state: expected two different states of people",
        )
    if command.from_state == "deaths":
        return Refusal(
            zh="from_state：死亡不再转出；数字有误用 correct-count",
            reason="from_state: the dead go nowhere; a wrong figure is mended by `correct-count`",
        )
    if command.as_of is not None and command.as_of > now:
        return Refusal(
            zh=f"as_of：不能晚于现在，现为 {command.as_of.isoformat()}",
            reason=f"as_of: expected a time that is not in the future, found {command.as_of.isoformat()}",
        )
    if command.listed and command.listed not in record.lists:
        return Refusal(zh=f"listed：没有名单 {command.listed}", reason=f"listed: no name list {command.listed}")
    name = accounts.key(command.source, command.named)
    account = record.accounts.get(name)
    stands = account.states.get(command.from_state) if account else None
    if account is None or stands is None:
        return Refusal(
            zh=f"{name or '未注明来源'}：该来源尚未报过 {command.from_state} 人数，先用 report-facts",
            reason=f"{name or 'no source'}: it never told how many are {command.from_state}; `report-facts` first",
        )
    count = stands.count
    if command.n > count.n:
        # A bound or an estimate is no confirmed figure: its own correction comes first.
        sure = count.moves_the_grade and not (count.at_least or count.about)
        return Refusal(
            zh=f"n：{name or '未注明来源'}的 {command.from_state} 现为 {count.n} 人，不能转出 {command.n} 人",
            reason=f"n: {name or 'no source'} has {count.n} {command.from_state}, so {command.n} can't leave",
            kind="hard" if sure else "form",
        )
    told = command.told("source", "as_of") | {n: t for n in ("named", "words", "listed") if (t := getattr(command, n))}
    data = {"from": command.from_state, "to": command.to_state, "n": command.n, **told}
    news = _after_move(account, command.from_state, command.to_state, command.n, command.as_of)
    data["stands"] = {state: changed.n for state, changed in news.items()}
    late = accounts.after_window(record, news.items(), command.as_of or command.true_at or now, now)
    return (command.entry("people_moved", now, *accounts.marked(plan, record, data, late)),)


def correct_count(plan: Plan, record: Record, command: CorrectCount, now: datetime) -> Answer:
    if command.corrects > record.head.seq:
        return Refusal(
            zh=f"corrects：没有第 {command.corrects} 条；最后一条是 {record.head.seq}",
            reason=f"corrects: entry {command.corrects} does not exist; the last is {record.head.seq}",
        )
    for name, account in record.accounts.items():
        for move in account.moves:
            if move.seq == command.corrects:
                return _move_corrected(account, name, move, command, now)
    wanted = accounts.key(command.source, command.named)
    found = [
        (name, state, stands)
        for name, account in record.accounts.items()
        for state, stands in account.states.items()
        if stands.seq == command.corrects
        and command.state in (None, state)
        and (name == wanted or not wanted)
        and stands.told is not None
    ]
    if len(found) != 1:
        told = "、".join(f"{name or '—'} {state}" for name, state, _ in found)
        return Refusal(
            zh=f"第 {command.corrects} 条"
            + (f"报了几个数，须用 state、source 指明：{told}" if found else "不是仍然有效的人数或转移"),
            reason=f"corrects: entry {command.corrects} "
            + (f"told several; say which by state and source: {told}" if found else "tells no figure that stands now"),
        )
    name, state, stands = found[0]
    assert stands.told is not None  # only stated figures are found
    since = stands.count.n - stands.told.n
    if command.to + since < 0:
        return _impossible(f"{name or '—'} {state}", command.to, -since)
    data = {
        **_account(record.accounts[name]),
        "corrects": command.corrects,
        "state": state,
        "was": stands.told.n,
        "is": command.to,
        "stands": {state: command.to + since},
        **{mark: True for mark in ("at_least", "about") if getattr(command, mark)},
        "reason": command.reason,
    }
    return (command.entry("count_corrected", now, data),)


def _move_corrected(account: Account, name: str, move: Moved, command: CorrectCount, now: datetime) -> Answer:
    if command.to == move.n:
        return Refusal(zh=f"to：原记录即为 {move.n} 人", reason=f"to: the move is of {move.n} people already")
    news = _after_correction(account, move, command.to)
    for state, count in news.items():
        if count is None:
            return _impossible(f"{name or '—'} {state}", command.to, account.states[state].count.n)
    data = {
        **_account(account),
        "corrects": move.seq,
        "from": move.leaves,
        "to": move.enters,
        "was": move.n,
        "is": command.to,
        "stands": {state: count.n for state, count in news.items() if count},
        "reason": command.reason,
    }
    return (command.entry("count_corrected", now, data),)


def _impossible(what: str, to: int, moved: int) -> Refusal:
    return Refusal(
        zh=f"to：{what} 现账面与后续转移（{moved} 人）相抵，更正为 {to} 将使人数为负",
        reason=f"to: {what} and the moves on its account ({moved}) would leave fewer than nobody with {to}",
        kind="hard",
    )


def settle_count(plan: Plan, record: Record, command: SettleCount, now: datetime) -> Answer:
    stand = accounts.beside(record.accounts, command.measure)
    name = accounts.key(command.source, command.named)
    others = [claim.account for claim in stand if claim.account != name]
    figure = next((claim.stands.count for claim in stand if claim.account == name), None)
    if figure is None or all(claim.stands.count.n == figure.n for claim in stand):
        told = ", ".join(f"{claim.account or '—'} {claim.stands.count.n}" for claim in stand) or "—"
        return Refusal(
            zh=f"source：应为并列的来源之一，且与他源不同：{told}；现为 {name or '未注明来源'}",
            reason=f"source: expected one of several that stand beside each other: {told}; found {name or 'none'}",
        )
    data = {
        **_account(record.accounts[name]),
        "measure": command.measure,
        "n": figure.n,
        "aside": others,
        **command.told("decided_by", "reason"),
    }
    return (command.entry("count_settled", now, data),)


def _account(account: Account) -> dict[str, Any]:
    return {"source": account.source} | ({"named": account.named} if account.named else {})


# -- folding -----------------------------------------------------------------------------------------------------------


def moved(record: Record, entry: Draft) -> Record:
    data = entry.data
    name = _of(entry)
    account = record.accounts[name]
    as_of = datetime.fromisoformat(data["as_of"]) if data.get("as_of") else None
    news = accounts.revised(account, _after_move(account, data["from"], data["to"], data["n"], as_of), entry)
    move = Moved(seq=record.head.seq + 1, leaves=data["from"], enters=data["to"], n=data["n"])
    return _with(record, name, account.but(moves=(*account.moves, move)), news)


def corrected(record: Record, entry: Draft) -> Record:
    data = entry.data
    name = _of(entry)
    record = record.but(accounts=accounts.brought_back(record.accounts, data["corrects"]))
    account = record.accounts[name]
    if "state" in data:
        state: State = data["state"]
        old = account.states[state]
        assert old.told is not None  # only a statement is corrected so
        marks = {mark: bool(data.get(mark)) for mark in ("at_least", "about")}
        told = old.told.model_copy(update={"n": data["is"], **marks})
        count = old.count.model_copy(update={"n": data["stands"][state], **marks})
        changes = {"count": count, "told": told, "corrected": True, "aside": False, "overtaken": 0}
        return _with(record, name, account, {state: old.but(**changes)})
    at = next(number for number, move in enumerate(account.moves) if move.seq == data["corrects"])
    move = account.moves[at]
    right = _after_correction(account, move, data["is"])
    news = {
        s: account.states[s].but(count=count, corrected=True, overtaken=0)
        for s, count in right.items()
        if count is not None
    }
    moves = (*account.moves[:at], move.but(n=data["is"]), *account.moves[at + 1 :])
    return _with(record, name, account.but(moves=moves), news)


def settled(record: Record, entry: Draft) -> Record:
    measure: Measure = entry.data["measure"]
    changes = dict(record.accounts)
    for name in entry.data["aside"]:
        states = changes[name].states
        changes[name] = changes[name].but(states={**states, measure: states[measure].but(aside=True)})
    return record.but(**accounts.changed(record, changes))


def _of(entry: Draft) -> str:
    return accounts.key(entry.data.get("source"), entry.data.get("named", ""))


def _with(record: Record, name: str, account: Account, news: dict[State, Stands]) -> Record:
    account = account.but(states={**account.states, **news})
    return record.but(**accounts.changed(record, {**record.accounts, name: account}, news.items()))


def _after_move(account: Account, leaves: State, enters: State, n: int, as_of: datetime | None) -> dict[State, Count]:
    """Both states once `n` people have gone from one to the other. Who arrives where nobody was counted yet makes
    `at least` so many."""
    source = account.states[leaves].count
    goal = account.states[enters].count if enters in account.states else None
    if goal is None:
        goal = Count(n=0, at_least=True, source=account.source, verified=source.verified)
    verified = source.verified and goal.verified
    return {
        leaves: source.model_copy(update={"n": source.n - n, "as_of": as_of}),
        enters: goal.model_copy(update={"n": goal.n + n, "as_of": as_of, "verified": verified}),
    }


def _after_correction(account: Account, move: Moved, n: int) -> dict[State, Count | None]:
    """Both states once a move was of `n` people; None: fewer than nobody would be left. What was stated since the
    move stays as it was stated."""
    found: dict[State, Count | None] = {}
    for state, more in ((move.leaves, move.n - n), (move.enters, n - move.n)):
        stands = account.states[state]
        if stands.seq < move.seq:
            right = stands.count.n + more
            found[state] = stands.count.model_copy(update={"n": right}) if right >= 0 else None
    return found
