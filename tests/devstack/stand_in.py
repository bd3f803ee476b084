"""A small program in place of a real one: it notes its life in a journal and tells its environment."""

import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


def note(text: str) -> None:
    with Path(os.environ["JOURNAL"]).open("a", encoding="utf-8") as journal:
        journal.write(text + "\n")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = os.environ.get(self.path.rpartition("/")[2], "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(name: str, port: int) -> None:
    def leave(_number: int, _frame: object) -> None:
        note(f"{name} down")
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    server = HTTPServer(("127.0.0.1", port), Handler)
    note(f"{name} up")
    server.serve_forever()


def main(arguments: list[str]) -> None:
    match arguments:
        case ["once", name]:
            note(name)
        case ["serve", name, port]:
            serve(name, int(port))
        case ["fail"]:
            fail()


def fail() -> None:
    sys.stderr.write("what went wrong\n")
    sys.exit(3)


if __name__ == "__main__":
    main(sys.argv[1:])
