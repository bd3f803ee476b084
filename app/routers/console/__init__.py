"""The console: pages for those who answer, dispatch and manage. Server-rendered; each page works without script."""

from fastapi import APIRouter

from app.routers.console import (
    calls,
    complaints,
    conversations,
    deliveries,
    dispatch,
    exports,
    holidays,
    home,
    hotline,
    incidents,
    kpi,
    kpi_why,
    levels,
    log,
    prices,
    queue,
    rosters,
    sign_in,
    staff,
    ticket,
    tickets,
    trends,
)
from app.routers.console.noted import with_notes

_ROOMS = (
    sign_in.router,
    home.router,
    tickets.router,
    ticket.router,
    queue.router,
    hotline.router,
    dispatch.router,
    conversations.router,
    calls.router,
    complaints.router,
    incidents.router,
    levels.router,
    kpi.router,
    kpi_why.router,
    trends.router,
    deliveries.router,
    holidays.router,
    rosters.router,
    prices.router,
    exports.router,
    log.router,
    staff.router,
)
ROUTERS: tuple[APIRouter, ...] = tuple(map(with_notes, _ROOMS))
