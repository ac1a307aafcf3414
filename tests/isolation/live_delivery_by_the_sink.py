"""The live side's delivery given the drill sink."""

from activities.delivery import Delivery
from activities.drill import DrillSink
from activities.gateways.port import LiveMessage


def build(sink: DrillSink) -> Delivery[LiveMessage]:
    return Delivery(LiveMessage, {"inbox": sink})  # refused: dict-item
