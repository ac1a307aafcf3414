"""Delivery: one batch of one notice to one channel. The business key makes each message safe to send again."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio import activity

from activities.contracts import DELIVER, DeliverRequest, DeliverResult
from activities.gateways.port import Gateway
from incidents.notices import Outcome


class Delivery:
    """Hands messages to the channels of this home."""

    def __init__(self, gateways: Mapping[str, Gateway]) -> None:
        self._gateways = gateways

    @activity.defn(name=DELIVER)
    async def deliver(self, request: DeliverRequest) -> DeliverResult:
        """Send the batch. A channel that this home does not have fails, and the chase goes on by the next one."""
        sending = request.sending
        gateway = self._gateways.get(sending.channel)
        if gateway is None:
            activity.logger.warning(
                "no such channel here", extra={"channel": sending.channel, "notice": sending.notice}
            )
            return DeliverResult(outcomes=dict.fromkeys(sending.units, "failed"))
        outcomes: dict[str, Outcome] = {}
        for unit in sending.units:
            outcomes[unit] = await gateway.send(request.key(unit), unit, sending.text_for(unit))
        return DeliverResult(outcomes=outcomes)
