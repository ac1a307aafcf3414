"""A drill's delivery given the live side's channels."""

from sqlalchemy.ext.asyncio import AsyncEngine

import outside
from activities.delivery import Delivery
from activities.drill import DrillMessage
from settings import Settings


def build(settings: Settings, database: AsyncEngine) -> Delivery[DrillMessage]:
    return Delivery(DrillMessage, outside.channels(settings, database))  # refused: arg-type
