"""A county's plan in the pure core, with a clock in hand: who stands behind it, and words that the watch records."""

from datetime import datetime, timedelta, timezone
from typing import Any

from incidents import approval, assessing, facts
from incidents.logbook import Entry
from incidents.record import Record
from plans import registry
from plans.library import find, load
from plans.schema import Plan, Stage
from tests.test_incidents_incident import FACTS, OFFICER, Desk

COUNTY = load(find("zhongshan-county")).plan
START = datetime(2026, 3, 20, 2, 0, tzinfo=timezone(timedelta(hours=8)))
CHIEF, HEAD, SITE, CITY, REGION = "hq_chief", "hq_head", "township_leader", "city_hq_leader", "region_hq_leader"


class CountyDesk(Desk):
    """The core by the county's plan, or by one made from it; `warns` opens it with the assessment of a danger."""

    def __init__(self, plan: Plan = COUNTY, *, at: datetime = START, warns: bool = False, **told: Any) -> None:
        self.plan = plan
        self.record = Record(id="45112220260320001", plan=plan.name, plan_hash=registry.put(plan))
        self.entries: list[Entry] = []
        self.now = at
        self.asked = 0
        asked: dict[str, Any] = {"kind": "live", "plan": plan.name, "plan_hash": self.record.plan_hash}
        if warns:
            self.does(assessing.OpenWarning, **asked, assessment={**self.danger(), **told})
        else:
            happened = {"received_at": at, "occurred_at": at - timedelta(minutes=10)}
            self.does(facts.Open, **asked, facts={**FACTS, **happened, "verified": True, **told})

    def danger(self) -> dict[str, Any]:
        rules = self.plan.warning
        assert rules is not None
        return {
            "received_at": self.now,
            "expected_from": self.now + timedelta(hours=2),
            "sector": "hazardous-chemicals",
            "place": {"name": "西郊储罐区"},
            "summary": "储罐超压，可能泄漏",
            "reporter": "某化工公司",
            "colour": "blue",
            "basis": {item.id: "正在核实" for item in rules.basis},
        }

    def learns(self, **findings: Any) -> list[str]:
        return self.does(facts.ReportFacts, source="现场", findings={"verified": True, **findings})

    def agrees(self, *posts: str) -> None:
        """Each stage that waits is answered in an own session by the first of these posts that may; where none of them
        may, it goes on waiting."""
        while (stage := self.waiting()) and (able := [post for post in posts if post in stage.posts]):
            name = next(a.id for a in self.record.approvals.values() if a.stage())
            command = approval.Decide if stage.stage == "decide" else approval.Sign
            self.does(command, f"{able[0]}本人", able[0], approval=name)

    def waiting(self) -> Stage | None:
        """The stage that waits for an answer."""
        return next((stage for a in self.record.approvals.values() if (stage := a.stage())), None)

    def kinds(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]


def spoken(post: str) -> dict[str, Any]:
    return {"post": post, "by": f"{post}本人", "form": "oral", "read_back": True}


__all__ = ["CHIEF", "CITY", "COUNTY", "HEAD", "OFFICER", "REGION", "SITE", "START", "CountyDesk", "spoken"]
