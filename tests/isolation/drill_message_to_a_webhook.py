"""A drill's message handed to the live side's webhook."""

from activities.drill import DrillMessage
from activities.gateways.webhook import Webhook


async def send(webhook: Webhook, message: DrillMessage) -> None:
    await webhook.send(message)  # refused: arg-type
