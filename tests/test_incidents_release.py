"""What the public is told: by whom the plan says, approved by two people, with the figures of a report."""

from typing import Any

import pytest

from incidents import approval, facts, release
from incidents.view import first_page
from tests.support import PLAN
from tests.test_incidents_incident import DEPUTY, HEAD, OFFICER, SECOND, Desk
from tests.test_incidents_levels import CHIEF, asked, ordered

TEXT = "三号井发生事故，已造成三人死亡，救援正在进行。"
CHANNELS = ("拉萨发布", "市政府网站")


def reported() -> Desk:
    desk = Desk(deaths=3, verified=True)
    desk.wait(minutes=5)
    ordered(desk, "III", HEAD, HEAD)
    desk.report_all()
    return desk


def drafted(desk: Desk, by: str = "李", post: str = OFFICER, **more: Any) -> str:
    told = {"text": TEXT, "figures": {"deaths": 3}, "as_at": desk.now, "report": "phone-government", **more}
    desk.does(release.DraftRelease, by, post, **told)
    return list(desk.record.releases)[-1]


def approved() -> Desk:
    desk = reported()
    drafted(desk)
    desk.does(approval.Decide, "平", CHIEF, approval=asked(desk).id)
    return desk


def test_a_text_is_drafted_approved_by_the_publishers_posts_and_published_as_it_was_approved() -> None:
    desk = reported()
    drafted(desk)
    rule = next(rule for rule in PLAN.release.rules if rule.id == "serious") if PLAN.release else None
    assert rule is not None
    assert asked(desk).stages[0].posts == rule.approved_by
    informed = desk.record.notices["N-release-R1"]
    assert (set(informed.recipients), informed.chased) == (set(rule.informs), False)
    assert desk.refused(release.RecordRelease, release="R1", channels=CHANNELS).kind == "hard"
    desk.does(approval.Decide, "平", CHIEF, approval=asked(desk).id)
    desk.does(release.RecordRelease, release="R1", channels=CHANNELS)
    entry = desk.entries[-1]
    assert (entry.kind, entry.clauses) == ("release_published", rule.clauses)
    published = desk.record.releases["R1"]
    assert (published.text, published.published_at, published.publisher) == (TEXT, desk.now, rule.publisher)
    assert desk.refused(release.RecordRelease, release="R1", channels=CHANNELS).kind == "form", "once"


def test_who_drafts_never_approves_whatever_the_plan_allows_elsewhere() -> None:
    desk = reported()
    drafted(desk, "平", CHIEF)
    assert desk.refused(approval.Decide, "平", CHIEF, approval=asked(desk).id).kind == "hard"
    assert desk.refused(approval.Decide, "赵", HEAD, approval=asked(desk).id).kind == "plan"


def test_a_text_that_was_only_spoken_for_waits_for_the_second_persons_call_back() -> None:
    desk = reported()
    drafted(desk)
    name = asked(desk).id
    said = {"approval": name, "stage": "decide", "post": CHIEF, "by": "平", "said_at": desk.now, "via": "电话"}
    desk.does(approval.RecordOral, words="可以发", read_back=True, **said)
    assert "call back" in desk.refused(release.RecordRelease, release="R1", channels=CHANNELS).reason
    desk.does(approval.ConfirmOral, "周", SECOND, approval=name, stage="decide")
    assert desk.refused(release.RecordRelease, release="R1", channels=CHANNELS).kind == "hard", "no number was called"
    rang = {"approval": name, "stage": "decide", "number": "000 1019", "same": True, "words": "属实"}
    assert desk.refused(approval.CallBack, **rang).kind == "hard", "who wrote it down is no second person"
    desk.does(approval.CallBack, "周", SECOND, **rang)
    desk.does(release.RecordRelease, release="R1", channels=CHANNELS)


def test_a_text_with_other_figures_than_the_ledgers_waits_until_somebody_says_why() -> None:
    desk = reported()
    told = {"text": TEXT, "figures": {"deaths": 2}, "as_at": desk.now, "report": "phone-government"}
    assert "deaths 2, now 3" in desk.refused(release.DraftRelease, **told).reason
    assert "report" in desk.refused(release.DraftRelease, **told | {"report": "", "figures": {"deaths": 3}}).reason
    drafted(desk)
    desk.does(approval.Decide, "平", CHIEF, approval=asked(desk).id)
    desk.does(facts.ReportFacts, source="市医院", findings={"deaths": {"n": 4, "source": "hospital"}})
    moved = desk.refused(release.RecordRelease, release="R1", channels=CHANNELS)
    assert (moved.kind, "deaths 3, now 4" in moved.reason) == ("form", True)
    desk.does(release.RecordRelease, release="R1", channels=CHANNELS, differs="文中已写明截至时间")
    assert desk.entries[-1].data["differs"]


