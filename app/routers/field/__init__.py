"""Pages of engineers, for a phone in one hand. Server-rendered; each works without script."""

from app.edge.routes import Routes
from app.routers.field import acts, evidence, job, today, worker

ROUTERS: tuple[Routes, ...] = (today.router, job.router, acts.router, evidence.router, worker.router)
