"""Delivery to real ends: nothing accepted is sent twice, what can't be known is uncertain, a drill is always marked."""

import hashlib
import hmac
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import ActivityEnvironment

from activities.channel import Said
from activities.contracts import DeliverRequest
from activities.delivery import Delivery
from activities.drill import DrillMessage, DrillSink
from activities.gateways.inbox import LiveInbox
from activities.gateways.port import AT_ONCE, Ledgered, LiveMessage
from activities.gateways.smtp import Smtp
from activities.gateways.webhook import Webhook
from incidents.notices import Sending
from store.database import open_database
from store.inbox import Inbox
from store.ledger import Ledger
from tests.receivers import Receiver, receiver

UNITS = ("fire_brigade", "health_commission", "emergency_bureau")
SECRET = SecretStr("s3cret")
SHORT = timedelta(seconds=1)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(tmp_path / "store.db")
    yield engine
    await engine.dispose()


def request(channel: str, units: tuple[str, ...] = UNITS) -> DeliverRequest:
    sending = Sending(notice="N1", channel=channel, step=0, text="请到岗", units=units, duties={"fire_brigade": "救人"})
    return DeliverRequest(incident="i-1", sending=sending)


async def deliver(delivery: Delivery, asked: DeliverRequest) -> dict[str, str]:
    return dict((await ActivityEnvironment().run(delivery.deliver, asked)).outcomes)


def webhook(at: Receiver, database: AsyncEngine, within: timedelta = SHORT) -> Ledgered:
    return Ledgered(Webhook(at.url, SECRET), Ledger(database), within)


async def test_a_repeated_batch_reaches_a_receiver_once_with_its_key_and_a_true_signature(
    database: AsyncEngine, tmp_path: Path
) -> None:
    with receiver(tmp_path) as at:
        for _ in range(3):
            outcomes = await deliver(Delivery(LiveMessage, {"webhook": webhook(at, database)}), request("webhook"))
            assert outcomes == dict.fromkeys(UNITS, "accepted")
        rows = at.arrivals()
    assert at.attempts() == {f"i-1/N1/{unit}/webhook/0": 1 for unit in UNITS}
    assert {row["text"] for row in rows} == {"请到岗", "请到岗（救人）"}
    assert all(row["signature"].startswith("t=") and ",v1=" in row["signature"] for row in rows)


async def test_the_signature_is_an_hmac_over_time_and_body() -> None:
    from activities.gateways.webhook import signature

    expected = hmac.new(b"s3cret", b"5.{}", hashlib.sha256).hexdigest()
    assert signature(SECRET, b"{}", 5) == f"t=5,v1={expected}"


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [("error", "failed"), ("gone", "failed"), ("hang", "uncertain"), ("accept_then_silence", "uncertain")],
)
async def test_what_a_receiver_does_is_told_as_it_is(
    database: AsyncEngine, tmp_path: Path, behaviour: str, outcome: str
) -> None:
    with receiver(tmp_path, behaviour) as at:
        outcomes = await deliver(Delivery(LiveMessage, {"webhook": webhook(at, database)}), request("webhook"))
    assert outcomes == dict.fromkeys(UNITS, outcome)


