"""Timing: cells of a few seconds, one server after the other in rounds, so that what else the machine does falls on all of them."""

from __future__ import annotations

import json
import os
import re
import subprocess

from . import operations, process
from .data import Database
from .operations import Prepared
from .places import LOAD, Stop
from .servers import Server


def cell(server: Server, prepared: Prepared, database: Database, connections: int, seconds: float) -> dict:
    """One server, one operation, for some seconds."""
    operations.reset(prepared.name, database)
    environment = {**os.environ, **prepared.files(server.name)}
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(LOAD / "wrk.lua"), server.url]
    serving = process.tree(server.pid)
    before, database_before = process.cpu(serving), _database_cpu(database, server)
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
    """Warms each server up for this operation, then goes round."""
    for each, server in servers.items():
        if options.warm:
            cell(server, prepared[each], database, connections, options.warm)
    cells = []
    for number in range(options.rounds):
        for each, server in servers.items():
            cells.append({**cell(server, prepared[each], database, connections, options.seconds), "round": number})
    operations.reset(name, database)
    return cells


def _database_cpu(database: Database, server: Server) -> dict[int, float] | None:
    """By process: a server may open another connection meanwhile."""
    pids = process.backends(database, server.application)
    return None if pids is None else {pid: process.cpu([pid]) for pid in pids}


def _used(before: dict[int, float], after: dict[int, float]) -> float:
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
