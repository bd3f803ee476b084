import tomllib
from pathlib import Path

import pytest

import app.services.doors
from app.wechat.menu import Difference, MenuInvalid, differences, lines, read_menu

FILE = Path(app.services.doors.__file__).parent / "data" / "menu.toml"
VALUES = {"public_base_url": "https://hx.example", "mini_appid": "wxm"}
VIEW = 'type = "view"\nurl = "https://x"'


def test_the_menu_of_the_house() -> None:
    assert lines(read_menu(FILE.read_text(encoding="utf-8"), VALUES)) == [
        "我要报修 → view https://hx.example/h5/report",
        "我的服务 → view https://hx.example/h5/",
        "催单与客服",
        "  催一下我的工单 → view https://hx.example/h5/",
        "  联系客服 → click support",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("button = 1", "1 到 3 个按钮"),
        ("", "1 到 3 个按钮"),
        (f'[[button]]\nname = "a"\n{VIEW}\n' * 4, "1 到 3 个按钮"),
        ("[[button", "TOML"),
        (f"[[button]]\n{VIEW}", "名称"),
        (f'[[button]]\nname = "六个汉字的名称"\n{VIEW}', "16 字节"),
        ('[[button]]\nname = "a"\ntype = "dance"', "type 不认识"),
        ('[[button]]\nname = "a"\ntype = "view"', "缺少 url"),
        ('[[button]]\nname = "a"\ntype = "miniprogram"\nurl = "https://x"\npagepath = "p"', "缺少 appid"),
        ('[[button]]\nname = "a"\ntype = "view"\nurl = "{nowhere}/x"', "占位符"),
        ('[[button]]\nname = "a"\nsub_button = []', "1 到 5 项"),
        (f'[[button]]\nname = "a"\n[[button.sub_button]]\nname = "{"长" * 21}"\n{VIEW}', "60 字节"),
    ],
)
def test_a_menu_that_wechat_would_refuse_is_refused_here(text: str, said: str) -> None:
    with pytest.raises(MenuInvalid, match=said):
        read_menu(text, VALUES)


def test_what_wechat_adds_of_its_own_is_no_difference() -> None:
    ours = read_menu(FILE.read_text(encoding="utf-8"), VALUES)
    theirs = [dict(button) | {"sub_button": button.get("sub_button", [])} for button in ours]
    assert differences(ours, theirs) == []
    wrapped = [
        dict(button) | {"sub_button": {"list": button["sub_button"]}} if "sub_button" in button else button
        for button in ours
    ]
    assert differences(ours, wrapped) == []


def test_a_stale_menu_differs_line_by_line() -> None:
    ours = read_menu(FILE.read_text(encoding="utf-8"), VALUES)
    theirs = [dict(ours[0]) | {"url": "https://old.example/"}, *ours[1:2]]
    found = differences(ours, theirs)
    assert found[0] == Difference(
        "我要报修 → view https://hx.example/h5/report", "我要报修 → view https://old.example/"
    )
    assert [each.there for each in found[1:]] == [None] * 3
    assert len(differences(ours, [])) == len(lines(ours))
    assert tomllib.loads(FILE.read_text(encoding="utf-8"))["button"]
