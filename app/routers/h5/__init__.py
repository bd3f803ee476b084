"""Pages of customers, behind the menu of the official account. Server-rendered; each works without script."""

from app.edge.routes import Routes
from app.routers.h5 import acts, mine, money, rating, report, services, submitted, ticket

ROUTERS: tuple[Routes, ...] = (
    services.router,
    report.router,
    submitted.router,
    ticket.router,
    rating.router,
    acts.router,
    money.router,
    *mine.ROUTERS,
)
