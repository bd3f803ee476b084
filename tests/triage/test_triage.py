"""What triage makes of what people write, case by case."""

import pytest

from app.domain.triage import Category, Fault, Urgency, advice, triage


@pytest.mark.parametrize(
    ("text", "category", "fault"),
    [
        ("吹出来的风跟外面一样热", Category.AIR_CONDITIONER, Fault.NO_HEAT_OR_COLD),
        ("一打火就噗一下", Category.GAS_STOVE, Fault.IGNITION),
        ("洗完衣服能拧出水", Category.WASHING_MACHINE, Fault.WATER_FLOW),
        ("插上水不热", Category.WATER_HEATER, Fault.NO_HEAT_OR_COLD),
        ("油枪跳了三次还没加满", Category.FUEL, Fault.FUEL_EQUIPMENT),
        ("券明明没过期收银说核不了", Category.FUEL, Fault.COUPON),
        ("扣了我两遍钱", Category.FUEL, Fault.PAYMENT),
        ("转盘照转，牛奶叮完还是冰的", Category.OVEN, Fault.NO_HEAT_OR_COLD),
        ("有声音没画面", Category.TELEVISION, Fault.DISPLAY),
    ],
)
def test_a_symptom_names_its_product_and_fault(text: str, category: Category, fault: Fault) -> None:
    found = triage(text)
    assert (found.category, found.fault) == (category, fault)


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("denied leak", "热水器没有漏水，就是水不热", Fault.NO_HEAT_OR_COLD),
        ("denied trip", "热水器没跳闸也没漏电，就是不热", Fault.NO_HEAT_OR_COLD),
        ("two denials", "不漏水也不响，洗衣机就是甩不干", Fault.WATER_FLOW),
        ("not this but that", "不是打不着火，是灶的火太小", Fault.IGNITION),
        ("repaired long ago", "上次漏水修好了，现在空调又不凉了", Fault.NO_HEAT_OR_COLD),
        ("a name is no symptom", "冰箱门把手断了", Fault.BROKEN_PART),
    ],
)
def test_what_is_denied_or_past_is_not_the_fault(name: str, text: str, fault: Fault) -> None:
    assert triage(text).fault is fault, name


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("空调漏水滴到电视上了", Category.AIR_CONDITIONER),
        ("洗衣机旁边的热水器漏水", Category.WATER_HEATER),
        ("洗衣机响得像直升机，冰箱都跟着抖", Category.WASHING_MACHINE),
        ("电热水袋充不进电", Category.SMALL_APPLIANCE),
    ],
)
def test_the_product_at_fault_is_told_from_its_neighbours(text: str, category: Category) -> None:
    assert triage(text).category is category


@pytest.mark.parametrize(
    ("text", "hazard"),
    [
        ("后背一靠近冰箱就麻一下", "漏电触电"),
        ("厨房有股臭鸡蛋味", "燃气泄漏"),
        ("灶底下咝咝响，阀门那里漏气", "燃气泄漏"),
        ("插头那里有火星子", "冒烟起火"),
        ("电视后面飘出一缕青烟", "冒烟起火"),
        ("一开机就有烧焦的味道", "冒烟起火"),
        ("燃气灶的玻璃面板突然炸了", "爆炸爆燃"),
        ("洗澡洗到一半头晕恶心", "一氧化碳"),
        ("热水器一下子出开水，孩子后背烫红了", "人员受伤"),
        ("油枪漏油，汽油流了一地", "油品泄漏"),
        ("加完油上高速就熄火，停在应急车道", "车辆抛锚"),
        ("空调水滴到下面的插座上", "水浸带电"),
        ("漏 电 了", "漏电触电"),
        ("熱水器漏電，手麻", "漏电触电"),
        ("热水器漏店了", "漏电触电"),
        ("会不会漏电啊", "漏电触电"),
        ("不知道有没有燃气味，有点担心", "燃气泄漏"),
    ],
)
def test_danger_is_an_accident_with_advice(text: str, hazard: str) -> None:
    found = triage(text)
    assert found.urgency is Urgency.ACCIDENT
    assert hazard in found.hazards
    assert "请" in advice(hazard)


