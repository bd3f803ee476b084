"""Tables and constraints. Importing this package registers all of them with ``Base.metadata``."""

from app.models.base import Base
from app.models.catalogue import PriceItem, PriceList, PriceOverride, Product, SpendLimit
from app.models.content import ContentCheck
from app.models.conversations import Conversation, TicketMessage
from app.models.messages import (
    Alarm,
    AuditEntry,
    ConsentBalance,
    ConsentEntry,
    IdempotencyKey,
    InboundMessage,
    Push,
    PushAttempt,
    ReplyWindow,
    WeChatToken,
)
from app.models.people import (
    Customer,
    CustomerMerge,
    Engineer,
    ServicePoint,
    Session,
    SignInGuard,
    Staff,
    WeChatIdentity,
)
from app.models.plans import PlanReport, PlanRequest
from app.models.rosters import Absence, Holiday, Roster, ShiftPattern
from app.models.tickets import (
    Asset,
    Attachment,
    ClockSegment,
    Completion,
    PartOrder,
    Quote,
    Rating,
    Receipt,
    Ticket,
    TicketEvent,
    Urging,
)
from app.models.visits import Offer, Visit
from app.models.warranties import LegalWarning, LegalWatch, WarrantyPeriod, WarrantyPolicy
from app.models.wechat import MessageTemplate, QRScene, ShortLink, WeChatAccount, WeChatCredential

__all__ = [
    "Absence",
    "Alarm",
    "Asset",
    "Attachment",
    "AuditEntry",
    "Base",
    "ClockSegment",
    "Completion",
    "ConsentBalance",
    "ConsentEntry",
    "ContentCheck",
    "Conversation",
    "Customer",
    "CustomerMerge",
    "Engineer",
    "Holiday",
    "IdempotencyKey",
    "InboundMessage",
    "LegalWarning",
    "LegalWatch",
    "MessageTemplate",
    "Offer",
    "PartOrder",
    "PlanReport",
    "PlanRequest",
    "PriceItem",
    "PriceList",
    "PriceOverride",
    "Product",
    "Push",
    "PushAttempt",
    "QRScene",
    "Quote",
    "Rating",
    "Receipt",
    "ReplyWindow",
    "Roster",
    "ServicePoint",
    "Session",
    "ShiftPattern",
    "ShortLink",
    "SignInGuard",
    "SpendLimit",
    "Staff",
    "Ticket",
    "TicketEvent",
    "TicketMessage",
    "Urging",
    "Visit",
    "WarrantyPeriod",
    "WarrantyPolicy",
    "WeChatAccount",
    "WeChatCredential",
    "WeChatIdentity",
    "WeChatToken",
]
