"""Delivery: one batch of one notice to one channel. The business key makes each message safe to send again."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio import activity

from activities.contracts import DELIVER, DeliverRequest, DeliverResult
from activities.gateways.port import Channel, Message

DRILL_MARK = "【演练】"


class Delivery:
    """Hands messages to the channels of this home. The kind comes from the process: a drill's words begin with the
    mark, whatever was written."""

    def __init__(self, channels: Mapping[str, Channel], kind: str) -> None:
        self._channels, self._mark = channels, DRILL_MARK if kind == "drill" else ""

    @activity.defn(name=DELIVER)
    async def deliver(self, request: DeliverRequest) -> DeliverResult:
        """Send the batch. A channel that this home does not have fails, and the chase goes on by the next one."""
        sending = request.sending
        channel = self._channels.get(sending.channel)
        if channel is None:
            activity.logger.warning(
                "no such channel here", extra={"channel": sending.channel, "notice": sending.notice}
            )
            return DeliverResult(outcomes=dict.fromkeys(sending.units, "failed"))
        messages = [Message(request.key(unit), unit, self._mark + sending.text_for(unit)) for unit in sending.units]
        said = await channel.send(messages)
        for unit, answer in said.items():
            if answer.outcome != "accepted":
                activity.logger.warning(
                    "not accepted",
                    extra={"key": request.key(unit), "outcome": answer.outcome, "said": answer.words},
                )
        return DeliverResult(outcomes={unit: answer.outcome for unit, answer in said.items()})
