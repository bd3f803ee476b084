"""Pages of customers, behind the menu of the official account. Server-rendered; each works without script."""

from fastapi import APIRouter

from app.routers.h5 import acts, inbox, money, services, ticket

ROUTERS: tuple[APIRouter, ...] = (services.router, inbox.router, ticket.router, acts.router, money.router)
