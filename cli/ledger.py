"""The casualty ledger for people: a row for each state, a column for each source, the difference marked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.table import Table

from cli.language import said
from plans.vocabulary import WORDS

_SOURCES: Mapping[str, str] = {
    "": "未注明来源",
    "county": "县（区）",
    "hospital": "医院",
    "fire-brigade": "消防",
    "onsite-hq": "现场指挥部",
    "caller": "来电",
    "enterprise": "企业",
    "media": "媒体",
    "other": "其他",
}


def source_words(account: str) -> str:
    """A source by its kind, and by its name where it has one."""
    kind, _, named = account.partition("/")
    return named or said(_SOURCES[kind], kind or "no source")


def ledger(rows: Sequence[Mapping[str, Any]], local: Callable[[datetime], str]) -> Table:
    """Who says how many. `*` marks the figure that counts for the grade, `≠` a state on which sources differ."""
    sources = list(dict.fromkeys(claim["source"] for row in rows for claim in row["sources"]))
    table = Table(said("状态", "state"), *map(source_words, sources), said("差异", "differ"), box=None, pad_edge=False)
    for row in rows:
        claims = {claim["source"]: claim for claim in row["sources"]}
        cells = [_cell(claims[one], one == row["counts"], local) if one in claims else "" for one in sources]
        mark = "≠" if row["differ"] else ""
        table.add_row(said(WORDS[row["state"]], row["state"]), *cells, mark, style="yellow" if mark else "")
    return table


def _cell(claim: Mapping[str, Any], counts: bool, local: Callable[[datetime], str]) -> str:
    bound = said("至少", "≥") if claim["at_least"] else said("约", "~") if claim["about"] else ""
    marks = [
        said("核实", "verified") if claim["verified"] else "",
        claim["list"] or "",
        *(said(zh, en) for name, (zh, en) in _MARKS.items() if claim[name]),
    ]
    words = " ".join((local(datetime.fromisoformat(claim["as_of"])), *filter(None, marks)))
    return f"{bound}{claim['n']}{'*' if counts else ''} ({words})"


_MARKS: Mapping[str, tuple[str, str]] = {
    "corrected": ("已更正", "corrected"),
    "differs": ("前后矛盾", "contradicts itself"),
    "settled_against": ("已定他源为准", "settled against"),
    "overtaken": ("已被后报取代", "overtaken"),
    "after_window": ("补报期后", "after the window"),
}
