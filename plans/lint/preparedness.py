"""What stands ready: owners, payers, drills, revision, measure packs, and contacts that were tested."""

from __future__ import annotations

from collections.abc import Iterator

from plans.lint.rule import Fault, Layer, rule
from plans.schema import NotifyRule


@rule(
    "pack-not-attached", "medium", "附上该专项预案，或定按通用措施执行", "Attach it, or decide to run generic measures."
)
def packs(layer: Layer) -> Iterator[Fault]:
    """措施写在另一预案，没有附上 · Measures stand in another plan that is not attached."""
    for pack in layer.response.packs:
        if not pack.attached:
            yield Fault(
                f"response/packs/{pack.id}",
                pack.clauses,
                f"{pack.title}没有附上",
                f"the pack '{pack.id}' is not attached",
            )


@rule("resource-without-owner", "medium", "定由谁负责", "Decide who keeps it.")
def owners(layer: Layer) -> Iterator[Fault]:
    """队伍、装备、名册没有负责单位 · A team, register or store that nobody keeps."""
    for resource in layer.preparedness.resources if layer.preparedness else ():
        if resource.owner is None:
            yield Fault(
                f"preparedness/resources/{resource.id}/owner",
                resource.clauses,
                f"“{resource.says}”由谁负责没有写",
                f"who keeps '{resource.id}' is not said",
            )


@rule("requisition-nobody-orders", "medium", "定由谁下达征用", "Decide who orders it.")
def requisition(layer: Layer) -> Iterator[Fault]:
    """征用由谁下达没有写 · Goods may be taken, and who orders it is not said."""
    told = layer.preparedness.requisition if layer.preparedness else None
    if told is not None and not told.ordered_by:
        yield Fault(
            "preparedness/requisition/ordered_by",
            told.clauses,
            "由谁下达征用没有写",
            "who orders a requisition is not said",
        )


@rule("requisition-payer-unclear", "medium", "定由哪一家补偿", "Decide which one pays.")
def payers(layer: Layer) -> Iterator[Fault]:
    """征用后由谁补偿没有写，或有几家 · Who pays for goods taken is not said, or several do."""
    told = layer.preparedness.requisition if layer.preparedness else None
    if told is not None and len(told.paid_by) != 1:
        names = layer.called(*told.paid_by) or "无"
        yield Fault(
            "preparedness/requisition/paid_by",
            told.payment_clauses or told.clauses,
            f"由谁补偿不明（{names}）",
            f"who pays is not clear ({', '.join(told.paid_by) or 'nobody'})",
        )


@rule("drill-without-owner", "medium", "定由谁组织", "Decide who holds it.")
def drills(layer: Layer) -> Iterator[Fault]:
    """演练没有组织单位 · A drill that nobody owns."""
    for drill in layer.preparedness.drills if layer.preparedness else ():
        if drill.owner is None:
            yield Fault(
                f"preparedness/drills/{drill.id}/owner",
                drill.clauses,
                "由谁组织没有写",
                f"who owns '{drill.id}' is not said",
            )


@rule("drill-without-cadence", "medium", "定多久一次", "Decide how often.")
def cadence(layer: Layer) -> Iterator[Fault]:
    """演练多久一次没有写 · How often a drill is owed is not said."""
    for drill in layer.preparedness.drills if layer.preparedness else ():
        if drill.every is None:
            yield Fault(
                f"preparedness/drills/{drill.id}/every",
                drill.clauses,
                "多久一次没有写",
                f"how often '{drill.id}' is owed is not said",
            )


@rule("revision-unapproved", "medium", "定由谁修订、谁批准", "Decide who revises it and who approves.")
def revisions(layer: Layer) -> Iterator[Fault]:
    """预案修订由谁起草、谁批准没有写 · Who revises the plan, or who approves it, is not said."""
    told = layer.preparedness
    if told is not None and told.revisions:
        clauses = [clause for revision in told.revisions for clause in revision.clauses]
        if told.revised_by is None:
            yield Fault("preparedness/revised_by", clauses, "由谁修订没有写", "who revises the plan is not said")
        if told.approved_by is None:
            yield Fault(
                "preparedness/approved_by", clauses, "由谁批准修订没有写", "who approves a revision is not said"
            )


@rule("unit-without-contact", "medium", "在值班表里补上电话", "Give its number in the roster.")
def contacts(layer: Layer) -> Iterator[Fault]:
    """要通知的单位没有联系电话 · A unit is called by a notice and the roster has no number for it."""
    known = layer.around.roster.contacts if layer.around.roster else {}
    for name, clauses in _called(layer).items():
        if name not in known:
            yield Fault(
                f"units/{name}",
                clauses,
                f"{layer.units[name].name}没有联系电话",
                f"{name} has no contact in the roster",
            )


@rule("contact-untested", "medium", "拨测这个号码，记下日期", "Call the number, and write the date down.")
def tested(layer: Layer) -> Iterator[Fault]:
    """联系电话没有拨测，或拨测已久 · A contact was never tested, or too long ago."""
    roster = layer.around.roster
    # Nobody answers a fictional number: its age says nothing.
    if roster is None or roster.example:
        return
    for name, clauses in _called(layer).items():
        contact = roster.contacts.get(name)
        if contact is None:
            continue
        if contact.tested_on is None:
            yield Fault(f"units/{name}", clauses, f"{layer.units[name].name}的电话没有拨测", f"{name}: never tested")
        elif roster.tested_within is not None and layer.around.on - contact.tested_on > roster.tested_within:
            days = (layer.around.on - contact.tested_on).days
            yield Fault(
                f"units/{name}",
                clauses,
                f"{layer.units[name].name}的电话 {days} 天前拨测",
                f"{name}: last tested {days} days ago",
            )


def _called(layer: Layer) -> dict[str, tuple[str, ...]]:
    """The units that notices call. One that is found by the place has its contact in the incident's own facts."""
    called: dict[str, tuple[str, ...]] = {}
    for _, call in layer.parts(NotifyRule):
        if call.unit in layer.units and layer.units[call.unit].kind != "by_place":
            called.setdefault(call.unit, call.clauses)
    return called
