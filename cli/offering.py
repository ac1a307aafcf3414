"""Possible duplicates of an intake in a terminal: found in the store, shown with their reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from cli.keeping import intakes
from cli.language import said, tell
from cli.reading import stored
from incidents.incident import fold
from incidents.record import Record
from intakes.duplicates import Near, Offer, Reason, Sighting, of_incident, of_intake, offers, recent
from intakes.record import Intake
from settings import Settings

_REASONS: dict[Reason, tuple[str, str]] = {
    "same_unit": ("同一单位", "the same unit"),
    "similar_unit": ("单位名称相近（仅供参考）", "a similar name of the unit (a hint)"),
    "near": ("时间地点相近", "near in time and place"),
    "similar_place": ("地名相近，无坐标（仅供参考）", "a similar place name, no coordinates (a hint)"),
}


async def candidates(settings: Settings, intake: Intake) -> tuple[Offer, ...]:
    """Open and recent intakes, and incidents that are not closed, that may be the same accident as `intake`."""
    near = Near(km=settings.duplicate_km, within=settings.duplicate_within, likeness=settings.duplicate_likeness)
    now = datetime.now(UTC)
    with intakes(settings) as store:
        others = [of_intake(one) for one in store.all() if recent(one, now, near)]
    return offers(of_intake(intake), (*others, *await _incidents(settings)), near)


def offered(settings: Settings, number: str, found: Iterable[Offer], err: bool) -> None:
    """Show them, and how to join one: that is for a person to decide."""
    for one in found:
        reasons = said("、", ", ").join(said(*_REASONS[reason]) for reason in one.reasons)
        far = f" {one.km:.1f} km" if one.km is not None else ""
        minutes = round(one.apart.total_seconds() / 60)
        apart = said(f"相隔 {minutes} 分钟", f"{minutes} min apart")
        what = " ".join(filter(None, (one.place, one.unit)))
        tell(
            f"疑似重复 {one.id}：{reasons}{far} {apart}  {what}",
            f"may be the same: {one.id}: {reasons}{far} {apart}  {what}",
            err=err,
        )
        if incident := one.id if one.what == "incident" else one.incident:
            how = f"fenghuo intake join {number} {incident}"
            tell(f"  如系同一事故：{how}", f"  if it is: {how}", err=err)


def offered_json(found: Iterable[Offer]) -> list[dict[str, Any]]:
    """The same for scripts; `apart` is an ISO 8601 duration, `km` null where one has no coordinates."""
    return [json.loads(one.model_dump_json()) for one in found]


async def _incidents(settings: Settings) -> list[Sighting]:
    """The incidents that are not closed, as their stored logs tell."""
    async with stored(settings) as logbooks:
        numbers = [number for number, _, body in await logbooks.incidents() if json.loads(body)["phase"] != "closed"]
        records = [fold(Record(id=number), await logbooks.read(number)) for number in numbers]
    return [told for record in records if (told := of_incident(record))]
