"""A drill's message sent by any live end behind the ledger."""

from activities.drill import DrillMessage
from activities.gateways.port import Ledgered


async def send(channel: Ledgered, message: DrillMessage) -> None:
    await channel.send([message])  # refused: list-item
