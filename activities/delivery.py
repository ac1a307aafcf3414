"""Delivery: one batch of one notice to one channel. The business key makes each message safe to send again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from temporalio import activity

from activities.channel import Channel
from activities.contracts import DELIVER, DeliverRequest, DeliverResult

M = TypeVar("M")


class Delivery(Generic[M]):
    """Hands messages to the channels of this home. Both, what makes the messages and who takes them, come from the
    process that it runs in; nothing that is asked says whether they are live."""

    def __init__(self, make: Callable[[str, str, str], M], channels: Mapping[str, Channel[M]]) -> None:
        self._make, self._channels = make, channels

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
        said = await channel.send(
            [self._make(request.key(unit), unit, sending.text_for(unit)) for unit in sending.units]
        )
        for unit, answer in said.items():
            if answer.outcome != "accepted":
                activity.logger.warning(
                    "not accepted",
                    extra={"key": request.key(unit), "outcome": answer.outcome, "said": answer.words},
                )
        return DeliverResult(outcomes={unit: answer.outcome for unit, answer in said.items()})
