"""A load generator that costs little: one thread, one epoll, bare sockets. Run as a process of its own.

It keeps a fixed number of connections busy for a bounded time, one request at a time on each, and spreads
them evenly over the server's workers; otherwise whoever accepts first would get most of them.
"""

import json
import os
import select
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.requests import Order, requests

HOST = "127.0.0.1"
PATIENCE = 10.0


@dataclass(frozen=True)
class Tally:
    """What one run came to; times in milliseconds."""

    count: int
    errors: int
    seconds: float
    p50: float
    p99: float
    cpu: float
    first_error: str = ""


@dataclass
class Wire:
    sock: socket.socket
    todo: Iterator[bytes]
    sent: float = 0.0
    got: bytes = b""
    missing: int = -1
    ok: bool = True
    times: list[float] = field(default_factory=list)

    def send(self) -> None:
        self.got, self.missing = b"", -1
        message = next(self.todo)
        self.sent = time.perf_counter()
        self.sock.sendall(message)

    def complete(self, data: bytes) -> bool:
        """Whether the answer has arrived in full."""
        if self.missing >= 0:
            self.got += data
            self.missing -= len(data)
            return self.missing <= 0
        self.got += data
        end = self.got.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.got[:end].lower()
        at = head.find(b"content-length:")
        stop = head.find(b"\r\n", at)
        length = int(head[at + 15 : stop if stop > 0 else end])
        self.missing = max(0, end + 4 + length - len(self.got))
        return self.missing == 0


def main() -> None:
    order = Order(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    print(json.dumps(asdict(drive(order))))


def drive(order: Order) -> Tally:
    wires = [Wire(sock, todo) for sock, todo in zip(connect(order), requests(order), strict=True)]
    poll = select.epoll()
    by_fd = {wire.sock.fileno(): wire for wire in wires}
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
    started, cpu = time.perf_counter(), time.process_time()
    for wire in wires:
        wire.send()
    errors, first_error = _pump(poll, by_fd, started + order.seconds)
    lasted, cpu = time.perf_counter() - started, time.process_time() - cpu
    times = sorted(t for wire in wires for t in wire.times)
    if not times:
        return Tally(0, errors, lasted, 0, 0, cpu, first_error)
    p50, p99 = times[len(times) // 2] * 1000, times[int(len(times) * 0.99)] * 1000
    return Tally(len(times), errors, lasted, p50, p99, cpu, first_error)


def _pump(poll: select.epoll, by_fd: dict[int, Wire], deadline: float) -> tuple[int, str]:
    """Until the time is over and every answer is in: a request cut off would still cost the server."""
    errors, first_error, open_fds = 0, "", set(by_fd)
    while open_fds:
        ready = poll.poll(PATIENCE)
        if not ready:
            raise SystemExit(f"no answer for {PATIENCE:.0f} s on {len(open_fds)} connections")
        for fd, _ in ready:
            wire = by_fd[fd]
            data = wire.sock.recv(262_144)
            if not data:
                raise SystemExit("the server closed a connection")
            if not wire.complete(data):
                continue
            now = time.perf_counter()
            wire.times.append(now - wire.sent)
            if wire.got[9:10] != b"2":
                errors += 1
                first_error = first_error or wire.got.decode("utf-8", "replace")[-600:]
            if now < deadline:
                wire.send()
            else:
                open_fds.discard(fd)
                poll.unregister(fd)
    return errors, first_error


def connect(order: Order) -> list[socket.socket]:
    """As many connections to each worker as to any other; what is too many for one is closed again."""
    share = -(-order.connections // max(1, len(order.workers)))
    kept: list[socket.socket] = []
    count = dict.fromkeys(order.workers, 0)
    give_up = time.monotonic() + PATIENCE
    while len(kept) < order.connections:
        sock = socket.create_connection((HOST, order.port), timeout=PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        worker = _accepted_by(sock, order.workers, order.port)
        if worker is None or count[worker] < share or time.monotonic() > give_up:
            kept.append(sock)
            if worker is not None:
                count[worker] += 1
        else:
            sock.close()
    return kept


def _accepted_by(sock: socket.socket, workers: list[int], port: int) -> int | None:
    if not workers:
        return None
    wanted = f":{port:04X} 0100007F:{sock.getsockname()[1]:04X}"
    for _ in range(200):
        for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines():
            if wanted in line and (inode := line.split()[9]) != "0":
                for pid in workers:
                    if _holds(pid, f"socket:[{inode}]"):
                        return pid
        time.sleep(0.002)
    return None


def _holds(pid: int, name: str) -> bool:
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            if os.readlink(entry.path) == name:
                return True
        except OSError:
            continue
    return False


if __name__ == "__main__":
    main()
