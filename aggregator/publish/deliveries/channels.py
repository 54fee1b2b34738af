"""The channels by the name that the outbox stores."""

from __future__ import annotations

from aggregator.publish.deliveries import apprise_service, mail, webhook
from aggregator.publish.deliveries.channel import Channel

CHANNELS: dict[str, Channel] = {
    "mail": mail.CHANNEL,
    "webhook": webhook.CHANNEL,
    "apprise": apprise_service.CHANNEL,
}
