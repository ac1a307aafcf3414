"""The dossier (归档): an incident as a folder that is read without this program, and proves that nothing was altered.

`logbook.jsonl` (a line for each entry, as hashed), `plan.json` (whole, under its hash), `refusals.jsonl`,
`first-page.json`, `history/` (the engine's own, a file for each run), `evidence/` (files by their SHA-256), and
`manifest.json`, which names each file with its SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from incidents import view
from incidents.incident import fold
from incidents.logbook import BrokenChain, Entry, Head, verify
from incidents.record import Kind, Record

LOGBOOK, MANIFEST = "logbook.jsonl", "manifest.json"


class Manifest(BaseModel):
    """What a dossier holds: of which incident, up to which entry, each file with its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    incident: str
    kind: Kind
    plan: str
    plan_hash: str
    seq: int
    head: str
    evidence_missing: tuple[str, ...]
    """Files by SHA-256 that the log names and the home did not have."""
    files: Mapping[str, str]


class Altered(Exception):
    """A dossier is not what was written; the message names the file or entry."""


def write(
    folder: Path,
    entries: Sequence[Entry],
    plan: str,
    refusals: Sequence[Mapping[str, Any]],
    history: Sequence[str] = (),
    evidence: Path | None = None,
) -> str:
    """Write, or renew, the dossier of one incident and give the SHA-256 of its manifest. A half-written one is never
    seen: the folder is put in place whole."""
    record = fold(Record(id=folder.name), entries)
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    texts = {
        LOGBOOK: "".join(_line(view.line(entry)) for entry in entries),
        "plan.json": plan,
        "refusals.jsonl": "".join(_line(refusal) for refusal in refusals),
        "first-page.json": json.dumps(_page(record, entries), ensure_ascii=False, indent=2) + "\n",
    }
    texts |= {f"history/{number}.json": run for number, run in enumerate(history, start=1)}
    for name, text in texts.items():
        (fresh / name).parent.mkdir(exist_ok=True)
        (fresh / name).write_text(text, "utf-8")
    for digest in record.evidence:
        if evidence is not None and (evidence / digest).is_file():
            (fresh / "evidence").mkdir(exist_ok=True)
            shutil.copyfile(evidence / digest, fresh / "evidence" / digest)
    files = sorted(path for path in fresh.rglob("*") if path.is_file())
    digests = {str(path.relative_to(fresh)): _sha256(path) for path in files}
    (fresh / MANIFEST).write_text(_manifest(record, digests), "utf-8")
    digest = _sha256(fresh / MANIFEST)
    for path in (*files, fresh / MANIFEST):
        with path.open("rb") as written:
            os.fsync(written.fileno())
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return digest


def check(folder: Path) -> Head:
    """Verify a dossier: each file against the manifest, the chain entry by entry, the first page and the manifest
    against the log.

    Gives where the log ends. Raises `Altered`.
    """
    try:
        told = (folder / MANIFEST).read_bytes()
        manifest = Manifest.model_validate_json(told)
    except (OSError, ValueError) as error:
        raise Altered(f"{MANIFEST}: expected a readable manifest, {str(error).splitlines()[0]}") from None
    for name, digest in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise Altered(f"{name}: it is missing")
        if name == LOGBOOK:
            # The chain names the very entry; the file's own hash would only say that something is wrong.
            continue
        if _sha256(path) != digest:
            raise Altered(f"{name}: its content does not match the manifest")
    entries = _entries(folder / LOGBOOK)
    try:
        head = verify(entries)
    except BrokenChain as broken:
        raise Altered(f"{LOGBOOK}: {broken}") from None
    if (head.seq, head.hash) != (manifest.seq, manifest.head):
        raise Altered(f"{LOGBOOK}: it ends at entry {head.seq}, the manifest says {manifest.seq}")
    if _sha256(folder / LOGBOOK) != manifest.files.get(LOGBOOK):
        raise Altered(f"{LOGBOOK}: its content does not match the manifest")
    record = fold(Record(id=manifest.incident), entries)
    page = json.loads((folder / "first-page.json").read_text("utf-8"))
    if page != json.loads(json.dumps(_page(record, entries))):
        raise Altered("first-page.json: the log says otherwise")
    if told != _manifest(record, manifest.files).encode():
        raise Altered(f"{MANIFEST}: the log says otherwise")
    return head


def _entries(log: Path) -> list[Entry]:
    """The entries as they stand in the file, a line for each and spelled as they were written. Raises `Altered`."""
    entries = []
    for number, line in enumerate(log.read_bytes().splitlines(), start=1):
        try:
            entry = Entry.model_validate_json(line)
        except ValueError:
            raise Altered(f"{LOGBOOK}: entry {number}: it can't be read") from None
        if line != _line(view.line(entry)).rstrip("\n").encode():
            raise Altered(f"{LOGBOOK}: entry {number}: it is not as it was written")
        entries.append(entry)
    return entries


def _manifest(record: Record, files: Mapping[str, str]) -> str:
    """The manifest of this record's dossier with these files, as it is written."""
    manifest = Manifest(
        incident=record.id,
        kind=record.kind,
        plan=record.plan,
        plan_hash=record.plan_hash,
        seq=record.head.seq,
        head=record.head.hash,
        evidence_missing=tuple(sorted(d for d in record.evidence if f"evidence/{d}" not in files)),
        files=files,
    )
    return manifest.model_dump_json(indent=2) + "\n"


def _page(record: Record, entries: Sequence[Entry]) -> dict[str, Any]:
    """What a supervisor reads first, with the course of grade and level, which only the whole log tells."""
    return {**view.first_page(record), "levels": view.levels(entries)}


def _line(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
