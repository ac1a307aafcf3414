"""A drill's message handed to the live side's mail server."""

from activities.drill import DrillMessage
from activities.gateways.smtp import Smtp


async def send(mail: Smtp, message: DrillMessage) -> None:
    await mail.send(message)  # refused: arg-type
