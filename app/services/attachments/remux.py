"""A program of its own that looks at a video and writes it anew: ``python -m app.services.attachments.remux``.

It runs hostile bytes through a large C library, so it runs alone: limited in memory, time and the size of what it
writes, and killed by its parent when it takes too long. It imports nothing of ours.

Arguments: the file, where the video goes, where a still of it goes. It answers with one JSON object: ``refused`` (a
code), or ``container``, ``width``, ``height`` and ``duration_ms``.
"""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

MEMORY = 1024 * 1024 * 1024
SECONDS_OF_WORK = 30
WRITTEN = 64 * 1024 * 1024

LONGEST = 60.5
MAX_SIDE, MAX_PIXELS = 4096, 4096 * 2304
# What sixty seconds of sound and picture come to at most; a file of millions of tiny packets is an attack.
MAX_PACKETS = 30_000
POSTER_SIDE = 2560

# By what a file begins with: its demuxer is named, so that no other one (playlists, which fetch) is ever asked.
DEMUXERS = {"mov": (4, b"ftyp"), "matroska": (0, b"\x1a\x45\xdf\xa3")}
PICTURES = {"mov": {"h264", "hevc", "av1"}, "matroska": {"vp8", "vp9", "av1"}}
SOUNDS = {"mov": {"aac", "mp3"}, "matroska": {"opus", "vorbis"}}
MUXERS = {"mov": "mp4", "matroska": "webm"}


class Refused(Exception):
    pass


@dataclass(frozen=True)
class Rebuilt:
    container: str
    width: int
    height: int
    duration_ms: int


def limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_WORK, SECONDS_OF_WORK))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN, WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def demuxer_of(source: Path) -> str:
    with source.open("rb") as file:
        head = file.read(16)
    if not head:
        raise Refused("empty")
    for name, (offset, magic) in DEMUXERS.items():
        if head[offset : offset + len(magic)] == magic:
            return name
    raise Refused("wrong_container")


def rebuild(source: Path, target: Path, poster: Path) -> Rebuilt:
    """Copies picture and sound packet by packet into a new container: no metadata, no other streams."""
    demuxer = demuxer_of(source)
    options = {"protocol_whitelist": "file"}
    muxer = MUXERS[demuxer]
    with av.open(str(source), format=demuxer, options=options, metadata_errors="ignore") as given:
        picture = _picture(given, demuxer)
        sound = next((s for s in given.streams.audio if s.codec_context.name in SOUNDS[demuxer]), None)
        flags = {"movflags": "+faststart", "fflags": "+bitexact"}
        with av.open(str(target), "w", format=muxer, options=flags if muxer == "mp4" else {}) as made:
            duration = _copy(given, made, picture, sound, poster)
        return Rebuilt(muxer, picture.codec_context.width, picture.codec_context.height, duration)


def _picture(given: InputContainer, demuxer: str) -> VideoStream:
    if not given.streams.video:
        raise Refused("no_picture")
    picture = given.streams.video[0]
    context = picture.codec_context
    if context.name not in PICTURES[demuxer]:
        raise Refused("wrong_codec")
    if max(context.width, context.height) > MAX_SIDE or context.width * context.height > MAX_PIXELS:
        raise Refused("too_many_pixels")
    context.thread_count = 1
    context.skip_frame = "NONKEY"
    return picture


def _copy(
    given: InputContainer, made: OutputContainer, picture: VideoStream, sound: Stream | None, poster: Path
) -> int:
    """Milliseconds. One key frame a second is decoded, which shows that there are pictures in it."""
    outlets: dict[int, Stream] = {
        stream.index: made.add_stream_from_template(stream)
        for stream in (picture, sound)
        if stream is not None
    }
    begin: float | None = None
    end, looked_at, seen = 0.0, -1.0, False
    for count, packet in enumerate(given.demux([s for s in (picture, sound) if s is not None])):
        if packet.dts is None or packet.pts is None or packet.time_base is None:
            continue
        at = float(packet.pts * packet.time_base)
        begin = at if begin is None else min(begin, at)
        end = max(end, at + float((packet.duration or 0) * packet.time_base))
        if end - begin > LONGEST or count > MAX_PACKETS:
            raise Refused("too_long")
        if packet.stream is picture and packet.is_keyframe and at >= looked_at + 1:
            looked_at = at
            frames = [frame for frame in packet.decode() if isinstance(frame, VideoFrame)]
            if frames and not seen:
                _still(frames[0], poster)
            seen = seen or bool(frames)
        packet.stream = outlets[packet.stream.index]
        made.mux(packet)
    if not seen:
        seen = _last_frame(picture, poster)
    if not seen or begin is None or end <= begin:
        raise Refused("damaged")
    return int((end - begin) * 1000)


def _last_frame(picture: VideoStream, poster: Path) -> bool:
    """A decoder may hold a picture back until it hears that there are no more."""
    frames = picture.codec_context.decode(None)
    if frames:
        _still(frames[0], poster)
    return bool(frames)


def _still(frame: VideoFrame, poster: Path) -> None:
    image = frame.to_image()
    if frame.rotation:
        image = image.rotate(frame.rotation, expand=True)
    image.thumbnail((POSTER_SIDE, POSTER_SIDE))
    image.save(poster, "JPEG", quality=90)


def main() -> None:
    limit_myself()
    try:
        answer: dict[str, object] = asdict(rebuild(*map(Path, sys.argv[1:4])))
    except Refused as refusal:
        answer = {"refused": str(refusal)}
    except MemoryError:
        answer = {"refused": "too_heavy"}
    # What the library and the picture decoders raise on hostile bytes.
    except (av.FFmpegError, ValueError, TypeError, LookupError, ArithmeticError, OSError):
        answer = {"refused": "damaged"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