async def test_a_receiver_that_is_not_there_has_failed_and_a_channel_that_is_not_there_too(
    database: AsyncEngine,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = Receiver(free.getsockname()[1], Path("none"))
        delivery = Delivery(LiveMessage, {"webhook": webhook(nobody, database)})
        assert await deliver(delivery, request("webhook")) == dict.fromkeys(UNITS, "failed")
    assert await deliver(delivery, request("smtp")) == dict.fromkeys(UNITS, "failed")


class Blunt:
    """An end that knows no keys, like a short message: every arrival is delivered."""

    honours_key = False

    def __init__(self, at: Receiver) -> None:
        self._webhook = Webhook(at.url, SECRET)

    async def send(self, message: LiveMessage) -> Said:
        return await self._webhook.send(message)


KILLED = """
import asyncio, os, signal, sys
from datetime import timedelta
from pathlib import Path
from activities.gateways.port import AT_ONCE, Ledgered, LiveMessage
from activities.gateways.webhook import Webhook
from pydantic import SecretStr
from store.database import open_database
from store.ledger import Ledger

class Dies(Webhook):
    async def send(self, message):
        said = await super().send(message)
        if message.unit == "health_commission":
            os.kill(os.getpid(), signal.SIGKILL)
        return said

async def main():
    dies = Dies(sys.argv[2], SecretStr("s3cret"))
    channel = Ledgered(dies, Ledger(await open_database(Path(sys.argv[1]))), timedelta(seconds=5))
    for unit in ("fire_brigade", "health_commission"):
        await channel.send([LiveMessage(f"i-1/N1/{unit}/webhook/0", unit, "请到岗")])

asyncio.run(main())
"""


@pytest.mark.parametrize("honours", [True, False])
async def test_killed_after_the_receiver_accepted_only_the_one_in_flight_goes_again(
    database: AsyncEngine, tmp_path: Path, honours: bool
) -> None:
    with receiver(tmp_path) as at:
        command = [sys.executable, "-c", KILLED, str(tmp_path / "store.db"), at.url]
        died = subprocess.run(command, env={**os.environ, "PYTHONPATH": "."}, check=False)
        assert died.returncode == -signal.SIGKILL
        channel = webhook(at, database) if honours else Ledgered(Blunt(at), Ledger(database), SHORT)
        outcomes = await deliver(Delivery(LiveMessage, {"webhook": channel}), request("webhook"))
        again = await deliver(Delivery(LiveMessage, {"webhook": channel}), request("webhook"))
    # A receiver that honours the key sees the second as the first; one that does not repeats it, and the log says so.
    assert at.attempts() == {
        "i-1/N1/fire_brigade/webhook/0": 1,
        "i-1/N1/health_commission/webhook/0": 2,
        "i-1/N1/emergency_bureau/webhook/0": 1,
    }
    told = {**dict.fromkeys(UNITS, "accepted"), "health_commission": "accepted" if honours else "uncertain"}
    assert outcomes == again == told


KILLED_IN_A_BATCH = """
import asyncio, os, signal, sys
from datetime import timedelta
from pathlib import Path
from activities.gateways.port import AT_ONCE, Ledgered, LiveMessage
from activities.gateways.webhook import Webhook
from pydantic import SecretStr
from store.database import open_database
from store.ledger import Ledger

class Dies(Webhook):
    async def send(self, message):
        await super().send(message)
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    dies = Dies(sys.argv[2], SecretStr("s3cret"))
    channel = Ledgered(dies, Ledger(await open_database(Path(sys.argv[1]))), timedelta(seconds=5))
    await channel.send([LiveMessage(f"i-1/N1/{unit}/webhook/0", unit, "请到岗") for unit in sys.argv[3].split(",")])

asyncio.run(main())
"""


async def test_of_a_long_batch_only_what_had_left_is_in_doubt_after_a_death(
    database: AsyncEngine, tmp_path: Path
) -> None:
    units = tuple(f"unit-{n:02}" for n in range(3 * AT_ONCE))
    with receiver(tmp_path) as at:
        command = [sys.executable, "-c", KILLED_IN_A_BATCH, str(tmp_path / "store.db"), at.url, ",".join(units)]
        died = subprocess.run(command, env={**os.environ, "PYTHONPATH": "."}, check=False)
        assert died.returncode == -signal.SIGKILL
        blunt = Ledgered(Blunt(at), Ledger(database), SHORT)
        outcomes = await deliver(Delivery(LiveMessage, {"webhook": blunt}), request("webhook", units))
    repeated = {key.split("/")[2] for key, times in at.attempts().items() if times > 1}
    uncertain = {unit for unit, outcome in outcomes.items() if outcome == "uncertain"}
    assert set(outcomes.values()) == {"accepted", "uncertain"}
    assert repeated <= uncertain
    assert len(uncertain) <= AT_ONCE
    assert len(at.attempts()) == len(units)


async def test_a_drill_is_marked_first_in_every_message_and_a_live_one_never(
    database: AsyncEngine, tmp_path: Path
) -> None:
    inbox = Inbox(database)
    await deliver(Delivery(DrillMessage, {"inbox": DrillSink(inbox, tmp_path)}), request("inbox", ("fire_brigade",)))
    await deliver(Delivery(LiveMessage, {"inbox": LiveInbox(inbox)}), request("inbox", ("emergency_bureau",)))
    assert [text for _, text in await inbox.read("fire_brigade")] == ["【演练】请到岗（救人）"]
    assert [text for _, text in await inbox.read("emergency_bureau")] == ["请到岗"]


class Mailbox:
    """Takes mail; refuses one address."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"


async def test_mail_carries_the_key_as_message_id_and_a_refused_or_missing_address_has_failed(
    database: AsyncEngine,
) -> None:
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        addresses = {"fire_brigade": "fire@example.org", "health_commission": "nobody@example.org"}
        gateway = Smtp("127.0.0.1", port, "duty@example.org", addresses)
        channel = Ledgered(gateway, Ledger(database), SHORT)
        outcomes = await deliver(Delivery(LiveMessage, {"smtp": channel}), request("smtp"))
        assert outcomes == {
            "fire_brigade": "accepted",
            "health_commission": "failed",
            "emergency_bureau": "failed",
        }
        # A lost receipt: the same Message-ID again, so that a mailbox shows it once.
        await gateway.send(LiveMessage("i-1/N1/fire_brigade/smtp/0", "fire_brigade", "请\n到岗"))
    finally:
        controller.stop()
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert [mail.get_content().split() for mail in mailbox.mails] == [["请到岗（救人）"], ["请", "到岗"]]
    assert mailbox.mails[1]["Subject"] == "请 到岗"
