"""A signed document stands in the log by its hash; figures that differ from the log's need a reason."""

from datetime import timedelta
from typing import Any

from incidents import signing, termination
from tests.support import PLAN
from tests.test_incidents_incident import Desk

SHEET = "ab" * 32


def asked(desk: Desk, **told: Any) -> dict[str, Any]:
    return {
        "document": "D3",
        "about": "report-1",
        "number": "值班信息〔2026〕3号",
        "as_at": desk.now,
        "sha256": SHEET,
        "name": "首报.docx",
        "signed_by": "wang.qiang",
        "form": "paper",
        **told,
    }


def test_a_signed_document_is_evidence_under_its_hash() -> None:
    desk = Desk()
    desk.does(signing.SignDocument, **asked(desk))
    (entry,) = (entry for entry in desk.entries if entry.kind == "document_signed")
    told = {name: entry.data[name] for name in ("document", "number", "signed_by", "form", "sha256", "differing")}
    assert told == {
        "document": "D3",
        "number": "值班信息〔2026〕3号",
        "signed_by": "wang.qiang",
        "form": "paper",
        "sha256": SHEET,
        "differing": [],
    }
    assert desk.record.evidence[SHEET] == "首报.docx"
    condition = PLAN.termination.conditions[0].id
    desk.does(termination.TickCondition, condition=condition, words="见文", evidence=[SHEET])


def test_figures_that_differ_need_a_reason_and_stand_in_the_log_with_it() -> None:
    desk = Desk()
    differing = [{"of": "死亡", "draft": "1人", "paper": "2人"}]
    refusal = desk.refused(signing.SignDocument, **asked(desk, differing=differing))
    assert refusal.kind == "form"
    assert "死亡 1人→2人" in refusal.zh
    desk.does(signing.SignDocument, **asked(desk, differing=differing, differs="医院刚报一人"))
    last = desk.entries[-1]
    assert (last.data["differing"], last.data["differs"]) == (differing, "医院刚报一人")


def test_nobody_signs_in_the_system_for_another() -> None:
    desk = Desk()
    refusal = desk.refused(signing.SignDocument, **asked(desk, form="in_system"))
    assert refusal.kind == "hard"
    desk.does(signing.SignDocument, **asked(desk, form="in_system", signed_by="李"))


def test_figures_are_never_as_at_an_instant_to_come() -> None:
    desk = Desk()
    assert "future" in desk.refused(signing.SignDocument, **asked(desk, as_at=desk.now + timedelta(minutes=1))).reason
