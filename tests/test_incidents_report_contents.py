"""What a written report carries, read from the facts and from what is told with it; the rest is being verified."""

from typing import get_args

from incidents import reporting
from incidents import tasks as work
from incidents.accident import Facts
from incidents.report_contents import VERIFYING
from plans.schema import Known
from tests.onscene import TOLD
from tests.support import PLAN
from tests.test_incidents_incident import START, Desk

LEG = "own-government"
"""A written leg of an ordinary accident: by the national regulation, within two hours."""


def sent(desk: Desk, clock: str = LEG, **told: str) -> dict[str, list[str]]:
    """What the report says of its items."""
    asked = {"clock": clock, "via": "传真", "as_at": desk.now, "signed_by": "王"}
    desk.does(reporting.SendReport, **asked, fields=told)
    entry = next(entry for entry in reversed(desk.entries) if entry.kind == "report_sent")
    return dict(entry.data["fields"])


def cited(desk: Desk, clock: str = LEG) -> set[str]:
    done = next(e for e in desk.entries if e.kind == "clock_done" and e.data["clock"] == clock)
    return set(done.clauses)


def items(clause: str) -> set[str]:
    return {item.id for item in PLAN.reporting.fields if clause in item.clauses}


def test_a_written_report_says_which_items_the_facts_fill_and_which_are_being_verified() -> None:
    desk = Desk(deaths=1, verified=True, cause="冒顶")
    told = sent(desk)
    assert set(told["carried"]) | set(told["verifying"]) == {item.id for item in PLAN.reporting.fields}
    assert items("LS-4.1-11") | {"course", "casualties", "cause", "signer"} <= set(told["carried"])
    assert {"loss", "nature", "help-needed", "measures", "contact", "unaccounted"} <= set(told["verifying"])


def test_a_clause_is_cited_once_every_item_that_stands_under_it_is_carried() -> None:
    desk = Desk(deaths=1, verified=True)
    sent(desk)
    assert "LS-4.1-11" in cited(desk)
    assert "LS-4.1-13" not in cited(desk), "the loss is not known"
    whole = Desk(deaths=1, verified=True, direct_loss_yuan=1_000_000)
    sent(whole)
    assert "LS-4.1-13" in cited(whole)


def test_a_count_that_nobody_has_verified_fills_no_item() -> None:
    desk = Desk(deaths=1)
    assert "casualties" in sent(desk)["verifying"]


def test_what_was_done_and_asked_for_in_the_meantime_is_known_to_the_next_report() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.does(work.CompleteTask, task="own-plan")
    desk.does(work.RequestSupport, by="县", need="排水泵")
    assert {"measures", "help-needed"} <= set(sent(desk)["carried"])


def test_an_item_is_told_in_words_and_one_that_is_known_may_still_stand_as_being_verified() -> None:
    desk = Desk(deaths=1, verified=True)
    told = sent(desk, nature="责任事故", casualties=VERIFYING)
    assert ("nature" in told["carried"], "casualties" in told["verifying"]) == (True, True)
    assert told["told"] == {"nature": "责任事故"}


def test_an_item_that_the_plan_does_not_have_is_refused_by_name_and_nothing_is_sent() -> None:
    desk = Desk(deaths=1, verified=True)
    asked = {"clock": LEG, "via": "传真", "as_at": desk.now, "signed_by": "王"}
    refusal = desk.refused(reporting.SendReport, **asked, fields={"weather": "晴"})
    assert (refusal.kind, "weather" in refusal.reason, "weather" in refusal.zh) == ("form", True, True)
    assert desk.record.clocks[LEG].done_at is None


def test_the_phone_leg_speaks_of_no_items() -> None:
    desk = Desk(deaths=1, verified=True)
    desk.does(reporting.SendReport, clock="phone-party", via="电话", as_at=desk.now)
    entry = next(entry for entry in desk.entries if entry.kind == "report_sent")
    assert "fields" not in entry.data
    assert cited(desk, "phone-party") == {"LS-4.1-04"}


def test_the_regulation_that_the_plan_refers_to_is_followed_by_its_report_whole_and_in_time_alone() -> None:
    whole = Desk(deaths=1, verified=True, direct_loss_yuan=1_000_000, cause="冒顶")
    assert sent(whole, **TOLD)["verifying"] == []
    assert "LS-4.1-01" in cited(whole)
    gaps = Desk(deaths=1, verified=True)
    sent(gaps)
    assert "LS-4.1-01" not in cited(gaps)
    late = Desk(deaths=1, verified=True, direct_loss_yuan=1_000_000, cause="冒顶")
    late.wait(hours=3)
    sent(late, **TOLD)
    assert (late.now > START, "LS-4.1-01" in cited(late)) == (True, False)
    grave = Desk(deaths=3, verified=True, direct_loss_yuan=1_000_000, cause="冒顶")
    sent(grave, "paper-party", **TOLD)
    assert "LS-4.1-01" not in cited(grave, "paper-party"), "that leg is the plan's own"


def test_every_fact_of_the_accident_that_a_plan_may_name_is_one_that_is_reported() -> None:
    handled = {"course", "help_asked", "measures_taken", "sender", "signed_by", "sent_at"}
    assert set(get_args(Known)) - handled <= Facts.model_fields.keys()
