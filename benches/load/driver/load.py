"""Timing: cells of a few seconds, one server after the other in rounds, so that what else the machine does falls on all of them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass

from . import operations, process
from .data import Database
from .operations import Prepared
from .places import LOAD, Stop
from .servers import Server


@dataclass
class Side:
    """What is asked in turn with others."""

    server: Server
    prepared: Prepared
    database: Database
    connections: int = 1


def cell(server: Server, prepared: Prepared, database: Database, connections: int, seconds: float, bare: bool = False) -> dict:
    """One server, one operation, for some seconds. `bare`: wrk takes a thread more and reads no body, so that it bounds no fast server."""
    operations.reset(prepared.name, database)
    environment = {**os.environ, **prepared.files(server.name), "BARE": "1" if bare else ""}
    command = ["wrk", f"-t{2 if bare else 1}", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(LOAD / "wrk.lua"), server.url]
    serving = process.tree(server.pid)
    before, database_before = process.cpu(serving), _database_cpu(database, server)
    with server.alone():
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    after, database_after = process.cpu(serving), _database_cpu(database, server)
    found = re.search(r"@@(\{.*\})", done.stdout)
    if not found:
        raise Stop(f"wrk: {(done.stdout + done.stderr).strip()[-500:]}")
    result = json.loads(found.group(1))
    requests = max(result["requests"], 1)
    result.update(server=server.name, operation=prepared.name, connections=connections, rate=result["requests"] / result["seconds"],
                  server_cpu_us=(after - before) / requests * 1e6)
    if database_before is not None and database_after is not None:
        result["database_cpu_us"] = _used(database_before, database_after) / requests * 1e6
    result["valid"] = not result["bad"] and not result["broken"] and result["requests"] > 0
    return result


def rounds(name: str, servers: dict[str, Server], prepared: dict[str, Prepared], database: Database, connections: int, options) -> list[dict]:
    """All servers in turns with one operation."""
    cells = turns([Side(server, prepared[each], database, connections) for each, server in servers.items()], options)
    operations.reset(name, database)
    return cells


def turns(sides: list[Side], options, bare: bool = False) -> list[dict]:
    """Warms each side up, then goes round."""
    def ask(side: Side, seconds: float) -> dict:
        return cell(side.server, side.prepared, side.database, side.connections, seconds, bare)
    if options.warm:
        for side in sides:
            ask(side, options.warm)
    return [{**ask(side, options.seconds), "round": number} for number in range(options.rounds) for side in sides]


def _database_cpu(database: Database, server: Server) -> dict[int, float] | None:
    """By process: a server may open another connection meanwhile."""
    pids = process.backends(database, server.application)
    return None if pids is None else {pid: process.cpu([pid]) for pid in pids}


def _used(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
