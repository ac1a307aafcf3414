"""Warnings as a whole: each colour issued, raised, lowered, lifted, expired, become an accident, in each plan.

Who proposed, determined, signed and published each is compared with a table that was written by hand from the plans'
prose; and in every cell with a publication one person alone is refused.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from incidents import approval, assessing, publication, warning
from incidents.command import Command, Refusal
from incidents.envelope import Envelope
from incidents.incident import fold, handle, pass_time
from incidents.logbook import Entry, seal, verify
from incidents.record import Edition, Record
from plans import registry
from plans.library import find, load
from plans.schema import COLOURS, Colour, Plan, WarningRules
from statecharts.clock import OPEN as OPEN_CLOCKS
from tests.playing import holders

TABLE: Mapping[str, Mapping[Colour, Mapping[str, Mapping[str, Any]]]] = YAML(typ="safe").load(
    Path(__file__).with_name("warnings-matrix.yaml").read_text("utf-8")
)
HAPPENINGS = ("issue", "raise", "lower", "lift", "expire", "accident")
CELLS = [(plan, colour, happening) for plan in TABLE for colour in COLOURS for happening in HAPPENINGS]
PUBLISHED = [cell for cell in CELLS if "publishes" in TABLE[cell[0]][cell[1]][cell[2]]]
START = datetime(2026, 3, 1, 2, 0, tzinfo=timezone(timedelta(hours=8)))
FIRST, SECOND = "first_officer", "second_officer"

HOUR, DAY = 60, 24 * 60
Limits = Mapping[str, tuple[int, int]]
"""Each report's limit: from when it counts, in minutes from the call, and how long it is."""
LIMITS: Mapping[str, Limits] = {
    # Lhasa 4.1, at once, which is ten minutes (LS-A33); Order 493 for the enterprise, from when its head heard of it,
    # for government and side notices.
    "lhasa-2022": {
        "enterprise-report": (-5, HOUR),
        **dict.fromkeys(("verify", "phone-general-hq", "phone-party", "phone-government"), (0, 10)),
        "own-government": (0, 2 * HOUR),
        **dict.fromkeys(("side-police", "side-human-resources", "side-trade-union", "side-procuratorate"), (0, 120)),
        "follow-up": (0, DAY),
    },
    # Zhongshan 3.4.1.2, 3.4.1.3: an hour for the enterprise from when it heard, and for departments; two for the
    # township, one of ours before that (ZS-A42), two for the county (ZS-A43); 2.4, 2.6, 4.2.2 promptly, which is ten
    # minutes.
    "zhongshan-county": {
        **dict.fromkeys(("enterprise-report", "enterprise-to-bureau", "enterprise-to-its-headquarters"), (-5, HOUR)),
        **dict.fromkeys(("departments-to-bureau", "township-within-the-hour"), (0, HOUR)),
        **dict.fromkeys(("township-report", "level-by-level", "own-government"), (0, 2 * HOUR)),
        **dict.fromkeys(("site-to-party-office", "site-to-government-office", "site-to-bureau"), (0, 10)),
        **dict.fromkeys(("county-committee", "county-government"), (0, 10)),
        **dict.fromkeys(("side-police", "side-human-resources", "side-trade-union", "side-procuratorate"), (0, 120)),
        **dict.fromkeys(("supplement", "follow-up-ordinary"), (0, DAY)),
    },
}


class Row(NamedTuple):
    """What one cell of the table says of a publication."""

    proposes: str
    determines: Sequence[str]
    signs: Sequence[str]
    publishes: str
    two: Sequence[str]
    receipt: str
    to: Colour | None = None


def minutes(length: timedelta) -> int:
    return round(length / timedelta(minutes=1))


@cache
def ruled(name: str) -> tuple[Plan, WarningRules, str, Mapping[str, str]]:
    """A plan, its chapter on warnings, its digest, and who holds its posts."""
    plan = load(find(name)).plan
    assert plan.warning is not None
    return plan, plan.warning, registry.put(plan), holders(name)


