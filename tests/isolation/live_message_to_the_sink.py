"""A real message swallowed by the drill sink."""

from activities.drill import DrillSink
from activities.gateways.port import LiveMessage


async def send(sink: DrillSink, message: LiveMessage) -> None:
    await sink.send([message])  # refused: list-item