@pytest.mark.parametrize(
    "text",
    [
        "没有闻到煤气味，就是打不着火",
        "微波炉不冒火也没异响，就是不热",
        "冰箱不漏电，就是响",
        "空气炸锅不热",
        "炒菜的时候烟吸不走，满屋油烟",
        "饭煮糊了，锅底焦了",
        "电费爆炸，空调不省电",
        "灶光打火花，火起不来",
        "加油真麻烦，找不到站",
    ],
)
def test_words_that_only_sound_dangerous_raise_nothing(text: str) -> None:
    found = triage(text)
    assert found.urgency is Urgency.NORMAL
    assert found.hazards == ()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("空调不制冷", Urgency.NORMAL),
        ("热水器不出热水，家里有刚满月的宝宝", Urgency.URGENT),
        ("零下十度，暖风不热", Urgency.URGENT),
        ("洗衣机水管爆了，水已经漫到客厅", Urgency.URGENT),
        ("冰柜不制冷，一柜子的肉都化了", Urgency.URGENT),
        ("加一次油扣了两次钱", Urgency.URGENT),
        ("同一个毛病修了三次空调还是不冷", Urgency.URGENT),
        ("燃气灶打不着，今天必须修好", Urgency.URGENT),
        ("油枪卡在车上，后面的车都在按喇叭", Urgency.URGENT),
        ("小程序打不开，群里都在说登不上", Urgency.SYSTEMIC),
        ("全市的加油站都付不了款", Urgency.SYSTEMIC),
        ("我们整栋楼的净水器都不出水", Urgency.SYSTEMIC),
    ],
)
def test_urgency_follows_what_is_at_stake(text: str, level: Urgency) -> None:
    assert triage(text).urgency is level


def test_a_vulnerable_person_matters_only_where_a_need_is_unmet() -> None:
    assert triage("孩子把电视遥控器摔坏了").urgency is Urgency.NORMAL


def test_the_declared_category_decides_where_the_text_is_silent() -> None:
    assert triage("怎么按都没反应", category="洗碗机").category is Category.DISHWASHER


def test_danger_counts_whatever_the_customer_declared() -> None:
    found = triage("外壳摸着麻手", category="电视", service_type="cleaning")
    assert (found.category, found.urgency) == (Category.TELEVISION, Urgency.ACCIDENT)


@pytest.mark.parametrize(
    ("service_type", "fault"),
    [("installation", Fault.INSTALLATION), ("cleaning", Fault.CLEANING), ("consultation", Fault.QUESTION)],
)
def test_the_kind_of_service_speaks_when_the_text_does_not(service_type: str, fault: Fault) -> None:
    assert triage("家里的空调", service_type=service_type).fault is fault


def test_parts_begin_with_the_one_that_the_customer_points_at() -> None:
    assert "脉冲" in triage("燃气灶打火哒哒响个不停").parts[0]
    assert triage("空调遥控器按了没反应").parts[0].startswith("遥控器")


def test_no_parts_for_a_matter_of_money() -> None:
    assert triage("优惠券用不了").parts == ()


def test_reasons_quote_the_customer_in_chinese() -> None:
    found = triage("洗衣机脱水的时候冒烟")
    fire = next(reason for reason in found.reasons if reason.rule == "smoke")
    assert fire.words == ("冒烟",)
    assert fire.sentence == "重大事故：疑似冒烟（原话：“冒烟”）"
    assert any(reason.rule == "category:洗衣机" for reason in found.reasons)


def test_preparation_begins_with_safety() -> None:
    assert triage("热水器水里有电，麻手").prepare[0] == "保持断电，等工程师检测后再使用"


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "。。。", "a", "?"])
def test_nothing_said_is_normal_and_left_to_staff(text: str) -> None:
    found = triage(text)
    assert (found.category, found.urgency, found.hazards) == (Category.OTHER, Urgency.NORMAL, ())


def test_the_same_text_is_judged_alike_twice() -> None:
    assert triage("冰箱不制冷") == triage("冰箱不制冷")
