"""Pages of engineers, for a phone in one hand. Server-rendered; each works without script."""

from fastapi import APIRouter

from app.routers.field import acts, evidence, job, today, worker

ROUTERS: tuple[APIRouter, ...] = (today.router, job.router, acts.router, evidence.router, worker.router)
