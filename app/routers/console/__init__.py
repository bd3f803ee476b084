"""The console: pages for those who answer, dispatch and manage. Server-rendered; each page works without script."""

from fastapi import APIRouter

from app.routers.console import (
    calls,
    complaints,
    conversations,
    deliveries,
    dispatch,
    holidays,
    hotline,
    incidents,
    kpi,
    levels,
    prices,
    queue,
    rosters,
    sign_in,
    ticket,
    tickets,
)

ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
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
    deliveries.router,
    holidays.router,
    rosters.router,
    prices.router,
)