class Danger:
    """A danger that was assessed, and what is done about it by whom, in the pure core."""

    def __init__(self, name: str, colour: Colour, **told: Any) -> None:
        self.plan, self.rules, digest, self.users = ruled(name)
        self.record = Record(id="1", plan=name, plan_hash=digest)
        self.entries: list[Entry] = []
        self.now = START
        assessment = {
            "received_at": START,
            "expected_from": START + timedelta(hours=2),
            "sector": "hazardous-chemicals",
            "place": {"name": "西郊储罐区"},
            "summary": "储罐超压，可能泄漏",
            "reporter": "值班调度",
            "colour": colour,
            "basis": {item.id: "正在核实" for item in self.rules.basis},
            **told,
        }
        self.says(assessing.OpenWarning, kind="live", plan=name, plan_hash=digest, assessment=assessment)

    def ask(self, command: type[Command], post: str = FIRST, user: str = "", /, **asked: Any) -> Any:
        envelope = Envelope(
            user=user or self.users[post],
            post=post,
            session="s",
            command_id=f"c{self.record.head.seq}",
            issued=self.now,
            expires=self.now + timedelta(minutes=10),
        )
        return handle(self.plan, self.record, command(envelope=envelope, **asked), self.now)

    def says(self, command: type[Command], post: str = FIRST, /, **asked: Any) -> None:
        answer = self.ask(command, post, **asked)
        assert not isinstance(answer, Refusal), answer.reason
        self._write(answer)

    def wait(self, **length: float) -> None:
        self.now += timedelta(**length)
        self._write(pass_time(self.plan, self.record, self.now))

    def _write(self, drafts: Any) -> None:
        sealed = seal(self.record.head, drafts)
        self.record = fold(self.record, sealed)
        self.entries += sealed

    def public(self, command: type[Command], row: Row, /, alone: bool = False, **asked: Any) -> Edition:
        """A text on its way to the public, by the hands of the row. `alone`: each of them is tried alone before."""
        named = {} if row.proposes == FIRST else {"in_name_of": row.proposes, "in_name_by": self.users[row.proposes]}
        self.says(command, **asked, **named)
        number = self.record.warned().draft
        while waiting := [one for one in self.record.approvals.values() if one.stage()]:
            stage = waiting[0].stage()
            assert stage is not None
            if alone:
                self._alone(row, waiting[0].id, stage.stage, stage.posts)
            answers = approval.Decide if stage.stage == "decide" else approval.Sign
            post = next(post for post in (*row.determines, *row.signs) if post in stage.posts)
            self.says(answers, post, approval=waiting[0].id)
        self.says(publication.SubmitWarning, row.two[0], checked=[item.id for item in self.rules.review])
        receipt = {"number": f"预警{number}号", "channels": ["短信", "广播"]}
        self.says(publication.RecordPublication, row.receipt, **receipt)
        edition = self.record.warned().edition(number)
        assert edition is not None
        return edition

    def _alone(self, row: Row, name: str, stage: str, posts: Sequence[str]) -> None:
        """Undetermined it does not go out, and neither who typed it nor in whose name it was proposed approves it."""
        checked = [item.id for item in self.rules.review]
        for refused in (
            self.ask(publication.SubmitWarning, row.two[0], checked=checked),
            self.ask(publication.RecordPublication, row.receipt, number="1", channels=["短信"]),
        ):
            assert isinstance(refused, Refusal)
            assert (refused.kind, refused.reason) == ("hard", "a warning is not published before it is determined")
        answers = approval.Decide if stage == "decide" else approval.Sign
        for drafter in {FIRST, row.proposes}:
            refused = self.ask(answers, posts[0], self.users[drafter], approval=name)
            assert isinstance(refused, Refusal)
            assert (refused.kind, "never approves" in refused.reason) == ("hard", True), refused.reason

    def issue(self, colour: Colour, row: Row, /, alone: bool = False, **more: Any) -> Edition:
        own = {item.id for item in self.rules.content if not {item.id, *item.covers} & set(warning.FILLED)}
        asked = {"text": f"{colour}：储罐可能泄漏", "content": dict.fromkeys(own, "见正文"), **more}
        until = self.now + timedelta(hours=12)
        return self.public(warning.ProposeWarning, row, alone=alone, colour=colour, valid_until=until, **asked)

    def happens(self, happening: str, colour: Colour, row: Row, /, alone: bool = False) -> Edition:
        """The publication of a cell; all but an issue follow one."""
        if happening == "issue":
            return self.issue(colour, row, alone=alone)
        self.issue(colour, self.row(colour, "issue"))
        self.wait(hours=1)
        told = {"text": "事态变化", "advice": "专家建议", "reason": "监测数据"}
        if happening == "lift":
            return self.public(warning.LiftWarning, row, alone=alone, **told)
        return self.public(warning.AdjustWarning, row, alone=alone, colour=row.to, **told)

    def row(self, colour: Colour, happening: str) -> Row:
        return Row(**TABLE[self.plan.name][colour][happening])

    def heard_by(self, edition: Edition) -> set[str]:
        """The unit that an edition was handed to."""
        issued = [e for e in self.entries if e.kind == "notice_issued" and e.data["notice"].startswith("N-publish")]
        return {unit for entry in issued[edition.number - 1 : edition.number] for unit in entry.data["units"]}

    def kinds(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]


