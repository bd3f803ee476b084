"""A Valkey server of one's own, in memory only: nothing in it is the truth of anything."""

import socket
import time

from devstack import binaries
from devstack.errors import ServerFailed
from devstack.ports import HOST
from devstack.processes import POLL, Child
from devstack.state import State, write_private

NAME = "valkey"
RETRY_FOR = 10.0


class Valkey:
    name = NAME

    def __init__(self, state: State) -> None:
        self._state = state
        self._home = state.root / NAME
        self._port = 0
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self._state.secret(NAME)}@{HOST}:{self._port}/0"

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def alive(self) -> bool:
        return self._child is not None and self._child.alive()

    def start(self) -> None:
        self._home.mkdir(exist_ok=True)
        self._port = self._state.port(NAME)
        # In a file, not on the command line, where everyone on the machine could read the password.
        write_private(self._home / "valkey.conf", self._configuration())
        self._launch()

    def restart(self) -> None:
        self._launch()

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _configuration(self) -> str:
        lines = [
            f"bind {HOST}",
            f"port {self._port}",
            f"requirepass {self._state.secret(NAME)}",
            "appendonly no",
            'save ""',
            "daemonize no",
        ]
        return "\n".join(lines) + "\n"

    def _launch(self) -> None:
        log = self._state.log(NAME)
        give_up = time.monotonic() + RETRY_FOR
        program = str(binaries.valkey_server())
        while True:
            self._child = Child(
                NAME,
                [program, str(self._home / "valkey.conf")],
                log=log,
                run_dir=self._state.run,
                cwd=self._home,
            )
            while self._child.alive() and time.monotonic() < give_up:
                if answers(self._port, self._state.secret(NAME)):
                    return
                time.sleep(POLL)
            code = self._child.stop()
            if time.monotonic() > give_up:
                raise ServerFailed(NAME, f"did not start (exit code {code})", log)
            time.sleep(0.2)


def answers(port: int, password: str) -> bool:
    """AUTH and PING; the two replies may come in one packet or in several."""
    received = b""
    try:
        with socket.create_connection((HOST, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            while b"+PONG" not in received:
                packet = connection.recv(256)
                if not packet or b"-ERR" in packet or b"-WRONGPASS" in packet:
                    return False
                received += packet
    except OSError:
        return False
    return True
