"""What every page of the console has: who is at it, where he may go, and what was just done."""

from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse

from app.domain.actor import Actor
from app.domain.lifecycle import Role
from app.pages.problem import CONSOLE
from app.pages.render import HEADERS, page
from app.routers.dependencies import HouseLeader, require

DESK = frozenset({Role.AGENT, Role.MANAGER, Role.ADMIN})
MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})

AtDesk = Annotated[Actor, Depends(require(*DESK))]
ManagerAtDesk = Annotated[Actor, Depends(require(*MANAGERS))]
# What holds for every service point.
LeaderAtDesk = HouseLeader

# Key, words, letter that leads there after g, and who finds it in his menu.
MENU: tuple[tuple[str, str, str, frozenset[Role]], ...] = (
    ("home", "工作台", "o", DESK),
    ("tickets", "工单", "t", DESK),
    ("queue", "我的队列", "q", DESK),
    ("hotline", "热线", "r", DESK),
    ("dispatch", "派工", "d", DESK),
    ("conversations", "会话", "c", DESK),
    ("calls", "回访", "h", DESK),
    ("complaints", "投诉", "s", DESK),
    ("incidents", "专案组", "z", DESK),
    ("levels", "时效", "l", DESK),
    ("kpi", "考核", "k", DESK),
    ("trends", "趋势", "v", DESK),
    ("deliveries", "消息投递", "m", DESK),
    ("rosters", "排班", "w", DESK),
    ("engineers", "工程师", "e", MANAGERS),
    ("prices", "价目", "p", DESK),
    ("templates", "模板", "n", DESK),
    ("settings", "设置", "x", DESK),
    ("log", "日志", "y", MANAGERS),
    ("staff", "账号", "a", frozenset({Role.ADMIN})),
)
# What a page may say after a form: named in the address, so that nobody can put words into our mouth.
SAID = {
    "done": "已完成。",
    "changed": "已更新。",
    "sent": "已发送。",
    "replayed": "已重新投递。",
    "taken": "已领取。",
    "absent": "已登记。没接的派单转给别人，受影响的上门正在重新安排。",
    "asked": "已交给后台发送，刷新可以看到结果。",
    "published": "已发布。",
    "hired": "已新增。请接着登记班次、每天最多单数和证照，之后才会派单给他。",
    "assigned": "已派出，等工程师接单。",
}


def show(name: str, actor: Actor, *, status: int = 200, said: str = "", **values: object) -> HTMLResponse:
    """``name`` is the template, ``console/`` left out; its first part is the item of the menu it belongs to."""
    return page(
        f"console/{name}",
        status=status,
        who=actor,
        menu=[entry[:3] for entry in MENU if actor.role in entry[3]],
        here=name.split("/")[0],
        said=SAID.get(said, ""),
        **values,
    )


def back(path: str, said: str = "done") -> RedirectResponse:
    """303: the browser fetches the page anew, and reloading it sends no form twice."""
    joint = "&" if "?" in path else "?"
    return RedirectResponse(f"{CONSOLE}/{path}{joint}said={said}", status_code=303, headers=HEADERS)
