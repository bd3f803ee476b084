"""Play the main job on a running demo and check every message that it causes."""

import asyncio
import json
from typing import Annotated

import typer

from app.cli.environment import settings
from app.cli.failure import fail
from app.cli.tour.api import Api
from app.cli.tour.failures import TourFailed
from app.cli.tour.guide import Guide
from app.cli.tour.phones import Phones
from app.cli.tour.result import Result
from app.cli.tour.shown import Stage
from app.cli.tour.story import play
from app.integrations.sandbox import Sandbox
from app.services.seed.town import DEMO_PASSWORD


def tour(
    as_json: Annotated[bool, typer.Option("--json", help="只在最后输出一份 JSON 报告。")] = False,
    customer: Annotated[str, typer.Option(help="沙箱里哪位客户的手机。")] = "u-lin",
    password: Annotated[str, typer.Option(help="演示员工的密码。")] = DEMO_PASSWORD,
) -> None:
    """走一遍全流程：报修、派单、上门、报价、完工、评价，逐条核对微信推送。"""
    if settings().environment == "production" or not settings().sandbox_secret.get_secret_value():
        fail("全流程演示需要微信沙箱，请先启动演示：make demo")
    stage = Stage(quiet=as_json)
    result = asyncio.run(_walk(stage, customer, password))
    stage.summary(result)
    if as_json:
        typer.echo(json.dumps(result.as_document(), ensure_ascii=False, indent=2))
    if not result.ok:
        raise typer.Exit(1)


async def _walk(stage: Stage, customer: str, password: str) -> Result:
    result, api = Result(), Api(settings().public_base_url)
    secret = settings().sandbox_secret.get_secret_value()
    try:
        async with Sandbox(settings().wechat_api_base, secret) as sandbox:
            await play(Guide(api, Phones(sandbox), stage, result, customer), password)
    except TourFailed as failure:
        result.error = str(failure)
    finally:
        await api.close()
    return result
