"""Who may act, and who was refused. Called from inside a workflow's validator, hence blocking and short."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from incidents.command import Refusal
from incidents.envelope import signed_bytes
from incidents.logbook import GENESIS
from store.database import open_for_gate
from store.models import StoredHolder, StoredIncident, StoredPlan, StoredReceipt, StoredRefusal


class Gate:
    """The directory of holders and the register of refusals of one home."""

    def __init__(self, file: Path, kind: str = "live") -> None:
        self._kind = kind
        # A validator must answer well within the engine's two seconds.
        self._engine = open_for_gate(file, wait=1.0)
        self._opening: dict[str, str] = {}
        """Plans of incidents that the store does not have yet, by their hash."""
        self._places: dict[str, str] = {}
        """Jurisdictions by their plan's hash."""

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def appoint(
        self, user: str, post: str, public_key: str, name: str = "", example: bool = False, place: str = ""
    ) -> None:
        """Let `user` act in `post` of the jurisdiction `place` (its division code), proved by `public_key`."""
        holder = StoredHolder(user=user, post=post, public_key=public_key, name=name, example=example, place=place)
        with Session(self._engine) as session, session.begin():
            session.merge(holder)

    def holders(self, place: str) -> tuple[tuple[str, str, str, bool], ...]:
        """Who may act in the posts of a jurisdiction, as (user, post, name, example)."""
        with Session(self._engine) as session:
            rows = session.scalars(select(StoredHolder).order_by(StoredHolder.user, StoredHolder.post))
            return tuple((row.user, row.post, row.name, row.example) for row in rows if row.place in ("", place))

    def receipt(self, incident: str, command_id: str) -> tuple[int, int] | None:
        """The entries that this command has brought, if the store has them."""
        with self._engine.connect() as connection:
            row = connection.execute(_RECEIPT, {"incident": incident, "command_id": command_id}).first()
        return (row.first, row.last) if row else None

    def keep_plan(self, digest: str, name: str, body: str) -> None:
        """Keep a plan whole under its hash."""
        with Session(self._engine) as session, session.begin():
            session.merge(StoredPlan(hash=digest, name=name, body=body))

    def plan(self, digest: str) -> str | None:
        """The plan under a hash, as JSON."""
        with Session(self._engine) as session:
            row = session.get(StoredPlan, digest)
            return row.body if row else None

    def admit(self, incident: str, verb: str, command: Mapping[str, Any]) -> Refusal | None:
        """Why this command is not this person's, or None. Judged by the process's own clock."""
        # Live and drill come from the process, never from what is asked.
        if command.get("kind", self._kind) != self._kind:
            return _hard(
                f"kind：此处应为 {self._kind}，现为 {command['kind']}",
                f"kind: expected {self._kind} here, found {command['kind']}",
            )
        envelope = command["envelope"]
        now = datetime.now(UTC)
        if not datetime.fromisoformat(envelope["issued"]) <= now < datetime.fromisoformat(envelope["expires"]):
            return _hard(
                f"envelope：签名凭据不在有效期内，止于 {envelope['expires']}",
                f"envelope: expected one that is valid now; this one ended at {envelope['expires']}",
            )
        with self._engine.connect() as connection:
            held = connection.execute(_KEY, {"user": envelope["user"], "post": envelope["post"]}).first()
        if held is None:
            return _hard(
                f"envelope：{envelope['user']} 不担任岗位 {envelope['post']}",
                f"envelope: {envelope['user']} does not hold the post {envelope['post']}",
            )
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(held.public_key))
        try:
            key.verify(bytes.fromhex(envelope["signature"]), signed_bytes(incident, verb, command))
        except InvalidSignature:
            return _hard(
                f"envelope：签名不是 {envelope['user']} 本人的",
                f"envelope: the signature is not {envelope['user']}'s",
            )
        here = self.place_of(incident, command)
        if held.place and here and held.place != here:
            return _hard(
                f"envelope：{envelope['user']} 的岗位 {envelope['post']} 属 {held.place}，本事故属 {here}",
                f"envelope: {envelope['user']} holds {envelope['post']} of {held.place}; this incident is of {here}",
            )
        if "plan_hash" in command:
            self._opening.setdefault(incident, str(command["plan_hash"]))
        return None

    def place_of(self, incident: str, opening: Mapping[str, Any] | None = None) -> str:
        """The jurisdiction of an incident, by its plan: as stored, or as the command says that opens it."""
        with self._engine.connect() as connection:
            body = connection.execute(_INCIDENT, {"incident": incident}).scalar()
        digest = json.loads(body)["plan_hash"] if body else self._opening.get(incident)
        if digest is None and opening:
            digest = opening.get("plan_hash")
        if digest and digest not in self._places:
            plan = self.plan(digest)
            self._places[digest] = json.loads(plan)["about"]["jurisdiction"]["division_code"] if plan else ""
        return self._places.get(digest or "", "")

    def record_refusal(self, incident: str, verb: str, envelope: Mapping[str, Any], refusal: Refusal) -> None:
        """Write a refusal down before it is answered."""
        told = {
            "at": datetime.now(UTC).isoformat(),
            "incident": incident,
            "verb": verb,
            "user": envelope["user"],
            "post": envelope["post"],
            "command_id": envelope["command_id"],
            "class": refusal.kind,
            "zh": refusal.zh,
            "reason": refusal.reason,
        }
        with Session(self._engine) as session:
            # Take the write lock before reading the last one, or two workers would both follow it.
            session.execute(text("BEGIN IMMEDIATE"))
            last = session.scalars(select(StoredRefusal).order_by(StoredRefusal.number.desc()).limit(1)).first()
            prev, number = (last.hash, last.number + 1) if last else (GENESIS, 1)
            digest = _digest(told, number, prev)
            session.add(StoredRefusal(number=number, body=json.dumps(told, ensure_ascii=False), prev=prev, hash=digest))
            session.commit()

    def refusals(self) -> tuple[dict[str, Any], ...]:
        """All refusals in order. Raises `ValueError` naming the first one that was altered."""
        with Session(self._engine) as session:
            rows = session.scalars(select(StoredRefusal).order_by(StoredRefusal.number)).all()
        told: list[dict[str, Any]] = []
        prev = GENESIS
        for number, row in enumerate(rows, start=1):
            body = json.loads(row.body)
            if (row.number, row.prev, row.hash) != (number, prev, _digest(body, number, prev)):
                raise ValueError(f"refusal {row.number}: the register was altered")
            told.append(body)
            prev = row.hash
        return tuple(told)


# Asked at every command, while its workflow waits: statements, built once.
_INCIDENT = select(StoredIncident.body).where(StoredIncident.incident == bindparam("incident"))
_KEY = select(StoredHolder.public_key, StoredHolder.place).where(
    StoredHolder.user == bindparam("user"), StoredHolder.post == bindparam("post")
)
_RECEIPT = select(StoredReceipt.first, StoredReceipt.last).where(
    StoredReceipt.incident == bindparam("incident"), StoredReceipt.command_id == bindparam("command_id")
)


def _hard(zh: str, reason: str) -> Refusal:
    return Refusal(zh=zh, reason=reason, kind="hard")


def _digest(told: Mapping[str, Any], number: int, prev: str) -> str:
    return hashlib.sha256(rfc8785.dumps({**told, "number": number, "prev": prev})).hexdigest()
