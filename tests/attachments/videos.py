"""Short videos to upload: honest ones and hostile ones."""

from functools import lru_cache
from io import BytesIO

import av
from PIL import Image

PLACE = "+31.2304+121.4737/"


@lru_cache
def video(
    *,
    seconds: float = 2,
    size: tuple[int, int] = (320, 240),
    rate: int = 5,
    container: str = "mp4",
    sound: bool = False,
) -> bytes:
    """With the place where it was taken in its metadata, as phones write it."""
    buffer = BytesIO()
    codec = "libvpx" if container == "webm" else "libx264"
    with av.open(buffer, "w", format=container) as made:
        made.metadata["location"] = PLACE
        made.metadata["title"] = "SecretTitle"
        stream = made.add_stream(codec, rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        if sound:
            silence(made, seconds)
        for number in range(int(seconds * rate)):
            colour = (40 * number % 256, 120, 60)
            frame = av.VideoFrame.from_image(Image.new("RGB", size, colour))
            frame.pts = number
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return buffer.getvalue()


def silence(made: av.container.OutputContainer, seconds: float) -> None:
    stream = made.add_stream("aac", rate=8000)
    assert isinstance(stream, av.AudioStream)
    for number in range(int(seconds * 8000 / 1024)):
        frame = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = 8000, number * 1024
        made.mux(stream.encode(frame))
    made.mux(stream.encode(None))


@lru_cache
def sound_only() -> bytes:
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as made:
        silence(made, 2)
    return buffer.getvalue()
