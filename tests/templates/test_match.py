"""Which template is which card, and which field takes which word."""

import pytest

from app.services.templates.match import choose, map_fields
from app.wechat.api.templates import ListedTemplate, fields_of
from app.wechat.templates import TemplateKind

PROGRESS = TemplateKind.TICKET_PROGRESS


def listed(*lines: str, id: str = "t1", title: str = "服务进度通知", example: str = "") -> ListedTemplate:
    """Each line is a label and a key, as ``工单编号 character_string1``."""
    pairs = [line.split() for line in lines]
    content = "\n".join(f"{label}：{{{{{key}.DATA}}}}" for label, key in pairs)
    return ListedTemplate(id, title, fields_of(content), example)


OURS = listed(
    "工单编号 character_string1", "服务内容 thing2", "当前状态 phrase3", "预计时间 time4", "温馨提示 thing5"
)
CASES = {
    "our own numbering": (
        OURS,
        {
            "number": "character_string1",
            "service": "thing2",
            "state": "phrase3",
            "time": "time4",
            "hint": "thing5",
        },
    ),
    "other numbers and another order": (
        listed(
            "备注 thing3",
            "服务项目 thing7",
            "预约时间 time9",
            "订单编号 character_string2",
            "服务状态 phrase1",
        ),
        {
            "number": "character_string2",
            "service": "thing7",
            "state": "phrase1",
            "time": "time9",
            "hint": "thing3",
        },
    ),
    "labels that say nothing": (
        listed("甲 thing1", "乙 thing2", "丙 time3"),
        {"service": "thing1", "hint": "thing2", "time": "time3"},
    ),
    "types of another kind that can hold it": (
        listed("订单号 thing1", "服务类型 thing2", "状态 thing3", "日期 date4"),
        {"number": "thing1", "service": "thing2", "state": "thing3", "time": "date4"},
    ),
    "fewer fields than ours": (
        listed("服务状态 phrase1", "上门时间 time2"),
        {"state": "phrase1", "time": "time2"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_words_find_their_fields(case: str) -> None:
    template, slots = CASES[case]
    mapped = map_fields(PROGRESS, template)
    assert (mapped.problem, dict(mapped.slots)) == (None, slots)
    assert mapped.labels == {field.key: field.label for field in template.fields}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (listed("服务内容 thing2", "费用 amount3"), "费用（amount3）"),
        (listed(*(f"项{n} thing{n}" for n in range(6))), "没有可填的内容"),
        (listed(), "没有给出"),
        (listed("优惠内容 thing1"), "优惠"),
        (listed("服务内容 thing1", example="服务内容：限时抽奖"), "限时"),
        (listed("服务内容 thing1", title="促销进度通知"), "促销"),
    ],
)
def test_a_template_that_cannot_be_filled_or_sells_something_is_refused(
    template: ListedTemplate, said: str
) -> None:
    assert said in str(map_fields(PROGRESS, template).problem)


def test_the_id_decides_then_the_title_then_the_fields() -> None:
    renamed = listed("服务内容 thing1", id="known", title="完全不同的名字")
    unfit = listed("费用 amount1", id="unfit")
    fit = listed("服务状态 phrase1", id="fit", title="维修进度提醒")
    other = listed("服务内容 thing1", id="other", title="生日祝福")

    def chosen(known_id: str | None, *templates: ListedTemplate) -> str | None:
        found = choose(PROGRESS, known_id, templates)
        return found.template_id if found else None

    assert chosen("known", other, OURS, renamed) == "known"
    assert chosen("gone", other, unfit, fit) == "fit"
    assert chosen(None, other, fit, OURS) == "t1"
    assert chosen(None, other) is None
