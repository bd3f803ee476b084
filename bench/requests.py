"""The requests of each measured operation, as bytes."""

import itertools
import json
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

FAULTS = (
    "开了半小时吹出来还是热风，一点不制冷",
    "洗衣机脱水的时候声音特别大，整台机器在地上走",
    "冰箱冷藏室不制冷，里面的菜都坏了，冷冻还是好的",
    "热水器打不着火，显示 E1，重启了几次都没用",
    "电视屏幕有一半是黑的，声音正常",
)


@dataclass(frozen=True)
class Order:
    """``what`` is ping, submit, read, list or state; ``calls`` are (token, number, version) to draw from."""

    what: str
    port: int
    connections: int
    seconds: float
    workers: list[int] = field(default_factory=list)
    calls: list[tuple[str, str, int]] = field(default_factory=list)


def requests(order: Order) -> list[Iterator[bytes]]:
    """One endless row of requests for each connection."""
    dice = random.Random(order.connections)
    if order.what == "state":
        return [_steps(*call) for call in order.calls[: order.connections]]
    if order.what == "submit":
        return [_reports(dice, order.calls) for _ in range(order.connections)]
    fixed = [_get("/ping", "none")] if order.what == "ping" else _reads(order)
    dice.shuffle(fixed)
    shift = max(1, len(fixed) // order.connections)
    return [itertools.cycle(fixed[n * shift % len(fixed) :] + fixed) for n in range(order.connections)]


def _reads(order: Order) -> list[bytes]:
    if order.what == "list":
        return [_get("/api/v1/tickets", token) for token, _, _ in order.calls]
    return [_get(f"/api/v1/tickets/{number}", token) for token, number, _ in order.calls]


def _reports(dice: random.Random, calls: list[tuple[str, str, int]]) -> Iterator[bytes]:
    """Every report is a new one, with an idempotency key as the clients send it."""
    while True:
        token = dice.choice(calls)[0]
        body = report(dice)
        yield _post("/api/v1/tickets", token, body, f"Idempotency-Key: {secrets.token_hex(16)}\r\n")


def report(dice: random.Random) -> dict[str, object]:
    return {
        "service_type": "repair",
        "category": "",
        "brand": "回声",
        "model": "KFR-35GW",
        "fault": dice.choice(FAULTS),
        "contact": {"name": "王女士", "phone": f"138{dice.randrange(10**8):08d}"},
        "address": {
            "province": "上海市",
            "city": "上海市",
            "district": "浦东新区",
            "detail": f"世纪大道 {dice.randrange(1, 2000)} 号 8 栋 1201 室",
            "latitude": 31.2310,
            "longitude": 121.5440,
        },
    }


def _steps(token: str, number: str, version: int) -> Iterator[bytes]:
    """Put aside and taken up again, over and over; each step is a change of state with all that hangs on it.

    The bench's tickets are made accepted with an even version, so an odd one says that it is put aside.
    """
    path = f"/api/v1/tickets/{number}/transitions"
    until = (datetime.now(UTC) + timedelta(days=20)).isoformat()
    suspend = {"event": "suspend", "reason_code": "customer_away", "resume_at": until}
    for step in itertools.count():
        body = {"event": "resume"} if (version + step) % 2 else suspend
        yield _post(path, token, body | {"version": version + step})


def _get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def _post(path: str, token: str, body: object, headers: str = "") -> bytes:
    content = json.dumps(body, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{headers}"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content
