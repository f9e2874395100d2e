"""Counts the statements a server sends for a request: a relay between it and PostgreSQL that reads along. Needs nothing of either."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
from urllib.parse import urlsplit, urlunsplit

from .operations import Prepared
from .servers import Server

# Executes of prepared statements, and simple queries, as which begin and commit come.
STATEMENTS = (b"E", b"Q")


class Relay:
    """Listens on a port of its own while it is entered."""

    def __init__(self, url: str):
        self.parts, self.statements = urlsplit(url), 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.clients: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Relay:
        self.thread.start()
        self.server = self._call(asyncio.start_server(self._relay, "127.0.0.1", 0))
        host = f"{self.parts.netloc.rpartition('@')[0]}@127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        self.url = urlunsplit(self.parts._replace(netloc=host.lstrip("@"), query="sslmode=disable"))
        return self

    def __exit__(self, *_: object) -> None:
        self._call(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    async def _close(self) -> None:
        """Hangs up on the clients still there, whereupon every relay ends as if they had. None is cancelled: asyncio complains of one that was."""
        self.server.close()
        while relays := asyncio.all_tasks() - {asyncio.current_task()}:
            for client in self.clients:
                client.close()
            await asyncio.wait(relays, timeout=0.1)

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    async def _relay(self, client: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        self.clients.add(answers)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            database, requests = await asyncio.open_connection(self.parts.hostname, self.parts.port or 5432)
            copying = asyncio.ensure_future(_copy(database, answers))
            try:
                await self._read_along(client, requests)
            finally:
                requests.close()
                await copying
        answers.close()
        self.clients.discard(answers)

    async def _read_along(self, client: asyncio.StreamReader, requests: asyncio.StreamWriter) -> None:
        kind = b""  # the first message has none
        while True:
            length = await client.readexactly(4)
            requests.write(kind + length + await client.readexactly(struct.unpack("!I", length)[0] - 4))
            await requests.drain()
            kind = await client.readexactly(1)
            self.statements += kind in STATEMENTS


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def per_request(relay: Relay, server: Server, prepared: Prepared, times: int = 20) -> float:
    """The first time statements are prepared and logins looked up; the second time counts."""
    times = min(times, prepared.turn)
    for number in range(times):
        server.post(*prepared.request(number))
    before = relay.statements
    for number in range(prepared.turn, prepared.turn + times):
        server.post(*prepared.request(number))
    return (relay.statements - before) / times
