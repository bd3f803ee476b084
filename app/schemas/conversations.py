"""Messages on a ticket as they cross the API."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.conversation.words import Author, MessageKind, Satisfaction
from app.domain.lifecycle import State
from app.domain.situation import Priority, ServiceType
from app.schemas.common import Input, Output, Story
from app.schemas.tickets import ContactIn, NewTicket


class MessageIn(Input):
    """``survey`` sends the question that is answered with one tap; it is for staff."""

    text: Story = ""
    attachment_ids: Annotated[list[UUID], Field(max_length=9)] = []
    survey: bool = False

    @model_validator(mode="after")
    def something_is_said(self) -> Self:
        if not self.text and not self.attachment_ids and not self.survey:
            raise ValueError("请输入文字或选择照片。")
        return self


class MessagePhotoOut(Output):
    id: str
    url: str
    thumbnail_url: str


class MessageOut(Output):
    id: str
    author: Author
    author_name: str
    kind: MessageKind
    text: str
    attachments: list[MessagePhotoOut]
    at: datetime


class MessagePage(Output):
    """In the order in which things were said; ``next_cursor`` leads to what was said before."""

    items: list[MessageOut]
    next_cursor: str | None


class LastMessageOut(Output):
    author: Author
    kind: MessageKind
    text: str
    at: datetime


class ConversationOut(Output):
    number: str
    state: State
    label: str
    service_type: ServiceType
    category: str
    priority: Priority
    customer: str
    last_message: LastMessageOut
    waiting_since: datetime | None
    waiting_seconds: int | None
    satisfaction: Satisfaction | None


class ConversationPage(Output):
    items: list[ConversationOut]
    next_cursor: str | None


class ChatContact(ContactIn):
    """Whoever writes in WeChat has an address there; his number may be unknown."""

    phone: str = ""


class ChatTicket(NewTicket):
    """A report that began as a message; it never crosses the API."""

    contact: ChatContact
