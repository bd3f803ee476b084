"""Tables and constraints. Importing this package registers all of them with ``Base.metadata``."""

from app.models.aftercare import CallRefusal, FollowUp, FollowUpCall
from app.models.base import Base
from app.models.catalogue import PriceItem, PriceList, PriceOverride, Product, SpendLimit
from app.models.content import ContentCheck
from app.models.contractors import Contractor, ContractorTerms
from app.models.conversations import Conversation, TicketMessage
from app.models.households import Household, HouseholdInvitation, HouseholdMember
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
from app.models.rules import EngineerBan, EngineerLicence
from app.models.service_levels import ServiceCalendar, ServiceLevel, ServiceLevelEvent, ServicePolicy
from app.models.stock import FittedPart, Part, Stock, StockEntry
from app.models.tickets import (
    Asset,
    Attachment,
    ChecklistEntry,
    ClockSegment,
    Completion,
    CompletionProof,
    EvidenceSeal,
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
    "CallRefusal",
    "ChecklistEntry",
    "ClockSegment",
    "Completion",
    "CompletionProof",
    "ConsentBalance",
    "ConsentEntry",
    "ContentCheck",
    "Contractor",
    "ContractorTerms",
    "Conversation",
    "Customer",
    "CustomerMerge",
    "Engineer",
    "EngineerBan",
    "EngineerLicence",
    "EvidenceSeal",
    "FittedPart",
    "FollowUp",
    "FollowUpCall",
    "Holiday",
    "Household",
    "HouseholdInvitation",
    "HouseholdMember",
    "IdempotencyKey",
    "InboundMessage",
    "LegalWarning",
    "LegalWatch",
    "MessageTemplate",
    "Offer",
    "Part",
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
    "ServiceCalendar",
    "ServiceLevel",
    "ServiceLevelEvent",
    "ServicePoint",
    "ServicePolicy",
    "Session",
    "ShiftPattern",
    "ShortLink",
    "SignInGuard",
    "SpendLimit",
    "Staff",
    "Stock",
    "StockEntry",
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
