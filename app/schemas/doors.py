"""Codes, signatures and cards as they cross the API."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.models.wechat import CardChannel, CardState, ScenePurpose
from app.schemas.common import Input, Output, Word


class LabelIn(Input):
    """What a code on an appliance knows about it."""

    category: Word = ""
    brand: Word
    model: Word
    serial_number: Word = ""
    warranty_start: date | None = None
    warranty_months: Annotated[int, Field(ge=0, le=240)] | None = None


class SceneIn(Input):
    """Exactly the member that the purpose asks for: appliance, service_point_id or engineer_id."""

    purpose: ScenePurpose
    appliance: LabelIn | None = None
    service_point_id: UUID | None = None
    engineer_id: UUID | None = None
    expires_in_days: Annotated[int, Field(ge=1, le=30)] | None = None

    @model_validator(mode="after")
    def one_subject(self) -> Self:
        given = {
            ScenePurpose.APPLIANCE_LABEL: self.appliance,
            ScenePurpose.SERVICE_POINT: self.service_point_id,
            ScenePurpose.ENGINEER_BADGE: self.engineer_id,
        }
        if {purpose for purpose, value in given.items() if value is not None} != {self.purpose}:
            raise ValueError(
                "家电标签请填写 appliance，网点填写 service_point_id，工牌填写 engineer_id，只填其一。"
            )
        return self

    def subject(self) -> dict[str, Any]:
        if self.appliance is not None:
            return self.appliance.model_dump(mode="json")
        return {"id": str(self.service_point_id or self.engineer_id)}


class SceneOut(Output):
    scene: str
    purpose: ScenePurpose
    image_url: str
    url: str
    expires_at: datetime | None


class StickerOut(Output):
    """``url`` is what the code holds; the picture is for a printer."""

    url: str
    image_url: str


class JsSignatureOut(Output):
    appid: str
    timestamp: int
    nonce: str
    signature: str


class TemplateRow(Output):
    label: str
    value: str


class TemplateCardOut(Output):
    appid: str
    channel: CardChannel
    kind: str
    template_id: str | None
    title: str
    state: CardState
    reason: str | None
    slots: dict[str, str]
    sample: list[TemplateRow]
    synced_at: datetime | None


class TemplateCardList(Output):
    items: list[TemplateCardOut]


class ServicePointOut(Output):
    name: str
    city: str
    districts: list[str]
    phone: str


class ServicePoints(Output):
    items: list[ServicePointOut]
