"""How many callbacks came, of which kind. A kind that nobody has told us of has no series of its own."""

from prometheus_client import Counter

from app.wechat.callbacks import Inbound
from app.wechat.events import KNOWN

RECEIVED = Counter("wechat_callbacks_total", "Callbacks that were kept, by kind.", ["kind"])
REPEATED = Counter("wechat_callbacks_repeated_total", "Callbacks that had been kept before.")
REFUSED = Counter("wechat_callbacks_refused_total", "Callbacks that were not WeChat's, or not fresh.")


def count(message: Inbound, *, new: bool) -> None:
    if not new:
        REPEATED.inc()
        return
    kind = (message.event or message.msg_type).lower()
    RECEIVED.labels(kind if kind in KNOWN else "unknown").inc()
