"""The menu of a service account as data: read from a file, checked, compared with what WeChat has."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Entry = Mapping[str, object]

# Bytes of UTF-8, of a button and of an entry below it.
_BUTTON_BYTES = 16
_ENTRY_BYTES = 60
_MOST_BUTTONS = 3
_MOST_ENTRIES = 5
_KEY_BYTES = 128
_URL_BYTES = 1024
# What a button can do, and the members that it then needs.
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "click": ("key",),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
}
_MEMBERS = ("name", "type", "key", "url", "appid", "pagepath", "media_id", "article_id")


class MenuInvalid(ValueError):
    """Says in Chinese what is wrong with the file."""


@dataclass(frozen=True)
class Difference:
    """``here`` and ``there`` are lines; None where one side has nothing."""

    here: str | None
    there: str | None


def read_menu(text: str, values: Mapping[str, str]) -> list[Entry]:
    """The buttons of a menu file with its placeholders filled in. Raises MenuInvalid."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MenuInvalid(f"菜单文件不是有效的 TOML：{error}") from error
    buttons = document.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= _MOST_BUTTONS:
        raise MenuInvalid(f"菜单要有 1 到 {_MOST_BUTTONS} 个按钮（[[button]]）。")
    return [_button(each, values) for each in buttons]


def lines(buttons: Sequence[Entry]) -> list[str]:
    """Each button and each entry as one line, in order."""
    shown: list[str] = []
    for button in normal(buttons):
        entries = _entries(button)
        shown.append(_line(button) if not entries else str(button["name"]))
        shown.extend(f"  {_line(entry)}" for entry in entries)
    return shown


def differences(here: Sequence[Entry], there: Sequence[Entry]) -> list[Difference]:
    """Empty when both menus do the same."""
    ours, theirs = lines(here), lines(there)
    longest = max(len(ours), len(theirs))
    padded = zip(ours + [""] * (longest - len(ours)), theirs + [""] * (longest - len(theirs)), strict=True)
    return [Difference(a or None, b or None) for a, b in padded if a != b]


def normal(buttons: Sequence[Entry]) -> list[Entry]:
    """Without the empty lists and the members that WeChat adds of its own."""
    return [
        {name: button[name] for name in _MEMBERS if button.get(name)}
        | ({"sub_button": normal(entries)} if (entries := _entries(button)) else {})
        for button in buttons
    ]


def _entries(button: Entry) -> list[Entry]:
    found = button.get("sub_button")
    if isinstance(found, Mapping):  # menu/get wraps the list once more
        found = found.get("list")
    return list(found) if isinstance(found, list) else []


def _line(entry: Entry) -> str:
    target = entry.get("pagepath") or entry.get("url") or entry.get("key") or ""
    return f"{entry['name']} → {entry.get('type', '')} {target}".rstrip()


def _button(raw: object, values: Mapping[str, str]) -> Entry:
    if not isinstance(raw, dict):
        raise MenuInvalid("每个按钮写作一段 [[button]]。")
    entries = raw.pop("sub_button", None)
    if entries is None:
        return _entry(raw, values, _BUTTON_BYTES)
    if not isinstance(entries, list) or not 1 <= len(entries) <= _MOST_ENTRIES:
        raise MenuInvalid(f"按钮“{raw.get('name')}”下要有 1 到 {_MOST_ENTRIES} 项。")
    return {
        "name": _name(raw, _BUTTON_BYTES),
        "sub_button": [_entry(e, values, _ENTRY_BYTES) for e in entries],
    }


def _entry(raw: Mapping[str, object], values: Mapping[str, str], bytes_allowed: int) -> Entry:
    name, kind = _name(raw, bytes_allowed), raw.get("type")
    if kind not in _NEEDS:
        raise MenuInvalid(f"“{name}”的 type 不认识：{kind}。")
    entry: dict[str, object] = {"type": kind, "name": name}
    for member in _NEEDS[str(kind)]:
        value = _filled(str(raw.get(member, "")), values)
        limit = _KEY_BYTES if member == "key" else _URL_BYTES
        if not 1 <= len(value.encode()) <= limit:
            raise MenuInvalid(f"“{name}”缺少 {member}，或超过 {limit} 字节。")
        entry[member] = value
    return entry


def _name(raw: Mapping[str, object], bytes_allowed: int) -> str:
    name = raw.get("name")
    if not isinstance(name, str) or not 1 <= len(name.encode()) <= bytes_allowed:
        raise MenuInvalid(f"名称“{name}”为空，或超过 {bytes_allowed} 字节（{bytes_allowed // 3} 个汉字）。")
    return name


def _filled(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    if "{" in text:
        raise MenuInvalid(f"不认识的占位符：{text}")
    return text
