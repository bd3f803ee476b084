"""Photos for the story, drawn on the spot."""

from io import BytesIO

from PIL import Image, ImageDraw

_SCENES = {"report": "#c0553b", "before": "#b98a2f", "after": "#2f9e63"}


def photo(scene: str) -> tuple[str, bytes, str]:
    """Name, content and type, as a form wants them."""
    image = Image.new("RGB", (960, 720), "#dfe5e8")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((180, 160, 780, 380), 36, fill="#fbfbfb", outline="#8d979d", width=6)
    pen.rectangle((220, 320, 740, 350), fill="#cfd6da")
    pen.ellipse((690, 200, 730, 240), fill=_SCENES[scene])
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=85)
    return f"{scene}.jpg", buffer.getvalue(), "image/jpeg"
