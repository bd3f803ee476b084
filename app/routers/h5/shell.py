"""What the pages around one ticket share: the way back to it, and what it says then."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Depends
from fastapi.responses import RedirectResponse

from app.domain.lifecycle import Event, Role
from app.pages.render import HEADERS
from app.routers.dependencies import require_of_ticket

OWNER = Depends(require_of_ticket(Role.CUSTOMER))

# What a page may say after a form: named in the address, so that nobody can put words into our mouth.
SAID: Mapping[str, str] = MappingProxyType(
    {
        Event.CONFIRM: "谢谢您的确认。也请您评价这次服务。",
        Event.DISPUTE: "已收到，我们马上重新安排工程师。",
        Event.SUPPLY_INFO: "资料已补充，我们继续处理。",
        Event.BOOK: "上门时间已约好，到时请留人在家。",
        Event.REBOOK: "上门时间已更改。",
        Event.ENGINEER_NO_SHOW: "非常抱歉，我们马上联系您重新安排。",
        Event.ACCEPT_FAIL: "已收到您的决定。",
        Event.REOPEN: "已登记返修，马上为您安排。",
        Event.CANCEL: "已取消。需要时随时可以再报修。",
        "urged": "已收到您的催促，正在加急处理。",
        "approved": "已收到您的同意，工程师将按报价维修。",
        "declined": "已收到您的决定。",
        "joined": "已加到这张工单，您说的话和照片都在里面。",
        "sent": "已发送，客服看到后会回复您。",
    }
)


def back_to(number: str, said: str) -> RedirectResponse:
    """303: the browser fetches the page anew, and reloading it sends no form twice."""
    return RedirectResponse(f"/h5/tickets/{number}?said={said}", status_code=303, headers=HEADERS)
