"""What each source told of people, side by side, and which figure counts for the grade.

A source is one of the kinds of FACTS.json, told apart by a name where two are of one kind. Its own later figure
replaces its earlier one. Where official or verified figures of several sources differ, the highest counts, until a
person settles it. Figures of different times are no difference: whoever was missing may since be found, and later
figures of others that account for as many people have overtaken an earlier one. The dead stay dead: nobody else's later
figure lowers them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from incidents.accident import CASUALTIES, MEASURES, STATES, Count, CountSource, State
from incidents.command import Refusal
from incidents.logbook import Draft
from incidents.record import Account, Record, Stands
from plans.schema import Clauses, Measure, Plan

UNFOUND: tuple[State, ...] = ("out_of_contact", "missing", "trapped")
"""Who stands here goes on to any other state."""
HURT: tuple[State, ...] = (
    "serious_injuries",
    "minor_injuries",
    "injuries",
    "hospitalised",
    "threatened_injuries",
    "acute_poisoning",
    "poisoned",
)
"""Found alive and hurt: these overlap, as one person may lie in hospital with a serious injury."""


class Claim(NamedTuple):
    """One source's figure of one state."""

    account: str
    stands: Stands

    @property
    def when(self) -> tuple[datetime, int]:
        """Orders claims: as of when, then as told."""
        return self.stands.at, self.stands.seq


def key(source: CountSource | None, named: str = "") -> str:
    """An account's name; empty for a figure that names no source."""
    return f"{source or ''}/{named}" if named else source or ""


# -- which figure counts -----------------------------------------------------------------------------------------------


def figures(accounts: Mapping[str, Account], in_time: bool = False) -> dict[Measure, Count]:
    """Of each measure the figure that counts; `in_time` leaves out what was told after the casualty window."""
    found = ((measure, counting(accounts, measure, in_time)) for measure in MEASURES)
    return {measure: claim.stands.count for measure, claim in found if claim is not None}


def counting(accounts: Mapping[str, Account], measure: State, in_time: bool = False) -> Claim | None:
    """The claim that counts for the grade, or None."""
    stand = standing(accounts, measure, in_time)
    return max(stand, key=lambda claim: (claim.stands.count.n, claim.stands.count.at_least, claim.when), default=None)


def differ(accounts: Mapping[str, Account], state: State) -> bool:
    """Whether official or verified figures stand beside the one that counts and are lower. A higher one that counts no
    more is no difference: its people went on from there."""
    counts = counting(accounts, state)
    return counts is not None and any(told.stands.count.n < counts.stands.count.n for told in beside(accounts, state))


def beside(accounts: Mapping[str, Account], state: State) -> tuple[Claim, ...]:
    """The official and verified figures that nobody has settled against."""
    return tuple(_claims(accounts, state, in_time=False))


def standing(accounts: Mapping[str, Account], state: State, in_time: bool = False) -> tuple[Claim, ...]:
    """Those of them that later figures of others have not overtaken."""
    claims = tuple(_claims(accounts, state, in_time))
    return tuple(claim for claim in claims if not _overtaken(accounts, state, claim, claims, in_time))


def _claims(accounts: Mapping[str, Account], state: State, in_time: bool) -> Iterator[Claim]:
    for name, account in accounts.items():
        stands = account.states.get(state)
        if stands is not None and in_time and stands.late:
            stands = stands.before
        if stands is not None and stands.count.moves_the_grade and not stands.aside:
            yield Claim(name, stands)


def _overtaken(
    accounts: Mapping[str, Account], state: State, claim: Claim, claims: Iterable[Claim], in_time: bool
) -> bool:
    later = [other for other in claims if other.when > claim.when]
    if not later or claim.stands.overtaken:
        return bool(later)
    if not claim.account:
        # A figure without a source stands beside nobody: whoever is named next replaces it.
        return True
    after: dict[State, int] = {}
    for onward in _onward(state):
        news = [other.stands.count.n for other in _claims(accounts, onward, in_time) if other.when > claim.when]
        after |= {onward: max(news)} if news else {}
    known = dict(claim.stands.beside or {})
    for other, stands in accounts[claim.account].states.items():
        known[other] = max(known.get(other, 0), stands.count.n)
    return _still_or_since(after, known, state) >= claim.stands.count.n


