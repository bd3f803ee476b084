"""What can go wrong, as one family: each error knows its stable code, its status and its Chinese sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class FieldError:
    """One thing to mend: where it is (``body.contact.phone``), which rule it broke, what to do about it."""

    field: str
    code: str
    msg: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class Problem(Exception):
    """Base of all errors that reach a caller as ``application/problem+json``."""

    code = "internal_error"
    status = 500
    title = "Internal error"
    msg = "系统开小差了，请稍后再试。"

    def __init__(
        self,
        msg: str | None = None,
        *,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail or msg or self.msg)
        self.msg = msg or self.msg
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})


class NotFound(Problem):
    code, status, title, msg = "not_found", 404, "Not found", "没有找到您要的内容。"


class Unauthenticated(Problem):
    code, status, title, msg = "unauthenticated", 401, "Not signed in", "请先登录。"

    def __init__(self, msg: str | None = None) -> None:
        super().__init__(msg, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    code, status, title, msg = "forbidden", 403, "Not allowed", "您没有权限进行此操作。"


class HouseWide(Forbidden):
    """It holds for all service points, and the caller answers for some of them."""

    code, title = "house_wide", "Holds for the whole house"
    msg = "这项设置对全公司生效，请由管理员或负责全公司的主管操作。"


class Conflict(Problem):
    code, status, title, msg = "conflict", 409, "Conflict", "内容已被更新，请刷新后再试。"


class InvalidInput(Problem):
    code, status, title, msg = "invalid_input", 422, "Invalid input", "提交的内容有误，请检查后再试。"

    @classmethod
    def at(cls, field: str, msg: str, code: str = "invalid") -> "InvalidInput":
        return cls(msg, errors=[FieldError(field, code, msg)])


class MalformedRequest(Problem):
    code, status, title, msg = "malformed_request", 400, "Malformed request", "请求格式不正确。"


class MethodNotAllowed(Problem):
    code, status, title, msg = "method_not_allowed", 405, "Method not allowed", "不支持这种请求方式。"


class PayloadTooLarge(Problem):
    code, status, title, msg = "payload_too_large", 413, "Payload too large", "提交的内容太大了。"


class UnsupportedMedia(Problem):
    code, status, title, msg = "unsupported_media", 415, "Unsupported media type", "不支持这种文件格式。"


class TooManyRequests(Problem):
    code, status, title, msg = "too_many_requests", 429, "Too many requests", "操作太频繁了，请稍后再试。"

    def __init__(self, msg: str | None = None, *, retry_after: int) -> None:
        super().__init__(msg, headers={"Retry-After": str(retry_after)}, extra={"retry_after": retry_after})


class Unavailable(Problem):
    code, status, title, msg = "unavailable", 503, "Temporarily unavailable", "服务正在恢复，请稍后再试。"

    def __init__(self, msg: str | None = None, *, retry_after: int = 2) -> None:
        super().__init__(msg, headers={"Retry-After": str(retry_after)})
