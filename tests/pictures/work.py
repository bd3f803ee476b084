"""What staff does to a ticket over the API while its pictures are taken."""

import io
from typing import Any

import httpx
from PIL import Image, ImageDraw

from app.services.seed.town import DEMO_PASSWORD

_LOOKS = {"before": (120, 96, 84), "after": (86, 140, 120)}


async def signed_in(http: httpx.AsyncClient, username: str) -> dict[str, str]:
    answer = await http.post("sessions/staff", json={"username": username, "password": DEMO_PASSWORD})
    answer.raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def step(
    http: httpx.AsyncClient, headers: dict[str, str], number: str, event: str, **said: object
) -> dict[str, Any]:
    """The ticket afterwards."""
    seen = await http.get(f"tickets/{number}", headers=headers)
    seen.raise_for_status()
    body = {"event": event, "version": seen.json()["version"], **said}
    answer = await http.post(f"tickets/{number}/transitions", headers=headers, json=body)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def arrive_and_quote(
    http: httpx.AsyncClient, engineer: dict[str, str], number: str, code: str | None
) -> None:
    """He has her ``code``, and says what it costs."""
    category = (await step(http, engineer, number, "arrive", code=code))["category"]
    prices = (await http.get("prices", params={"category": category})).json()["items"]
    found = {kind: [each["code"] for each in prices if each["kind"] == kind] for kind in ("labour", "part")}
    lines = [{"code": code, "quantity": 1} for code in found["labour"][:1] + found["part"][:2]]
    await step(http, engineer, number, "quote", lines=lines)


async def repair(
    http: httpx.AsyncClient, engineer: dict[str, str], number: str, *, fault_code: str, solution: str
) -> None:
    """As it looked before, and after; what was agreed is what is paid."""
    for purpose, colour in _LOOKS.items():
        said = {"ticket": number, "purpose": purpose}
        file = {"file": ("photo.jpg", drawn(colour), "image/jpeg")}
        (await http.post("attachments", headers=engineer, data=said, files=file)).raise_for_status()
    quote = (await http.get(f"tickets/{number}", headers=engineer)).json()["quote"]
    await step(
        http,
        engineer,
        number,
        "finish",
        fault_code=fault_code,
        solution=solution,
        old_parts="returned_to_customer",
        charge_fen=quote["total_fen"],
    )


def drawn(colour: tuple[int, int, int]) -> bytes:
    """An appliance, as far as a few rectangles can say so."""
    image, out = Image.new("RGB", (800, 600), (226, 224, 218)), io.BytesIO()
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((230, 60, 570, 520), 24, (246, 246, 244), colour, 6)
    draw.rounded_rectangle((290, 320, 510, 470), 12, colour)
    draw.ellipse((360, 110, 440, 190), outline=colour, width=6)
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