def as_told(danger: Danger, edition: Edition) -> Row:
    """The row as the log has it, in the words of the table."""
    asked = [danger.record.approvals[name] for name in edition.approvals]
    posts = {user: post for post, user in danger.users.items() if post in (FIRST, SECOND)}
    acts = [(act.stage, act.post, act.user) for one in asked for act in one.acts]
    assert all(user == danger.users[post] for _, post, user in acts)
    decided = [post for stage, post, _ in acts if stage == "decide"]
    return Row(
        proposes=asked[0].asks.get("in_name_of") or posts[asked[0].proposed_by],
        determines=decided,
        signs=[post for stage, post, _ in acts if stage == "sign"],
        publishes=",".join(danger.heard_by(edition)),
        two=[posts[edition.submitted_by], decided[-1]],
        receipt=posts[danger.kinds("warning_published")[edition.number - 1].user],
        to=edition.colour if edition.does == "adjust" else None,
    )


def test_the_table_has_every_cell_and_a_reason_for_the_two_that_do_not_exist() -> None:
    assert sorted(TABLE) == ["lhasa-2022", "zhongshan-county"]
    for name, colours in TABLE.items():
        assert tuple(colours) == COLOURS == tuple(ruled(name)[1].colours)
        assert all(tuple(happenings) == HAPPENINGS for happenings in colours.values())
        absent = {(c, h): row["why"] for c, cells in colours.items() for h, row in cells.items() if "why" in row}
        assert absent == {("red", "raise"): "nothing-higher", ("blue", "lower"): "nothing-lower"}


@pytest.mark.parametrize(("name", "colour", "happening"), PUBLISHED)
def test_a_text_reaches_the_public_by_the_hands_of_the_table_and_never_by_one(
    name: str, colour: Colour, happening: str
) -> None:
    danger = Danger(name, colour)
    row = danger.row(colour, happening)
    edition = danger.happens(happening, colour, row, alone=True)
    assert as_told(danger, edition) == row
    users = {danger.users[post] for post in (*row.determines, *row.signs)}
    drafters = {user for name in edition.approvals for user in danger.record.approvals[name].asks["drafters"]}
    assert not drafters & users, "who drafts never approves"
    assert len(drafters | users | {edition.submitted_by}) >= 2
    assert edition.signed is bool(row.signs)
    assert edition.colour == (row.to or colour)
    after = ("lifted", 0, "warning_over") if happening == "lift" else ("published", edition.number, "warning")
    told = danger.record.warned()
    assert (told.state, told.standing, danger.record.phase) == after
    verify(danger.entries)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize(("colour", "happening"), [("red", "raise"), ("blue", "lower")])
def test_above_red_and_below_blue_there_is_nothing_to_change_to(name: str, colour: Colour, happening: str) -> None:
    danger = Danger(name, colour)
    danger.issue(colour, danger.row(colour, "issue"))
    assert colour == COLOURS[-1 if happening == "raise" else 0]
    with pytest.raises(ValidationError, match="colour"):
        danger.ask(warning.AdjustWarning, colour="black" if happening == "raise" else "green", text="x", advice="x")
    # The same colour again is another text, and no change of colour.
    named = danger.row(colour, "issue").proposes
    in_name = {} if named == FIRST else {"in_name_of": named, "in_name_by": danger.users[named]}
    danger.says(warning.AdjustWarning, colour=colour, text="x", advice="x", **in_name)
    assert (danger.record.warned().on_its_way.colour, danger.record.warned().on_its_way.was) == (colour, colour)


@pytest.mark.parametrize(("name", "colour"), [(name, colour) for name in TABLE for colour in COLOURS])
def test_a_warning_ends_at_its_time_by_nobodys_hand(name: str, colour: Colour) -> None:
    assert TABLE[name][colour]["expire"] == {"at": "valid-until"}
    danger = Danger(name, colour)
    edition = danger.issue(colour, danger.row(colour, "issue"))
    asked, out = len(danger.record.approvals), len(danger.kinds("warning_published"))
    danger.wait(hours=13)
    (expired,) = danger.kinds("warning_expired")
    assert (expired.true_at, expired.user) == (edition.valid_until, "system")
    assert (danger.record.warned().state, danger.record.phase) == ("expired", "warning_over")
    assert (len(danger.record.approvals), len(danger.kinds("warning_published"))) == (asked, out)
    assert danger.record.notices["N-warning-over"].recipients.keys() == (
        danger.record.notices[f"N-warning-{colour}"].recipients.keys()
    ), "whoever was called hears of its end"