def test_a_text_approved_for_a_serious_accident_does_not_go_out_for_a_major_one() -> None:
    desk = approved()
    desk.does(facts.ReportFacts, source="市医院", findings={"deaths": {"n": 12, "source": "hospital"}})
    refusal = desk.refused(release.RecordRelease, release="R1", channels=CHANNELS, differs="x")
    assert (refusal.kind, "major-and-above" in refusal.reason) == ("plan", True)


def test_what_another_body_publishes_is_recorded_and_not_approved_here() -> None:
    desk = Desk(deaths=1, verified=True)
    told = {"text": "事故已处置", "as_at": desk.now}
    refusal = desk.refused(release.DraftRelease, **told)
    assert (refusal.kind, refusal.clauses, "record-release" in refusal.reason) == ("plan", ("LS-4.5-03",), True)
    desk.does(release.RecordRelease, text="县里通报", channels=("县政府网站",))
    assert desk.record.releases["R1"].publisher == "district_general_hq"
    major = Desk(deaths=12, verified=True)
    asked_ = {"text": "自治区通报", "channels": ("西藏发布",)}
    assert "region_general_hq requires" in major.refused(release.RecordRelease, **asked_).reason
    major.does(release.RecordRelease, required="按自治区统一口径", **asked_)
    published = next(entry for entry in major.entries if entry.kind == "release_published")
    assert published.clauses == ("LS-4.5-06",)


def test_the_scene_publishes_only_with_a_recorded_authorisation() -> None:
    desk = reported()
    told = {"rule": "onsite-authorised", "text": "现场通报", "channels": ("现场",)}
    refusal = desk.refused(release.RecordRelease, **told)
    assert ("authorisation" in refusal.reason, refusal.clauses) == (True, ("LS-2.4-09",))
    desk.does(release.RecordRelease, authorised="刘，02:40，电话授权", **told)
    assert desk.record.releases["R1"].publisher == "onsite_hq"


@pytest.mark.parametrize("how", ["correction", "withdrawal"])
def test_a_correction_goes_out_on_one_officers_act_and_a_second_confirms_it_afterwards(how: str) -> None:
    desk = approved()
    told = {"release": "R1", "how": how, "text": "更正：四人", "reason": "医院更正", "channels": CHANNELS}
    assert desk.refused(release.CorrectRelease, **told).kind == "form", "nothing is out yet"
    desk.does(release.RecordRelease, release="R1", channels=CHANNELS)
    desk.does(release.CorrectRelease, **told)
    page = first_page(desk.record)
    assert [item["id"] for item in page["corrections_not_confirmed"]] == ["R1"]
    assert desk.refused(release.ConfirmReleaseCorrection, release="R1").kind == "hard"
    desk.does(release.ConfirmReleaseCorrection, "周", SECOND, release="R1")
    assert first_page(desk.record)["corrections_not_confirmed"] == []
    assert desk.refused(release.ConfirmReleaseCorrection, "王", DEPUTY, release="R1").kind == "form"


def test_a_level_brings_the_tasks_of_telling_the_public() -> None:
    desk = reported()
    assert {"members-tell-office", "press-text", "media-at-scene"} <= desk.record.tasks.keys()
    small = Desk(deaths=1, verified=True)
    small.start_level_four()
    assert "press-text" not in small.record.tasks


MANAGED = {"publicity_department": "白玛", "emergency_bureau": "王强"}


def test_who_manages_releases_stands_by_a_text_and_only_both_together_meet_the_clause() -> None:
    assert PLAN.release is not None
    for named in ({}, {"publicity_department": "白玛"}, MANAGED):
        desk = approved()
        desk.does(release.RecordRelease, release="R1", channels=CHANNELS, managed_by=named)
        entry = desk.entries[-1]
        assert entry.data["managed_by"] == named
        assert (set(PLAN.release.clauses) <= set(entry.clauses)) is (named == MANAGED)
    other = approved().refused(
        release.RecordRelease, release="R1", channels=CHANNELS, managed_by={"fire_brigade": "格列"}
    )
    assert (other.kind, other.reason.partition(":")[0]) == ("form", "managed_by")


def test_an_ordinary_accident_is_published_by_the_county_also_where_the_city_responds() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.start_level_four()
    desk.does(release.RecordRelease, text="通报", channels=CHANNELS)
    told = next(entry for entry in desk.entries if entry.kind == "release_published")
    assert (told.data["rule"], told.data["publisher"]) == ("ordinary", "district_general_hq")
    assert "support-news-release" in desk.record.tasks, "the office helps whoever publishes"