def _still_or_since(after: Mapping[State, int], known: Mapping[State, int], state: State) -> int:
    """How many of those in `state` others place later: still there, or gone on from there since it was told."""

    def more(*states: State) -> int:
        return sum(max(0, after.get(one, 0) - known.get(one, 0)) for one in states)

    still = after.get(state, 0)
    if state in UNFOUND:
        others = (one for one in UNFOUND if one != state)
        return still + more(*others, "rescued", "deaths") + max(0, _hurt(after) - _hurt(known))
    return still + more("deaths") if state in HURT else still


def _hurt(people: Mapping[State, int]) -> int:
    """How many are hurt at least, by figures that overlap."""
    by_severity = people.get("serious_injuries", 0) + people.get("minor_injuries", 0)
    return max(by_severity, *(people.get(one, 0) for one in HURT))


def _onward(state: State) -> tuple[State, ...]:
    if state in UNFOUND:
        return (*UNFOUND, *HURT, "rescued", "deaths")
    return (state, "deaths") if state in HURT else (state,)


# -- what one source may say -------------------------------------------------------------------------------------------


def contradiction(record: Record, told: Iterable[tuple[State, Count]], named: str = "") -> Refusal | None:
    """Why a statement can't be true beside what the same source told: asked, and taken once `differs` says why."""
    news: dict[str, dict[State, Count]] = {}
    for state, count in told:
        news.setdefault(key(count.source, named), {})[state] = count
    for name, counts in news.items():
        account = record.accounts.get(name, Account())
        moved = sum(move.n for move in account.moves if move.enters == "deaths")
        dead = counts.get("deaths")
        if dead is not None and dead.n < moved and not dead.at_least:
            return _asked(
                "deaths", f"{name or '—'} 已先后转入死亡 {moved} 人，现报 {dead.n} 人", f"moved {moved}", dead.n
            )
        whole = counts.get("injuries")
        parts = [c for state in ("serious_injuries", "minor_injuries") if (c := _now(account, counts, state))]
        hurt = sum(count.n for count in parts)
        if whole is not None and hurt > whole.n and not (whole.at_least or whole.about):
            return _asked(
                "injuries", f"重伤、轻伤合计 {hurt} 人，受伤共 {whole.n} 人", f"serious and minor are {hurt}", whole.n
            )
    return None


def _now(account: Account, counts: Mapping[State, Count], state: State) -> Count | None:
    return counts.get(state) or (account.states[state].count if state in account.states else None)


def _asked(state: State, zh: str, told: str, n: int) -> Refusal:
    return Refusal(
        zh=f"{state}：同一来源前后矛盾，{zh}；如属实请在 differs 填写原因",
        reason=f"{state}: one source contradicts itself, {told}, now {n}; if it is so, say why in `differs`",
    )


def after_window(
    record: Record, told: Iterable[tuple[State, Count]], told_at: datetime, now: datetime
) -> list[Measure]:
    """The casualties that count as of an instant after their window (order 493 art. 13)."""
    ends = record.window_ends
    if ends is None or now <= ends:
        return []
    late = {state for state, count in told if count.moves_the_grade and (count.as_of or told_at) > ends}
    return [measure for measure in MEASURES if measure in late and measure in CASUALTIES]


def marked(plan: Plan, record: Record, data: dict[str, Any], late: list[Measure]) -> tuple[dict[str, Any], Clauses]:
    """An entry's data and clauses, saying of figures after the casualty window that they move no grade."""
    if not late:
        return data, ()
    assert record.window_ends is not None  # else nothing is late
    says = f"伤亡补报期已于 {record.window_ends.isoformat()} 届满，如实记录，不自动影响定级"
    window = plan.recovery.casualty_window
    return {**data, "after_window": late, "says": says}, window.clauses if window else ()


# -- folding -----------------------------------------------------------------------------------------------------------


def stated(record: Record, entry: Draft, told: Iterable[tuple[State, Count]], listed: str = "") -> dict[str, Any]:
    """The record's figures once these were told."""
    late, differs = entry.data.get("after_window", ()), entry.data.get("differs", "")
    news: dict[str, dict[State, Stands]] = {}
    accounts = dict(_carried(record))
    for state, count in told:
        named = entry.data.get("named", "")
        name = key(count.source, named)
        accounts.setdefault(name, Account(source=count.source, named=named))
        news.setdefault(name, {})[state] = Stands(
            count=count,
            at=count.as_of or entry.true_at,
            told=count,
            seq=record.head.seq + 1,
            listed=listed,
            differs=differs,
            **_late(accounts[name], state, state in late),
        )
    for name, states in news.items():
        accounts[name] = accounts[name].but(states={**accounts[name].states, **states})
    return changed(record, accounts, (pair for states in news.values() for pair in states.items()))


