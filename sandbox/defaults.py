"""Every fixed value of a fresh sandbox, so that demo settings of a product can name them."""

from sandbox.records import Account, Template, TemplateField

OFFICIAL_APPID = "wxa100000000000001"
OFFICIAL_SECRET = "sandbox-official-secret"  # noqa: S105 - opens nothing but the sandbox
OFFICIAL_TOKEN = "huixiangtoken"  # noqa: S105 - opens nothing but the sandbox
OFFICIAL_AES_KEY = "SandboxOfficialAccountEncodingAESKey0000010"
MINI_APPID = "wxb200000000000002"
MINI_SECRET = "sandbox-mini-secret"  # noqa: S105 - opens nothing but the sandbox
MINI_TOKEN = "huixiangminitoken"  # noqa: S105 - opens nothing but the sandbox
MINI_AES_KEY = "SandboxMiniProgramEncodingAESKey00000000020"
OPEN_PLATFORM = "open-huixiang"

PORT = 8790
CALLBACK_PATH = "/wechat/{appid}/callback"


def _template(template_id: str, title: str, **labels: str) -> Template:
    return Template(template_id, title, tuple(TemplateField(name, label) for name, label in labels.items()))


TEMPLATES = (
    _template(
        "tpl-ticket-progress",
        "服务进度通知",
        character_string1="工单编号",
        thing2="服务内容",
        phrase3="当前状态",
        time4="预计时间",
        thing5="温馨提示",
    ),
    _template(
        "tpl-engineer-offer",
        "派单通知",
        character_string1="工单编号",
        thing2="服务内容",
        time3="上门时间",
        thing4="服务地址",
        thing5="派单说明",
    ),
    _template(
        "tpl-rating-invitation",
        "服务评价邀请",
        character_string1="工单编号",
        thing2="服务内容",
        thing3="服务人员",
        time4="完成时间",
        thing5="温馨提示",
    ),
    _template(
        "tpl-staff-notice",
        "待办提醒",
        character_string1="工单编号",
        thing2="事项",
        phrase3="级别",
        time4="时间",
        thing5="说明",
    ),
    _template(
        "tpl-conversation-reply",
        "客服回复提醒",
        character_string1="工单编号",
        thing2="服务内容",
        thing3="回复内容",
        time4="回复时间",
    ),
)

# One-time subscriptions of the mini-program.
SUBSCRIPTIONS = (
    _template(
        "sub-ticket-progress",
        "服务进度提醒",
        character_string1="工单编号",
        thing2="服务内容",
        phrase3="当前状态",
        time4="预计时间",
        thing5="温馨提示",
    ),
    _template(
        "sub-rating-invitation",
        "服务评价提醒",
        character_string1="工单编号",
        thing2="服务内容",
        thing3="服务人员",
        time4="完成时间",
        thing5="温馨提示",
    ),
    _template(
        "sub-conversation-reply",
        "客服回复提醒",
        character_string1="工单编号",
        thing2="服务内容",
        thing3="回复内容",
        time4="回复时间",
    ),
)

ACCOUNTS = (
    Account(
        kind="service",
        appid=OFFICIAL_APPID,
        secret=OFFICIAL_SECRET,
        original_id="gh_huixiang",
        name="回响服务",
        token=OFFICIAL_TOKEN,
        aes_key=OFFICIAL_AES_KEY,
        mode="safe",
        format="xml",
        open_platform=OPEN_PLATFORM,
        templates=TEMPLATES,
        linked_minis=(MINI_APPID,),
    ),
    Account(
        kind="mini",
        appid=MINI_APPID,
        secret=MINI_SECRET,
        original_id="gh_huixiang_mini",
        name="回响小程序",
        token=MINI_TOKEN,
        aes_key=MINI_AES_KEY,
        mode="safe",
        format="json",
        open_platform=OPEN_PLATFORM,
        templates=SUBSCRIPTIONS,
    ),
)

# (id, nickname, phone, role, follows the official account)
USERS = (
    ("u-lin", "林晓雨", "13800000001", "customer", True),
    ("u-zhao", "赵建国", "13800000002", "customer", True),
    ("u-sun", "孙倩", "13800000003", "customer", False),
    ("u-chen", "陈师傅", "13900000001", "engineer", True),
    ("u-wang", "王师傅", "13900000002", "engineer", True),
    ("u-liu", "刘师傅", "13900000003", "engineer", True),
    ("u-zhou", "周主管", "13700000001", "staff", True),
)

# Calls a day of a new account; a path that is not listed is not counted against a limit.
DAILY_QUOTAS = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/info": 5_000_000,
}
