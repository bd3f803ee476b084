"""For operators and their probes."""

import hmac

from fastapi import Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.edge.given import Now, ReaderDep
from app.edge.routes import Routes
from app.errors import NotFound
from app.routers.dependencies import Bearer, SettingsDep
from app.schemas.health import IssueOut, Ready
from app.services.operations.gauges import measure
from app.services.operations.readiness import readiness
from app.settings import Settings

router = Routes(tags=["operations"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process runs; nothing else is asked."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"model": Ready}})
async def readyz(request: Request, response: Response, settings: SettingsDep, now: Now) -> Ready:
    """Whether requests should come here: database, WeChat and queues, with the reason where not."""
    found = await readiness(request.app.state.database.reads, settings.redis_url, now=now)
    if found.broken:
        response.status_code = 503
    status = "broken" if found.broken else "degraded" if found.degraded else "ready"
    issues = [IssueOut(code=each.code, message=each.message) for each in (*found.broken, *found.degraded)]
    return Ready(status=status, issues=issues)


async def allowed_to_measure(bearer: Bearer, settings: SettingsDep) -> None:
    if not may_see_metrics(bearer.credentials if bearer else "", settings):
        raise NotFound


@router.get("/metrics", include_in_schema=False, dependencies=[Depends(allowed_to_measure)])
async def metrics(connection: ReaderDep, now: Now) -> Response:
    """Prometheus figures of this process, and the state of the house as the database has it."""
    await measure(connection, now)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def may_see_metrics(token: str, settings: Settings) -> bool:
    expected = settings.metrics_token.get_secret_value()
    if not expected:
        return settings.environment != "production"
    return hmac.compare_digest(token.encode(), expected.encode())
