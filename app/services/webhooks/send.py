"""One call: the body, its signature, and the headers by which a receiver knows what it has."""

from datetime import datetime

from app.domain.webhooks.sign import HEADER, signature
from app.integrations.webhooks import Answer, WebhookClient
from app.services.webhooks.lease import Leased

AGENT = "Huixiang-Webhooks/1"


async def send(delivery: Leased, client: WebhookClient, now: datetime) -> Answer:
    """No transaction is open meanwhile, and no connection held."""
    if not delivery.secrets:
        # An unsigned delivery would teach the receiver to take those.
        return Answer(0, error="secret_unreadable")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": AGENT,
        "Huixiang-Event-Id": delivery.event_id,
        "Huixiang-Attempt": str(delivery.attempt),
        HEADER: signature(delivery.secrets, now, delivery.body),
    }
    return await client.post(delivery.url, delivery.body, headers)
