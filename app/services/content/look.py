"""Ask WeChat about a text or a picture. Whatever goes wrong, the thing stays hidden; at the end a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.content import (
    ANSWER_WITHIN,
    MOST_ATTEMPTS,
    SCENE_OF,
    CheckState,
    ContentKind,
    Judgement,
    SubjectKind,
    judge,
    patience,
)
from app.services.attachments.urls import PhotoUrls, Variant
from app.services.content.due import Asked, Due, Found, Later
from app.wechat.api.content import media_check_async, msg_sec_check
from app.wechat.client import AsyncWeChatClient
from app.wechat.errors import ErrorClass, Refused, WeChatError

_NOT_VISITED = 61010
_NEXT_MINUTE = timedelta(minutes=1)
_NEXT_DAY = timedelta(hours=6)
_OPERATOR = timedelta(minutes=10)
# Whom the address of a photo names as its viewer.
VIEWER = "content-check"


@dataclass(frozen=True)
class Lookout:
    """The mini-programs through which WeChat can be asked, and the addresses at which it fetches photos."""

    minis: Mapping[str, AsyncWeChatClient]
    urls: PhotoUrls

    async def look(self, due: Due, now: datetime) -> Found:
        """No transaction is open meanwhile."""
        if due.trace_id is not None:
            return _for_people("微信半小时内没有给出图片结果")
        if due.openid is None or due.appid is None:
            return _for_people("用户没有小程序身份，无法机审")
        try:
            return await self._ask(self.minis[due.appid], due, due.openid, now)
        except WeChatError as error:
            return _failed(error, due, now)

    async def _ask(self, client: AsyncWeChatClient, due: Due, openid: str, now: datetime) -> Found:
        scene = SCENE_OF[due.subject]
        if due.kind is ContentKind.IMAGE:
            until = now + ANSWER_WITHIN
            url = self.urls.sign(due.subject_id, Variant.FULL, viewer=VIEWER, now=now, until=until)
            trace_id = await media_check_async(client, openid=openid, scene=scene, media_url=url)
            return Asked(client.account.appid, trace_id, until)
        nickname = due.text if due.subject is SubjectKind.NICKNAME else None
        said = await msg_sec_check(client, openid=openid, scene=scene, content=due.text, nickname=nickname)
        return judge(said.suggest, said.label)


def _failed(error: WeChatError, due: Due, now: datetime) -> Found:
    meaning = error.meaning_zh if isinstance(error, Refused) else "微信没有回应"
    if error.errcode == _NOT_VISITED:
        return _for_people("用户两小时内没有打开过小程序，微信不做机审")
    match error.cls:
        case ErrorClass.RESULT:
            return Judgement(CheckState.RISKY, "微信判定违规")
        case ErrorClass.PAYLOAD | ErrorClass.USER | ErrorClass.REVIEW:
            return _for_people(f"微信无法检测：{meaning}")
        case _ if due.attempts >= MOST_ATTEMPTS:
            return Judgement(CheckState.FAILED, f"多次检测失败：{meaning}")
        case ErrorClass.CONFIG:
            return Later(now + _OPERATOR, meaning, alarm=meaning, rid=error.rid)
        case ErrorClass.LATER_MINUTE:
            return Later(now + _NEXT_MINUTE, meaning)
        case ErrorClass.LATER_DAY | ErrorClass.LATER_MONTH:
            return Later(now + _NEXT_DAY, meaning)
        case _:
            # A question may be asked twice: an answer that got lost did no harm.
            return Later(now + patience(due.attempts), meaning)


def _for_people(why: str) -> Judgement:
    return Judgement(CheckState.REVIEW, f"{why}，请人工复核")
