"""The tables. Times are stored as the text that was hashed, so that no database changes an offset."""

from __future__ import annotations

from sqlalchemy import Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The root of all tables."""


class StoredEntry(Base):
    """One line of one logbook: its number, its hash and its JSON, exactly as sealed."""

    __tablename__ = "entries"

    incident: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)


class StoredAnswer(Base):
    """A machine event: a unit's answer to a notice, numbered as it came. The same answer twice is one row."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("incident", "notice", "unit"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    incident: Mapped[str] = mapped_column(String(64), index=True)
    notice: Mapped[str] = mapped_column(String(32))
    unit: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)


class StoredMessage(Base):
    """A message in a unit's console inbox, under its business key `incident/notice/recipient/channel/step`."""

    __tablename__ = "inbox"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    unit: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(Text)


class StoredHolder(Base):
    """A person who may act in a post, and the public key (Ed25519, hex) that proves it."""

    __tablename__ = "holders"

    user: Mapped[str] = mapped_column(String(64), primary_key=True)
    post: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(64))


class StoredRefusal(Base):
    """A command that was refused: never an entry of an incident, but chained on its own and shown beside the log."""

    __tablename__ = "refusals"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
