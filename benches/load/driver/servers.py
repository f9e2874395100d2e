"""The servers that are measured, each on a port of its own on the loopback interface. Whatever was started is stopped, by its pid."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from .data import own_environment
from .places import CONNECTIONS, PEER, WORK, Stop

OURS = "ours"
PEERS = {"postgraphile": 1, "postgraphile-2": 2}
"""Name and number of processes of each peer; each process has a pool as large as ours."""


class Server:
    """A running server."""

    running: list[Server] = []

    def __init__(self, name: str, command: list[str], environment: dict[str, str], port: int, application: str, cwd: Path | None = None):
        self.name, self.url, self.application = name, f"http://127.0.0.1:{port}/graphql", application
        self.log = WORK / f"{name}.log"
        WORK.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with open(self.log, "wb") as log:
            # A group of its own, so that the peer's workers go with it, and Ctrl-C reaches us first.
            self.process = subprocess.Popen(command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            self._wait(began + 60)
        except BaseException:
            self.stop()
            raise
        Server.running.append(self)
        self.cold_start_ms = (time.monotonic() - began) * 1000

    @property
    def pid(self) -> int:
        return self.process.pid

    def _wait(self, until: float) -> None:
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise Stop(f"{self.name} ended at its start; see {self.log}")
            with contextlib.suppress(OSError, ValueError):
                if "data" in self.post({"query": "{ __typename }"}, timeout=5):
                    return
            time.sleep(0.002)
        raise Stop(f"{self.name} does not answer; see {self.log}")

    def post(self, body: dict, token: str | None = None, timeout: float = 60) -> dict:
        """One operation and its answer, errors included."""
        headers = {"content-type": "application/json", "accept": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.url, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return {"errors": [{"status": error.code, "message": error.read().decode(errors="replace")[:500]}]}

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the other servers still: what one has yet to do, as bringing its access log in, must not fall into another one's cell."""
        others = [server for server in Server.running if server is not self]
        for other in others:
            os.killpg(other.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for other in others:
                os.killpg(other.pid, signal.SIGCONT)

    def stop(self) -> None:
        if self in Server.running:
            Server.running.remove(self)
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self.process.wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_ours(binary: Path, url: str, log: str = "warn", connections: int = CONNECTIONS, name: str = OURS) -> Server:
    port = free_port()
    environment = own_environment(url, connections, BIND=f"127.0.0.1:{port}", ALUMNI_LOG=log)
    return Server(name, [str(binary)], environment, port, "alumni-api")


def start_axum(binary: Path, headers: dict[str, str], body: str) -> Server:
    """A server that answers this, whatever it is asked."""
    port = free_port()
    command = [str(binary), "--bind", f"127.0.0.1:{port}", "--body", body]
    command += [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    return Server("axum", command, dict(os.environ), port, "axum")


def start_peer(name: str, url: str, connections: int = CONNECTIONS, as_name: str | None = None) -> Server:
    port = free_port()
    parts = urlsplit(url)
    url = urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, f"application_name={name}"]))))
    environment = {**os.environ, "NODE_ENV": "production", "GRAPHILE_ENV": "production", "DATABASE_URL": url, "PORT": str(port),
                   "POOL": str(connections), "WORKERS": str(PEERS[name])}
    return Server(as_name or name, [str(PEER / "node_modules" / ".bin" / "node"), "server.mjs"], environment, port, name, PEER)
