"""The signature of a delivery: over its time and its very bytes, so that neither can be changed or used again."""

import hmac
from collections.abc import Sequence
from datetime import datetime

# A receiver refuses what is older; docs/webhooks.md says so to those who write one.
TOLERANCE_SECONDS = 300
HEADER = "Huixiang-Signature"


def signature(secrets: Sequence[str], at: datetime, body: bytes) -> str:
    """``t=1781490000,v1=<hex>``: one ``v1`` for each secret that is valid now."""
    timestamp = int(at.timestamp())
    signed = str(timestamp).encode() + b"." + body
    digests = [hmac.digest(secret.encode(), signed, "sha256").hex() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])
