"""Parts: where they lie, why they move, and what has become of one that was ordered."""

from enum import StrEnum


class PlaceKind(StrEnum):
    POINT = "point"
    VAN = "van"


class Reason(StrEnum):
    """Why the ledger of the stock has an entry."""

    RECEIVE = "receive"
    TRANSFER = "transfer"
    COUNT = "count"
    SCRAP = "scrap"
    RETURN_OLD = "return_old"
    RESERVE = "reserve"
    RELEASE = "release"
    USE = "use"
    TAKE_BACK = "take_back"


class OrderState(StrEnum):
    ORDERED = "ordered"
    SHIPPED = "shipped"
    BACKORDERED = "backordered"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"


ORDER_LABELS = {
    OrderState.ORDERED: "已订购",
    OrderState.SHIPPED: "运输中",
    OrderState.BACKORDERED: "缺货，等待补货",
    OrderState.ARRIVED: "已到货",
    OrderState.CANCELLED: "已取消",
}
# What the customer still waits for.
AWAITED = frozenset({OrderState.ORDERED, OrderState.SHIPPED, OrderState.BACKORDERED})


def means(part: str, aliases: tuple[str, ...], said: str) -> bool:
    """Whether a name of triage (``启动电容/电容``) means this part: by whole synonyms, never by a piece of a word."""
    return not {part, *aliases}.isdisjoint(said.split("/"))
