"""A real message swallowed by the drill sink."""

from activities.drill import DrillInbox
from activities.gateways.port import LiveMessage


async def send(sink: DrillInbox, message: LiveMessage) -> None:
    await sink.send([message])  # refused: list-item
