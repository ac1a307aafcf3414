"""Zones on scene (控制区进出): who is inside, since when, how long they may stay, and the roll call (点名).

Production Safety Accident Emergency Regulation (order 708) art. 22: rescuers are withdrawn if needed; so it is known at
every instant how many are in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import Field

from incidents import deadlines
from incidents.command import Answer, Command, Refusal
from incidents.logbook import Draft
from incidents.record import Clock, Inside, Record, Zone, fresh
from plans.schema import Plan

_LONGEST = timedelta(days=1)


class SetZone(Command):
    """A zone is marked off, or its rules change: how long anybody may stay, how often those inside are called."""

    verb: ClassVar[str] = "set-zone"
    zone: str = Field(min_length=1, max_length=64)
    danger: str = Field(min_length=1, max_length=400)
    stay: timedelta | None = Field(default=None, gt=timedelta(), le=_LONGEST)
    roll_call_every: timedelta | None = Field(default=None, gt=timedelta(), le=_LONGEST)


class EnterZone(Command):
    """A team goes in: under whom, how many. What was done while the rescue stops is recorded, and marked."""

    verb: ClassVar[str] = "enter-zone"
    zone: str
    team: str = Field(min_length=1, max_length=200)
    leader: str = Field(min_length=1, max_length=64)
    people: int = Field(ge=1, le=100_000)


class LeaveZone(Command):
    """People of a team come out; left out, all of them."""

    verb: ClassVar[str] = "leave-zone"
    zone: str
    team: str
    people: int | None = Field(default=None, ge=1, le=100_000)


class RollCall(Command):
    """Those inside were called: how many answered, by whom they were called."""

    verb: ClassVar[str] = "roll-call"
    zone: str
    answered: int = Field(ge=0, le=100_000)
    called_by: str = Field(min_length=1, max_length=64)


def set_zone(plan: Plan, record: Record, command: SetZone, now: datetime) -> Answer:
    return (command.entry("zone_set", now, command.told("zone", "danger", "stay", "roll_call_every")),)


def enter_zone(plan: Plan, record: Record, command: EnterZone, now: datetime) -> Answer:
    zone = record.zones.get(command.zone)
    if zone is None:
        return _no_zone(record, command.zone)
    at = command.true_at or now
    team = zone.inside.get(command.team)
    clocks: list[Clock] = []
    stay = team.clock if team else ""
    if team is None and zone.stay is not None:
        stay = fresh(f"stay-{zone.id}-{command.team}", record.clocks)
        clocks.append(_limit(stay, f"{command.team}撤出{zone.id}", at, zone.stay))
    roll = zone.clock
    if not zone.inside and zone.roll_call_every is not None:
        roll = fresh(f"roll-call-{zone.id}", record.clocks)
        clocks.append(_limit(roll, f"{zone.id}点名", at, zone.roll_call_every))
    data = {**command.told("zone", "team", "leader", "people"), "stay": stay, "roll_call": roll}
    entered = command.entry("zone_entered", now, {**data, "while_stopped": record.rescue != "working"})
    return (entered, *deadlines.begin(clocks, now))


def leave_zone(plan: Plan, record: Record, command: LeaveZone, now: datetime) -> Answer:
    zone = record.zones.get(command.zone)
    if zone is None:
        return _no_zone(record, command.zone)
    team = zone.inside.get(command.team)
    if team is None or (command.people or 0) > team.people:
        here = "、".join(f"{name} {told.people}" for name, told in zone.inside.items()) or "—"
        return Refusal(
            zh=f"team、people：{zone.id}内现有 {here}",
            reason=f"team, people: expected people who are inside {zone.id}: {here}",
        )
    return tuple(_out(record, zone, command.team, command.people or team.people, command, now))


def roll_call(plan: Plan, record: Record, command: RollCall, now: datetime) -> Answer:
    zone = record.zones.get(command.zone)
    if zone is None:
        return _no_zone(record, command.zone)
    data = {**command.told("zone", "answered", "called_by"), "inside": zone.people}
    again: list[Clock] = []
    if zone.inside and zone.roll_call_every is not None:
        name = fresh(f"roll-call-{zone.id}", record.clocks)
        again.append(_limit(name, f"{zone.id}点名", command.true_at or now, zone.roll_call_every))
        data["roll_call"] = name
    return (
        command.entry("roll_called", now, {**data, "missing": max(0, zone.people - command.answered)}),
        *deadlines.done(record, command, zone.clock, now),
        *deadlines.begin(again, now),
    )


def all_out(record: Record, command: Command, now: datetime) -> Iterator[Draft]:
    """Everybody was counted out: no zone has anybody left."""
    for zone in record.zones.values():
        for team, told in zone.inside.items():
            yield from _out(record, zone, team, told.people, command, now)
            zone = zone.but(inside={name: one for name, one in zone.inside.items() if name != team})


def people_in(record: Record) -> int:
    """How many are inside any zone."""
    return sum(zone.people for zone in record.zones.values())


def _out(record: Record, zone: Zone, team: str, people: int, command: Command, now: datetime) -> Iterator[Draft]:
    inside = zone.inside[team]
    yield command.entry("zone_left", now, {"zone": zone.id, "team": team, "people": people})
    if people == inside.people:
        yield from deadlines.done(record, command, inside.clock, now)
    if people == zone.people:
        yield from deadlines.void(record, zone.clock, now, f"{zone.id}内已无人")


def _limit(name: str, says: str, at: datetime, within: timedelta) -> Clock:
    return Clock(id=name, says=says, soft=True, starts_at=at, due_at=at + within, warn_at=at + within * 3 / 4)


def _no_zone(record: Record, name: str) -> Refusal:
    known = ", ".join(record.zones) or "none"
    return Refusal(zh=f"zone：没有 {name}；现有 {known}", reason=f"zone: no '{name}' here; known: {known}")


# -- folding -----------------------------------------------------------------------------------------------------------


def marked(record: Record, entry: Draft) -> Record:
    old = record.zones.get(entry.data["zone"])
    inside, clock = (old.inside, old.clock) if old else ({}, "")
    told = {name: entry.data[name] for name in ("danger", "stay", "roll_call_every") if name in entry.data}
    zone = Zone.model_validate({"id": entry.data["zone"], "inside": inside, "clock": clock, **told})
    return _put(record, zone)


def entered(record: Record, entry: Draft) -> Record:
    data = entry.data
    zone = record.zones[data["zone"]]
    before = zone.inside.get(data["team"])
    team = Inside(
        leader=data["leader"],
        people=data["people"] + (before.people if before else 0),
        since=before.since if before else entry.true_at,
        clock=data["stay"],
    )
    return _put(record, zone.but(inside={**zone.inside, data["team"]: team}, clock=data["roll_call"]))


def left(record: Record, entry: Draft) -> Record:
    zone = record.zones[entry.data["zone"]]
    inside = dict(zone.inside)
    team = inside.pop(entry.data["team"])
    if rest := team.people - entry.data["people"]:
        inside[entry.data["team"]] = team.but(people=rest)
    zone = zone.but(inside=inside, clock=zone.clock if inside else "")
    return _put(record, zone.but(missing=min(zone.missing, zone.people)))


def called(record: Record, entry: Draft) -> Record:
    zone = record.zones[entry.data["zone"]]
    clock = entry.data.get("roll_call", "")
    return _put(record, zone.but(missing=entry.data["missing"], called_at=entry.true_at, clock=clock))


def _put(record: Record, zone: Zone) -> Record:
    return record.but(zones={**record.zones, zone.id: zone})
