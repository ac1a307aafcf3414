"""Personal data of one home (个人信息): lines of name lists, each encrypted under a key of its incident's own.

Keys stand in files of their own beside the database, so that no copy of the database can open its rows. With the key
gone, rows and digests lead to nobody: the log, its counts and its verdicts never held a name and are as before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.sqlite import insert

from incidents.logbook import GENESIS
from incidents.matching import Person
from store.database import open_for_gate
from store.models import StoredDisposal, StoredPerson

What = Literal["destroyed", "retained"]
_KEY, _NONCE = 32, 12


class NoPersonalData(Exception):
    """There is nothing to read: no such list, or its key is destroyed."""


class Kept(NamedTuple):
    """A list that is kept: its keyed digest, and one for each line."""

    digest: str
    rows: tuple[str, ...]


class Personal:
    """Lines of lists, keys, and the register of what was decided about them."""

    def __init__(self, folder: Path) -> None:
        """`folder` is a home's kind: `store.db`, and `personal/` for the keys."""
        self._engine = open_for_gate(folder / "store.db")
        self._keys = folder / "personal"

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def keep(self, incident: str, people: Sequence[Person]) -> Kept:
        """Encrypt and keep a list. The same list again is the same rows.

        Raises `NoPersonalData` where the incident's were destroyed."""
        if any(told["what"] == "destroyed" for told in self.disposals(incident)):
            raise NoPersonalData(incident)
        key = self._key(incident) or self._new_key(incident)
        lines = [person.canonical() for person in people]
        rows = tuple(_digest(key, line) for line in lines)
        # The order of lines is the typist's: the same people are the same list.
        digest = _digest(key, "".join(sorted(rows)).encode())
        sealed = [
            {"incident": incident, "list": digest, "number": n, "sealed": _seal(key, line, incident, digest, n)}
            for n, line in enumerate(lines, start=1)
        ]
        with self._engine.begin() as connection:
            connection.execute(insert(StoredPerson).on_conflict_do_nothing(), sealed)
        return Kept(digest, rows)

    def forget(self, incident: str, digest: str) -> None:
        """Drop a list that the log did not take."""
        with self._engine.begin() as connection:
            _drop(connection, incident, digest)

    def read(self, incident: str, digest: str) -> tuple[Person, ...]:
        """The lines of a list in order. Raises `NoPersonalData`, and `ValueError` naming a line that was altered."""
        key = self._key(incident)
        query = select(StoredPerson.number, StoredPerson.sealed).where(
            StoredPerson.incident == incident, StoredPerson.list == digest
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(StoredPerson.number)).all()
        if key is None or not rows:
            raise NoPersonalData(incident)
        return tuple(Person.model_validate_json(_open(key, row.sealed, incident, digest, row.number)) for row in rows)

    def rows(self, incident: str) -> int:
        """How many lines are kept of an incident."""
        query = select(func.count()).select_from(StoredPerson).where(StoredPerson.incident == incident)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def retain(self, incident: str, by: str, reason: str, user: str) -> dict[str, Any]:
        """Write down that they are kept longer, after an assessment."""
        return self._decided("retained", incident, by, reason, user)

    def destroy(self, incident: str, by: str, reason: str, user: str) -> dict[str, Any]:
        """Destroy an incident's key and rows, once the decision is written down. Repeated, it ends what was begun."""
        known = [told for told in self.disposals(incident) if told["what"] == "destroyed"]
        told = known[0] if known else self._decided("destroyed", incident, by, reason, user)
        file = self._file(incident)
        if file.exists():
            with file.open("r+b") as kept:
                kept.write(secrets.token_bytes(2 * _KEY))
                kept.flush()
                os.fsync(kept.fileno())
            file.unlink()
        with self._engine.begin() as connection:
            _drop(connection, incident)
        with self._engine.connect() as connection:
            # What was deleted still stands in the write-ahead log until that is cut.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return told

    def disposals(self, incident: str | None = None) -> tuple[dict[str, Any], ...]:
        """What was decided, in order. Raises `ValueError` naming the first line of the register that was altered."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(StoredDisposal.__table__).order_by(StoredDisposal.number)).all()
        told: list[dict[str, Any]] = []
        prev = GENESIS
        for number, row in enumerate(rows, start=1):
            body = json.loads(row.body)
            if (row.number, row.prev, row.hash) != (number, prev, _chained(body, number, prev)):
                raise ValueError(f"personal data {row.number}: the register was altered")
            told.append(body)
            prev = row.hash
        return tuple(body for body in told if incident in (None, body["incident"]))

    def _decided(self, what: What, incident: str, by: str, reason: str, user: str) -> dict[str, Any]:
        told = {
            "at": datetime.now(UTC).isoformat(),
            "incident": incident,
            "what": what,
            "decided_by": by,
            "reason": reason,
            "recorded_by": user,
            "rows": self.rows(incident),
        }
        with self._engine.connect() as connection:
            # Take the write lock before reading the last one, or two would both follow it.
            connection.execute(text("BEGIN IMMEDIATE"))
            last = connection.execute(
                select(StoredDisposal.number, StoredDisposal.hash).order_by(StoredDisposal.number.desc()).limit(1)
            ).first()
            prev, number = (last.hash, last.number + 1) if last else (GENESIS, 1)
            row = {
                "number": number,
                "incident": incident,
                "body": json.dumps(told, ensure_ascii=False),
                "prev": prev,
                "hash": _chained(told, number, prev),
            }
            connection.execute(insert(StoredDisposal).values(row))
            connection.commit()
        return told

    def _file(self, incident: str) -> Path:
        return self._keys / f"{quote(incident, safe='')}.key"

    def _key(self, incident: str) -> bytes | None:
        try:
            return self._file(incident).read_bytes()
        except FileNotFoundError:
            return None

    def _new_key(self, incident: str) -> bytes:
        """Half of it encrypts, half signs. Whoever comes second takes the first one's."""
        self._keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self._file(incident)
        fresh = file.with_suffix(f".{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(secrets.token_bytes(2 * _KEY))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        return file.read_bytes()


def _drop(connection: Connection, incident: str, digest: str | None = None) -> None:
    # Freed pages are overwritten, not only let go.
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    query = delete(StoredPerson).where(StoredPerson.incident == incident)
    connection.execute(query if digest is None else query.where(StoredPerson.list == digest))


def _digest(key: bytes, content: bytes) -> str:
    return hmac.new(key[_KEY:], content, hashlib.sha256).hexdigest()


def _seal(key: bytes, line: bytes, *bound: object) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return (nonce + AESGCM(key[:_KEY]).encrypt(nonce, line, rfc8785.dumps([str(one) for one in bound]))).hex()


def _open(key: bytes, sealed: str, *bound: object) -> bytes:
    raw = bytes.fromhex(sealed)
    try:
        return AESGCM(key[:_KEY]).decrypt(raw[:_NONCE], raw[_NONCE:], rfc8785.dumps([str(one) for one in bound]))
    except InvalidTag:
        raise ValueError(f"personal data, line {bound[-1]}: it was altered") from None


def _chained(told: dict[str, Any], number: int, prev: str) -> str:
    return hashlib.sha256(rfc8785.dumps({**told, "number": number, "prev": prev})).hexdigest()
