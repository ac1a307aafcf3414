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


class StoredIncident(Base):
    """Where one incident stands, for lists: renewed with every entry."""

    __tablename__ = "incidents"

    incident: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)


class StoredReceipt(Base):
    """The entries that a command brought: the answer to a command id that its workflow has forgotten."""

    __tablename__ = "receipts"

    incident: Mapped[str] = mapped_column(String(64), primary_key=True)
    command_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)


class StoredIntake(Base):
    """Where one intake stands, as folded JSON, for lists: renewed with every entry."""

    __tablename__ = "intakes"

    number: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(Text)


class StoredIntakeEntry(Base):
    """One line of one intake's own log: its number, its hash and its JSON, exactly as sealed."""

    __tablename__ = "intake_entries"

    intake: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)


class StoredIntakeReceipt(Base):
    """The entries that a command brought to an intake. The first command has no number yet, so its id stands alone."""

    __tablename__ = "intake_receipts"

    command_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    intake: Mapped[str] = mapped_column(String(64))
    first: Mapped[int] = mapped_column(Integer)
    last: Mapped[int] = mapped_column(Integer)


class StoredPlan(Base):
    """A plan as an incident was opened with it, whole, under its hash."""

    __tablename__ = "plans"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
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


class StoredSending(Base):
    """One message on its way out, under its business key: written before it leaves, and its receipt after."""

    __tablename__ = "sendings"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[str | None] = mapped_column(String(16))
    """None while nobody knows: it may have left."""
    doubted: Mapped[bool] = mapped_column(default=False)
    """An attempt ended without a receipt, and the channel does not know keys: it may have arrived twice."""
    words: Mapped[str] = mapped_column(Text, default="")


class StoredMessage(Base):
    """A message in a unit's console inbox, under its business key `incident/notice/recipient/channel/step`."""

    __tablename__ = "inbox"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    unit: Mapped[str] = mapped_column(String(64), index=True)
    text: Mapped[str] = mapped_column(Text)


class StoredHolder(Base):
    """A person who may act in a post of a plan, and the public key (Ed25519, hex) that proves it."""

    __tablename__ = "holders"

    user: Mapped[str] = mapped_column(String(64), primary_key=True)
    post: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(64), default="")
    example: Mapped[bool] = mapped_column(default=False)
    """From a fictional roster that came with a plan."""
    place: Mapped[str] = mapped_column(String(6), default="", server_default="")
    """The jurisdiction whose post it is, by its division code; empty: whichever has a post of that name."""


class StoredRefusal(Base):
    """A command that was refused: never an entry of an incident, but chained on its own and shown beside the log."""

    __tablename__ = "refusals"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class StoredPerson(Base):
    """A line of a list of names, encrypted under its incident's own key: nonce and AES-256-GCM, in hex."""

    __tablename__ = "people"

    incident: Mapped[str] = mapped_column(String(64), primary_key=True)
    list: Mapped[str] = mapped_column(String(64), primary_key=True)
    """The list's keyed digest."""
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


class StoredDisposal(Base):
    """What was decided about an incident's personal data once it was closed: by whom, why. Chained on its own."""

    __tablename__ = "personal_disposals"

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    incident: Mapped[str] = mapped_column(String(64), index=True)
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
