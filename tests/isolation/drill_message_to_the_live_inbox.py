"""A drill's message laid into a real unit's inbox."""

from activities.drill import DrillMessage
from activities.gateways.inbox import LiveInbox


async def send(inbox: LiveInbox, message: DrillMessage) -> None:
    await inbox.send([message])  # refused: list-item
