"""Why a row is in somebody's ledger, in words that he reads."""

from app.domain.membership.rules import Reason

EARNING = {
    Reason.CONFIRMED: "上门服务完成并由您确认",
    Reason.RATED: "评价上门服务（与星级无关）",
    Reason.APPLIANCE: "登记家电或车辆",
}


def why(reason: Reason, change: int, *, takes_back: bool) -> str:
    match reason:
        case Reason.CONFIRMED:
            return "工单返修，确认完成后重新计分" if takes_back else "服务完成，您已确认"
        case Reason.RATED:
            return "已评价服务"
        case Reason.APPLIANCE if takes_back:
            return "设备已移除" if change < 0 else "设备已恢复"
        case Reason.APPLIANCE:
            return "已登记设备" if change else "已登记设备（今年的登记积分已满）"
        case Reason.CORRECTION:
            return "人工调整"
