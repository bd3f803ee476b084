"""The engineer takes the job that was offered to him."""

from app.domain.situation import OfferState
from app.schemas.transitions import Accept
from app.services.dispatch.engineer import engineer_card
from app.services.dispatch.settle import settle_offer
from app.services.tickets.change import Change, Outcome


async def accept(change: Change, _: Accept) -> Outcome:
    await settle_offer(change, OfferState.ACCEPTED)
    engineer = await engineer_card(change.connection, change.actor.id)
    return Outcome(change.before._replace(engineer=engineer, offer=None))
