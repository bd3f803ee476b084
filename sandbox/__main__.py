"""`python -m sandbox --port 8790 --state .huixiang/sandbox.db`"""

import argparse
import logging
import os
import socket
import struct

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from sandbox import defaults
from sandbox.app import create_app
from sandbox.settings import RefusedToStart, load

log = logging.getLogger("sandbox")


class AbortableProtocol(HttpToolsProtocol):
    """Hands each request the means to reset its connection, for the faults that do."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["state"]["abort"] = self._abort

    def _abort(self) -> None:
        # Without lingering the peer gets a reset and not an orderly end.
        sock: socket.socket | None = self.transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="a stand-in of the WeChat platform"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=defaults.PORT)
    parser.add_argument("--state", default=":memory:", help="SQLite file that keeps the platform's state")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    try:
        settings = load(state=options.state, host=options.host, port=options.port)
    except RefusedToStart as error:
        parser.exit(1, f"{error}\n")
    log.info("WeChat sandbox on http://%s:%d, state %s", options.host, options.port, settings.state)
    if not os.environ.get("SANDBOX_SECRET"):
        log.info("console: http://%s:%d/?secret=%s", options.host, options.port, settings.secret)
    uvicorn.run(
        create_app(settings),
        host=options.host,
        port=options.port,
        http=AbortableProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
