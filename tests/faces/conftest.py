from collections.abc import AsyncIterator

import pytest

from sandbox import defaults
from tests.faces.platform import Wire
from tests.faces.product import Product, running_product
from tests.harness.sandbox import Sandbox


@pytest.fixture
def wire(sandbox: Sandbox) -> Wire:
    return Wire(sandbox)


@pytest.fixture
async def product(sandbox: Sandbox) -> AsyncIterator[Product]:
    """A service whose account the sandbox believes it to be."""
    async with running_product(sandbox.base) as product:
        for appid in (defaults.OFFICIAL_APPID, defaults.MINI_APPID):
            change = {
                "callback_url": f"{product.base}/wechat/{appid}/callback",
                "oauth_domains": ["127.0.0.1"],
            }
            await sandbox.control("POST", f"accounts/{appid}", change)
        yield product
