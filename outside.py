"""The live side's ends: settings joined to gateways. In the process of a drill this does not exist (`wall`)."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.channel import Channel
from activities.delivery import Delivery
from activities.gateways.inbox import LiveInbox
from activities.gateways.port import Ledgered, LiveMessage
from activities.gateways.smtp import Smtp
from activities.gateways.webhook import Webhook
from settings import Settings
from store.inbox import Inbox
from store.ledger import Ledger


def delivery(settings: Settings, database: AsyncEngine) -> Delivery[LiveMessage]:
    """What the live instance tells units with."""
    return Delivery(LiveMessage, channels(settings, database))


def channels(settings: Settings, database: AsyncEngine) -> dict[str, Channel[LiveMessage]]:
    """The channels that the live instance has."""
    ledger = Ledger(database)
    found: dict[str, Channel[LiveMessage]] = {"inbox": LiveInbox(Inbox(database))}
    if settings.webhook_url is not None:
        webhook = Webhook(str(settings.webhook_url), settings.webhook_secret)
        found["webhook"] = Ledgered(webhook, ledger, settings.channel_within)
    if settings.smtp_host:
        smtp = Smtp(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_sender,
            settings.smtp_addresses,
            settings.smtp_user,
            settings.smtp_password,
        )
        found["smtp"] = Ledgered(smtp, ledger, settings.channel_within)
    return found
