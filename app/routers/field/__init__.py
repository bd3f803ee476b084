"""Pages of engineers, for a phone in one hand. Server-rendered; each works without script."""

from fastapi import APIRouter

from app.routers.field import job, today

ROUTERS: tuple[APIRouter, ...] = (today.router, job.router)
