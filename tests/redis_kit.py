"""A Redis of a test's own, so that it may stop it and start it again."""

from __future__ import annotations

import socket
import subprocess

import pytest

from tools.programs import redis_server


class RedisServer:
    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = redis_server()
        if program is None:
            pytest.fail("no Redis server to test with")
        command = [str(program), "--port", str(self._port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        # It says so itself when it is ready; when it ends instead, so does its output.
        for line in self._process.stdout:
            if b"eady to accept connections" in line:
                return
        pytest.fail("Redis did not start")

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
