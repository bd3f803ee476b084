"""Pages of what is a customer's own: appliances, household, messages, wishes, data. Each works without script."""

from app.edge.routes import Routes
from app.routers.h5.mine import appliance, appliances, household, hub, inbox, membership, preferences, privacy

ROUTERS: tuple[Routes, ...] = (
    hub.router,
    inbox.router,
    appliances.router,
    appliance.router,
    household.router,
    membership.router,
    preferences.router,
    privacy.router,
)
