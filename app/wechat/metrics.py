"""What the calls to the platform cost and how they end, for Prometheus."""

from prometheus_client import Counter, Histogram

from app.wechat.client import CallReport

_SECONDS = Histogram("wechat_call_seconds", "Duration of a call to WeChat.", ["api"])
_CALLS = Counter("wechat_calls_total", "Calls to WeChat by how they ended.", ["api", "result"])


def observe_call(report: CallReport) -> None:
    _SECONDS.labels(report.path).observe(report.milliseconds / 1000)
    _CALLS.labels(report.path, report.error.cls.value if report.error else "ok").inc()
