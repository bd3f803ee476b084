"""What a customer sent that is neither text nor picture, as one line for the people who read the conversation."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.wechat.bodies import Fields

_LONGEST_NAME = 40


def note(msg_type: str, fields: Fields) -> str:
    """A kind that nobody has told us of keeps its name."""
    write = _NOTES.get(msg_type.lower())
    return write(fields) if write else f"[{msg_type[:_LONGEST_NAME]}]（暂不支持的消息类型，请在微信里查看）"


def _voice(fields: Fields) -> str:
    # WeChat's own recognition, where the account has it switched on.
    heard = _text(fields, "Recognition")
    return f"[语音] {heard}" if heard else "[语音]（请客户改用文字，或回电）"


def _place(fields: Fields) -> str:
    where = f"纬度 {_text(fields, 'Location_X')}，经度 {_text(fields, 'Location_Y')}"
    label = _text(fields, "Label")
    return f"[位置] {label}（{where}）" if label else f"[位置] {where}"


def _link(fields: Fields) -> str:
    return " ".join(part for part in ("[链接]", _text(fields, "Title"), _text(fields, "Url")) if part)


def _file(fields: Fields) -> str:
    return f"[文件] {_text(fields, 'Title') or _text(fields, 'FileName')}".strip()


def _card(fields: Fields) -> str:
    return f"[小程序卡片] {_text(fields, 'Title')}".strip()


def _always(words: str) -> Callable[[Fields], str]:
    return lambda _fields: words


_NOTES: Mapping[str, Callable[[Fields], str]] = MappingProxyType(
    {
        "voice": _voice,
        "video": _always("[视频]（请客户改发照片）"),
        "shortvideo": _always("[小视频]（请客户改发照片）"),
        "location": _place,
        "link": _link,
        "file": _file,
        "miniprogrampage": _card,
        "image": _always("[图片]（未能取回）"),
    }
)


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
