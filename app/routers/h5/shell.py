"""What the pages around one ticket share: the way back to it, and what it says then."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import Depends
from fastapi.responses import RedirectResponse

from app.domain.lifecycle import Role
from app.pages.render import HEADERS
from app.routers.dependencies import require_of_ticket

OWNER = Depends(require_of_ticket(Role.CUSTOMER))

# What a page may say after a form: named in the address, so that nobody can put words into our mouth.
SAID: Mapping[str, str] = MappingProxyType(
    {
        "rated": "谢谢您的评价，我们会认真看每一条。",
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
