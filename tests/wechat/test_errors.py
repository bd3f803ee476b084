import pytest

from app.wechat.errors import CODES, ErrorClass, Refused, classify, rule_for

ROWS = {
    "ok": "0 45065 87020",
    "refresh": "40001 40014 41001 42001",
    "soon": "-1 43100 43108 44990 45066",
    "later_minute": "44991 45011",
    "later_day": "40251 44993 45009",
    "later_month": "48006",
    "config": (
        "40125 40013 40164 40243 41002 41004 50002 50004 50007 89503 89501 89506 89507 48001 48004 50001 "
        "40036 40037 40249 43107 43116 45029 45109"
    ),
    "payload": (
        "40097 40129 40159 40165 40169 40212 41030 85079 85096 85401 85402 40250 43104 45067 45168 47001 "
        "47003 61010 40029 40163 42003"
    ),
    "user": "40003 43004 43019 43101 45015 45047 48002 50005 40226",
    "review": "40252",
    "result": "87014",
}
CASES = [(int(code), ErrorClass(cls)) for cls, codes in ROWS.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "cls"), CASES, ids=str)
def test_every_code_has_its_action(code: int, cls: ErrorClass) -> None:
    assert classify(code) is cls
    assert rule_for(code).known
    assert rule_for(code).meaning_zh


def test_no_code_has_two_actions() -> None:
    assert len(CASES) == len({code for code, _ in CASES})
    assert all(rule.code == code for code, rule in CODES.items())


def test_a_code_nobody_has_met_goes_to_a_person() -> None:
    error = Refused(99999, "surprise")

    assert (error.cls, error.known) == (ErrorClass.CONFIG, False)
    assert 99999 not in CODES


@pytest.mark.parametrize(
    ("errmsg", "text", "rid"),
    [
        ("ok rid: 6385c6c1-0fcadca1-22c1fc91", "ok", "6385c6c1-0fcadca1-22c1fc91"),
        (
            "invalid ip 1.2.3.4, rid:6385c6c1-0fcadca1-22c1fc91",
            "invalid ip 1.2.3.4",
            "6385c6c1-0fcadca1-22c1fc91",
        ),
        ("argument invalid! data.thing1.value invalid", "argument invalid! data.thing1.value invalid", None),
        ("", "", None),
    ],
)
def test_the_rid_is_taken_out_of_the_message(errmsg: str, text: str, rid: str | None) -> None:
    error = Refused(47003, errmsg)

    assert (error.errmsg, error.rid) == (text, rid)