@pytest.mark.parametrize(("name", "colour"), [(name, colour) for name in TABLE for colour in COLOURS])
def test_a_warning_that_becomes_an_accident_keeps_its_history_and_the_reports_limits_begin(
    name: str, colour: Colour
) -> None:
    danger = Danger(name, colour)
    danger.issue(colour, danger.row(colour, "issue"))
    danger.wait(hours=3)
    before, history = danger.record, tuple(danger.entries)
    happened = {
        "received_at": danger.now,
        "heard_at": danger.now - timedelta(minutes=5),
        "occurred_at": danger.now - timedelta(minutes=10),
        "sector": "hazardous-chemicals",
        "place": {"name": "西郊储罐区"},
        "enterprise": "某化工公司",
        "summary": "储罐泄漏",
        "reporter": "值班调度",
        "deaths": 1,
        "verified": True,
    }
    records = TABLE[name][colour]["accident"]["records"]
    danger.says(assessing.BecomeAccident, records, facts=happened)
    (became,) = danger.kinds("became_accident")
    assert (became.user, became.data["colour"]) == (danger.users[records], colour)
    told = danger.record.warned()
    assert (told.state, danger.record.phase) == ("became_accident", "early_disposal")
    assert (told.editions, told.standing) == (before.warned().editions, before.warned().standing)
    assert danger.record.approvals == before.approvals
    assert tuple(danger.entries[: len(history)]) == history
    assert {task.id for task in before.tasks.values()} <= danger.record.tasks.keys(), "its measures stay"
    owed = [clock for clock in danger.record.clocks.values() if clock.rule and clock.verdict in OPEN_CLOCKS]
    limits = {c.id: (minutes(c.starts_at - danger.now), minutes(c.due_at - c.starts_at)) for c in owed}
    assert limits == LIMITS[name]
    assert fold(Record(id="1", plan=name, plan_hash=before.plan_hash), danger.entries) == danger.record


# Zhongshan 3.2.3 (ZS-A34): with the city's leave the county publishes blue and yellow for its own area; orange and red
# stay with the region.
ACROSS: Mapping[Colour, Row] = {
    "blue": Row(
        FIRST, ["hq_head", "city_hq_leader"], ["hq_head"], "emergency_bureau", [FIRST, "city_hq_leader"], SECOND
    ),
    "yellow": Row("hq_head", ["city_hq_leader"], [], "emergency_bureau", [FIRST, "city_hq_leader"], SECOND),
    "orange": Row("hq_head", ["region_hq_leader"], [], "region_hq", [FIRST, "region_hq_leader"], SECOND),
    "red": Row("hq_head", ["region_hq_leader"], [], "region_hq", [FIRST, "region_hq_leader"], SECOND),
}


@pytest.mark.parametrize("colour", ACROSS)
def test_across_the_border_blue_and_yellow_need_the_citys_leave_and_the_county_publishes_them(colour: Colour) -> None:
    danger = Danger("zhongshan-county", colour)
    edition = danger.issue(colour, ACROSS[colour], alone=True, across=True)
    assert as_told(danger, edition) == ACROSS[colour]
    (determined,) = danger.kinds("warning_determined")
    assert ("ZS-3.2.3-01" in determined.clauses) is (colour in ("blue", "yellow"))


def test_what_grows_across_the_border_when_it_is_raised_is_published_by_the_county_with_the_citys_leave() -> None:
    danger = Danger("zhongshan-county", "blue")
    danger.issue("blue", danger.row("blue", "issue"))
    row = danger.row("blue", "raise")._replace(publishes="emergency_bureau")
    told = {"text": "波及邻县", "colour": "yellow", "across": True}
    assert as_told(danger, danger.public(warning.AdjustWarning, row, alone=True, **told)) == row
    lifted = danger.public(warning.LiftWarning, ACROSS["yellow"], alone=True, text="解除")
    assert as_told(danger, lifted) == ACROSS["yellow"]


def test_the_citys_own_warning_asks_the_county_to_prevent_and_publishes_nothing_here() -> None:
    danger = Danger("zhongshan-county", "blue")
    told = {"issuer": "贺州市指挥部", "colour": "yellow", "says": "高温，储罐超压风险", "number": "2026-3"}
    danger.says(assessing.RecordInboundWarning, elsewhere=told)
    task = danger.record.tasks["prevent-on-city-warning"]
    assert (task.owner, task.clauses) == ("bodies_concerned", ("ZS-3.2.1-02",))
    assert "贺州市指挥部" in danger.record.notices["N-inbound"].text
    assert (danger.record.warned().state, danger.kinds("warning_published")) == ("assessed", [])
    assert danger.record.approvals == {}