def _carried(record: Record) -> Mapping[str, Account]:
    """The accounts; of a record that was carried on from before there were any, its figures by their sources."""
    if record.accounts or record.opened_at is None:
        return record.accounts
    found: dict[str, Account] = {}
    for state, count in (*record.hearsay.items(), *record.counts.items()):
        name = key(count.source)
        stands = Stands(count=count, at=count.as_of or record.opened_at, told=count)
        if state in record.frozen:
            before = record.frozen[state]
            stands = stands.but(late=True, before=stands.but(count=before, told=before) if before else None)
        found[name] = _with(found.get(name, Account(source=count.source)), state, stands)
    return found


def _late(account: Account, state: State, late: bool) -> dict[str, Any]:
    """Whether a new figure is late, and the last one in time."""
    old = account.states.get(state)
    return {"late": late, "before": old.before if old and old.late else old} if late else {}


def revised(account: Account, states: Mapping[State, Count], entry: Draft) -> dict[State, Stands]:
    """States of an account with other counts, as moves and corrections leave them: who stated what stays."""
    found: dict[State, Stands] = {}
    for state, count in states.items():
        late = state in entry.data.get("after_window", ())
        at = count.as_of or entry.true_at
        old = account.states.get(state)
        changes = {
            "count": count,
            "at": at,
            "aside": False,
            "overtaken": 0,
            "beside": None,
            **_late(account, state, late),
        }
        found[state] = old.but(**changes) if old else Stands(**changes)
    return found


def changed(
    record: Record, accounts: Mapping[str, Account], news: Iterable[tuple[State, Stands]] = ()
) -> dict[str, Any]:
    """What follows from new accounts: the figures that count, what is only heard, what came after the window."""
    hearsay = dict(record.hearsay)
    for state, stands in news:
        if state not in MEASURES:
            continue
        if stands.count.moves_the_grade:
            # What is known for sure settles what was only heard.
            hearsay.pop(state, None)
        else:
            hearsay[state] = stands.count
    accounts = _passed(_dated(accounts), record.head.seq + 1)
    counts, in_time = figures(accounts), figures(accounts, in_time=True)
    frozen = {m: in_time.get(m) for m, count in counts.items() if in_time.get(m) is not count}
    return {"accounts": accounts, "counts": counts, "hearsay": hearsay, "frozen": frozen}


def _dated(accounts: Mapping[str, Account]) -> Mapping[str, Account]:
    """The accounts, where each new figure keeps what else was known when it was told."""
    fresh = [(n, s, stands) for n, account in accounts.items() for s, stands in account.states.items()]
    found = dict(accounts)
    for name, state, stands in fresh:
        if stands.beside is None:
            most = {one: _most(accounts, one) for one in _onward(state) if one != state}
            found[name] = _with(found[name], state, stands.but(beside={one: n for one, n in most.items() if n}))
    return found


def _most(accounts: Mapping[str, Account], state: State) -> int:
    return max((claim.stands.count.n for claim in _claims(accounts, state, in_time=False)), default=0)


def _passed(accounts: Mapping[str, Account], seq: int) -> Mapping[str, Account]:
    """The accounts, where what this entry has overtaken stays so: its source's next figure alone brings it back."""
    found = dict(accounts)
    for state in STATES:
        claims = tuple(_claims(accounts, state, in_time=True))
        for claim in claims:
            # A figure that is late moves nothing, and overtakes nothing for good.
            fresh = not claim.stands.overtaken and not accounts[claim.account].states[state].late
            if fresh and claim.account and _overtaken(accounts, state, claim, claims, in_time=True):
                found[claim.account] = _with(found[claim.account], state, claim.stands.but(overtaken=seq))
    return found


def brought_back(accounts: Mapping[str, Account], seq: int) -> Mapping[str, Account]:
    """The accounts without what an entry had overtaken, now that the entry is corrected."""
    found = dict(accounts)
    for name, account in accounts.items():
        for state, stands in account.states.items():
            if stands.overtaken == seq:
                found[name] = _with(found[name], state, stands.but(overtaken=0))
    return found


def _with(account: Account, state: State, stands: Stands) -> Account:
    return account.but(states={**account.states, state: stands})
