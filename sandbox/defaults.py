"""Every fixed value of a fresh sandbox, so that demo settings of a product can name them."""

from dataclasses import replace

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

# Subscription notices of the service account, for those whom the platform's grey test reached.
NOTICES = (
    replace(
        _template(
            "biz-ticket-progress",
            "服务进度订阅通知",
            character_string1="工单编号",
            thing2="服务内容",
            phrase3="当前状态",
            time4="预计时间",
        ),
        kind="notice",
    ),
)

# What an account may add to its own templates, by the short number of the public library.
LIBRARY = {
    "43216": _template(
        "43216",
        "上门服务提醒",
        character_string1="工单编号",
        thing2="服务内容",
        name3="服务人员",
        phone_number4="联系电话",
        time5="上门时间",
        thing6="服务地址",
    ),
    "47380": _template(
        "47380",
        "维修完成通知",
        character_string1="工单编号",
        thing2="服务项目",
        amount3="费用",
        time4="完成时间",
        const5="结果",
    ),
}

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
        templates=(*TEMPLATES, *NOTICES),
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
    "/cgi-bin/message/subscribe/send": 10_000_000,
    "/cgi-bin/message/subscribe/bizsend": 100_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/template/get_all_private_template": 1_000,
    "/cgi-bin/menu/create": 1_000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/delete": 1_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/ticket/getticket": 10_000,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/user/get": 500,
    "/wxa/msg_sec_check": 2_000_000,
    "/wxa/media_check_async": 200_000,
    "/wxa/generate_urllink": 500_000,
    "/wxa/generatescheme": 500_000,
}
# Links and schemes are counted together.
SHARED_QUOTAS = {"/wxa/generatescheme": "/wxa/generate_urllink"}
DAILY_CODES = {"/wxa/generate_urllink": 44993, "/wxa/generatescheme": 44993}
MINUTE_QUOTAS = {
    "/cgi-bin/stable_token": 10_000,
    "/sns/oauth2/access_token": 50_000,
    "/wxa/getwxacodeunlimit": 5_000,
    "/wxa/msg_sec_check": 4_000,
    "/wxa/media_check_async": 2_000,
}
MINUTE_CODES = {"/wxa/msg_sec_check": 44991, "/wxa/media_check_async": 44991}
LINKS_A_SECOND = 100
LOGINS_A_MINUTE = 100
