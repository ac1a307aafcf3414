"""What a played case amounts to (复盘): deadlines, decisions, command, and what of it was made up.

Told from the incident's own record, in the case's time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from rich.table import Table
from rich.text import Text

from cli.language import said
from cli.playing import Teller
from cli.showing import chart_word, form_words, matter
from drills.case import Case
from incidents import view
from incidents.record import Record


class Part(NamedTuple):
    """One part of the debrief."""

    title: str
    table: Table


class Debrief:
    """The debrief of one case."""

    def __init__(self, case: Case, teller: Teller, record: Record, people: int) -> None:
        self._case, self._teller, self._people = case, teller, people
        self._names = teller.names
        self._page: Mapping[str, Any] = view.first_page(record)

    def clocks(self) -> Part:
        """The deadlines that were not simply met, and how many were."""
        verdicts = Counter(clock["verdict"] for clock in self._page["clocks"])
        words = said("、", ", ").join(f"{chart_word('clock', verdict)} {n}" for verdict, n in verdicts.most_common())
        part = _part(said(f"时限：{words}", f"Deadlines: {words}"))
        for clock in self._page["clocks"]:
            if clock["verdict"] not in ("late", "missed"):
                continue
            due = self._at(clock["due_at"])
            done = self._at(clock["done_at"]) if clock["verdict"] == "late" else "—"
            verdict = Text(chart_word("clock", clock["verdict"]), style="red")
            part.table.add_row(
                verdict,
                f"{self._names.clock(clock['id'])} → {self._names.of(clock['to'])}",
                said(f"应 {due} 实 {done}", f"due {due}, done {done}"),
                clock["clause"],
            )
        return part

    def decisions(self) -> Part:
        """Who decided, in what form, and what hand is under it now."""
        part = _part(said("决定", "Decisions"))
        for act in self._page["decisions"]:
            if act["user"] is None:
                continue
            back = said("，已复述", ", read back") if act["read_back"] else ""
            hand = chart_word("hand", act["hand"]) if act["form"] != "in_system" else ""
            who = f"{self._names.of(act['post'])} {act['user']}"
            part.table.add_row(
                self._at(act["at"]), matter(act), who, f"{form_words(act['form'])}{back}  {hand}".rstrip()
            )
        return part

    def commanders(self) -> Part:
        """Who commanded on scene at each instant."""
        part = _part(said("现场指挥（任一时刻只有一人）", "On-scene command (one at every instant)"))
        for one in self._page["commanders"]:
            until = self._at(one["to"]) if one["to"] else said("结束", "the end")
            part.table.add_row(
                f"{self._at(one['from'])} — {until}", f"{self._names.of(one['post'])} {one['user']}".rstrip()
            )
        return part

    def suspensions(self) -> Part:
        """When the rescue stood still."""
        part = _part(said("救援暂停", "Rescue suspended"))
        for one in self._page["suspensions"]:
            part.table.add_row(f"{self._at(one['at'])} — {self._at(one['resumed_at'])}", one["danger"])
        return part

    def sources(self) -> Part:
        """What the accident's record has, and what was made up where it is silent."""
        scripted = [line for line in self._case.script if line.source == "scripted"]
        known = len(self._case.script) - len(scripted)
        part = _part(
            said(
                f"史实 {known} 条；编排 {len(scripted)} 条；模拟人员 {self._people} 次。以下为记录所缺、由脚本编排：",
                f"{known} lines from the record, {len(scripted)} scripted, {self._people} acts of simulated people. "
                "Made up, where the record is silent:",
            )
        )
        made = said(
            "各方接报、答复、报告、审批和任务办理的时间；全部人名",
            "when anybody received, answered, reported, decided or finished; all names",
        )
        part.table.add_row(said("编排", "scripted"), made)
        for line in scripted:
            part.table.add_row(self._teller.clock(line.at), said(line.says, line.en))
        return part

    def _at(self, at: str) -> str:
        return self._teller.case_time(datetime.fromisoformat(at))

    def parts(self) -> Iterable[Part]:
        """All of it."""
        return self.clocks(), self.decisions(), self.commanders(), self.suspensions(), self.sources()


def _part(title: str) -> Part:
    return Part(title, Table(box=None, show_header=False, pad_edge=False))
