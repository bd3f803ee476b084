"""What PostgreSQL refused, as something the caller can act upon: a conflict, or "try again soon"."""

from collections.abc import Mapping
from types import MappingProxyType

import asyncpg
from sqlalchemy.exc import DBAPIError

from app.errors import Conflict, Problem, Unavailable


class SlotTaken(Conflict):
    code, title, msg = "slot_taken", "Slot taken", "这个时间刚刚被约走了，请另选一个时间。"


class RosterOverlap(Conflict):
    code, title, msg = "roster_overlap", "Roster overlap", "这天的班次与前一天或后一天重叠，请调整时间。"


class AlreadyRated(Conflict):
    code, title, msg = "already_rated", "Already rated", "这张工单已经评价过了。"


class AssetExists(Conflict):
    code, title, msg = "asset_exists", "Asset exists", "这个序列号已经在您的服务档案里了。"


class EvidenceSealed(Conflict):
    code, title, msg = (
        "evidence_sealed",
        "Evidence sealed",
        "客户已确认，现场凭证已封存，不能再增加、更换或撤回。",
    )


class AlreadyExists(Conflict):
    code, title, msg = "already_exists", "Already exists", "这条记录已经存在，请刷新后再试。"


# The services check first and answer in their own words; a constraint decides between those who came at once.
KNOWN: Mapping[str, type[Problem]] = MappingProxyType(
    {
        "ex_visits_engineer_planned": SlotTaken,
        "ex_rosters_engineer_spans": RosterOverlap,
        "uq_visits_live": Conflict,
        "uq_offers_open": Conflict,
        "uq_quotes_pending": Conflict,
        "uq_quotes_approved": Conflict,
        "uq_quotes_ticket_id_version": Conflict,
        "pk_ticket_events": Conflict,
        "pk_ratings": AlreadyRated,
        "evidence_sealed": EvidenceSealed,
        "uq_assets_customer_serial": AssetExists,
        "uq_products_brand_model": AlreadyExists,
        "uq_service_points_name": AlreadyExists,
        "uq_staff_username": AlreadyExists,
        "uq_engineers_employee_no": AlreadyExists,
        "uq_wechat_identities_appid_openid": Conflict,
        "uq_customer_merges_live": Conflict,
        "pk_idempotency_keys": Conflict,
    }
)

# Of those that a trigger names: the tables that it guards.
GUARDED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "evidence_sealed": frozenset(
            {"attachments", "checklist_entries", "completion_proofs", "evidence_seals"}
        )
    }
)

# By class of SQLSTATE: connection lost (08), deadlock or serialization (40), out of resources (53), the
# operator or a timeout ended it (57), a lock was not to be had (55P03).
_PASSING = ("08", "40", "53", "57", "55P03")


def problem_for(error: Exception) -> Problem | None:
    """None for what is a defect of ours."""
    cause = driver_error(error)
    if isinstance(cause, asyncpg.PostgresError):
        known = KNOWN.get(getattr(cause, "constraint_name", None) or "")
        if known is not None:
            return known()
        return Unavailable() if (cause.sqlstate or "").startswith(_PASSING) else None
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Unavailable()
    if isinstance(cause, asyncpg.InternalClientError):
        # The connection broke while this statement was being sent.
        return Unavailable()
    if isinstance(cause, asyncpg.InterfaceError):
        return Unavailable() if "clos" in str(cause) else None
    return Unavailable() if isinstance(cause, OSError | TimeoutError) else None


def driver_error(error: BaseException) -> BaseException:
    """SQLAlchemy wraps twice; the innermost error knows its SQLSTATE and its constraint."""
    while isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    while not isinstance(error, asyncpg.PostgresError) and error.__cause__ is not None:
        error = error.__cause__
    return error
