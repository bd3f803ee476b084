"""The closed vocabularies of triage. Members are the Chinese words that staff and customers read."""

from enum import StrEnum


class Category(StrEnum):
    AIR_CONDITIONER = "空调"
    REFRIGERATOR = "冰箱"
    WASHING_MACHINE = "洗衣机"
    WATER_HEATER = "热水器"
    RANGE_HOOD = "油烟机"
    GAS_STOVE = "燃气灶"
    DISHWASHER = "洗碗机"
    WATER_PURIFIER = "净水器"
    TELEVISION = "电视"
    OVEN = "微波炉烤箱"
    SMALL_APPLIANCE = "小家电"
    VACUUM = "扫地机吸尘器"
    FUEL = "加油服务"
    OTHER = "其他"


class Fault(StrEnum):
    NO_HEAT_OR_COLD = "制冷制热失效"
    DEAD = "不启动断电"
    LEAK = "漏水"
    NOISE = "异响震动"
    SMELL_OR_FIRE = "异味冒烟起火"
    ERROR_CODE = "故障代码"
    SHOCK_OR_TRIP = "漏电跳闸"
    IGNITION = "点火燃气"
    WATER_FLOW = "进排水脱水"
    FROST = "结霜结冰"
    CONTROL = "遥控联网控制"
    DISPLAY = "显示画面"
    WEAK = "效果下降"
    BROKEN_PART = "部件破损"
    INSTALLATION = "安装移机"
    CLEANING = "清洗保养"
    PAYMENT = "支付扣款"
    COUPON = "优惠券"
    INVOICE = "发票"
    ACCOUNT = "账号登录"
    FUEL_QUALITY = "油品质量"
    FUEL_EQUIPMENT = "加油设备"
    POINTS = "会员积分"
    MINI_PROGRAM = "小程序异常"
    ATTITUDE = "服务态度"
    CHARGES = "收费争议"
    QUESTION = "咨询"


class Urgency(StrEnum):
    NORMAL = "普通"
    URGENT = "紧急"
    ACCIDENT = "重大事故"
    SYSTEMIC = "系统性故障"

    @property
    def rank(self) -> int:
        return list(Urgency).index(self)


class ServiceType(StrEnum):
    REPAIR = "repair"
    INSTALLATION = "installation"
    CLEANING = "cleaning"
    MAINTENANCE = "maintenance"
    CONSULTATION = "consultation"
    COMPLAINT = "complaint"


class Licence(StrEnum):
    ELECTRICIAN = "电工"
    REFRIGERATION = "制冷"
    GAS = "燃气"
