"""What else is asked of our server, beside being faster than its peers. Each part prints what it saw, and the last table sets it beside the goals."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from argparse import Namespace
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from . import data, ids, install, lite, load, operations, process
from .data import Database
from .load import Side
from .operations import Prepared, Request
from .places import Stop, say
from .servers import Server, start_axum, start_ours

CONNECTIONS = 16
MANY = 512
STARTS = 5
READS = ["Q1", "Q2", "Q3", "Q4", "Q5"]
TYPENAME = {"query": "{ __typename }"}
TYPENAME_GOAL = 0.5
SQLITE_GOAL = 1.25
GROWTH_GOAL, GROWTH_SPAN = 1.5, 100
COLD_START_GOAL_MS, IDLE_GOAL_MIB, PEAK_GOAL_MIB = 100, 40, 80
# What differs from one answer to the next, and what each server says for itself.
CHANGING, OWN_HEADERS = {"date", "x-request-id"}, {"date", "content-length", "connection"}


@dataclass
class Found:
    """One line of the last table."""

    what: str
    values: list[float]
    goal: float | None = None
    at_least: bool = False

    def met(self) -> bool | None:
        if self.goal is None:
            return None
        return bool(self.values) and (median(self.values) >= self.goal if self.at_least else median(self.values) <= self.goal)

    def __str__(self) -> str:
        values = f"{median(self.values):.2f}" if self.values else "–"
        if len(self.values) > 1:
            values += f" ({min(self.values):.2f}–{max(self.values):.2f})"
        goal = "" if self.goal is None else f"{'≥' if self.at_least else '≤'} {self.goal:g}"
        return f"  {self.what:72}{values:>26}{goal:>9}  {({True: 'met', False: 'MISSED', None: ''})[self.met()]}"


@dataclass
class Run:
    """What all parts share."""

    options: Namespace
    binary: Path
    database: Database
    cells: list[dict] = field(default_factory=list)

    def turns(self, title: str, sides: list[Side], bare: bool = False) -> list[dict]:
        """Asks all sides in turns, and prints a line of each."""
        cells = load.turns(sides, self.options, bare)
        self.cells += cells
        say(f"\n{title}\n  {'':40}{'requests/s':>11}{'p50 ms':>9}{'p99 ms':>9}{'server µs':>11}{'errors':>8}")
        for side in sides:
            show(of(cells, side))
        return cells


def run(options: Namespace, binary: Path, database: Database) -> dict:
    """The parts that were asked for."""
    bench = Run(options, binary, database)
    found = [each for part in options.extras for each in PARTS[part](bench)]
    say(f"\n  {'':72}{'median (min–max)':>26}{'goal':>9}")
    for each in found:
        say(str(each))
    return {"found": [{**asdict(each), "met": each.met()} for each in found], "cells": bench.cells}


def of(cells: list[dict], side: Side) -> list[dict]:
    wanted = (side.server.name, side.prepared.name, side.connections)
    return [cell for cell in cells if (cell["server"], cell["operation"], cell["connections"]) == wanted]


def show(cells: list[dict]) -> None:
    """One side's line, and what was wrong with it."""
    of_all = lambda key: median(cell[key] for cell in cells)
    name = "{server} {operation}, {connections} at once".format(**cells[0])
    say(f"  {name:40}{of_all('rate'):11.0f}{of_all('p50_ms'):9.3f}{of_all('p99_ms'):9.2f}{of_all('server_cpu_us'):11.0f}{errors(cells):8}")
    if sample := next((cell["sample"] for cell in cells if cell["sample"]), None):
        say(f"    {sample}")


def errors(cells: list[dict]) -> int:
    return sum(cell["bad"] + cell["broken"] for cell in cells)


def ratios(cells: list[dict], key: str, above: Side, below: Side) -> list[float]:
    """One side over another, round by round."""
    return [one[key] / other[key] for one, other in zip(of(cells, above), of(cells, below)) if one["valid"] and other["valid"]]


def typename(bench: Run) -> list[Found]:
    """What a request costs before it asks for anything, beside what axum alone takes for the same bytes."""
    nobody = Prepared("typename", [Request("", TYPENAME, {})])
    login = Prepared("typename with a token", [Request(ids.token("bench-hr-0"), TYPENAME, {})])
    with start_ours(bench.binary, bench.database.url, bench.options.log) as ours:
        headers, body = answer(ours)
        with start_axum(install.axum(), {name: value for name, value in headers.items() if name not in OWN_HEADERS}, body) as axum:
            if difference := differing((headers, body), answer(axum)):
                raise Stop(f"axum answers otherwise than our server: {difference}")
            plain, known, bytes_ = (Side(server, prepared, bench.database, CONNECTIONS) for server, prepared in ((ours, nobody), (ours, login), (axum, nobody)))
            cells = bench.turns("{ __typename } beside axum with the same bytes", [plain, known, bytes_], bare=True)
    found = []
    for who, side in (("nobody", plain), ("a login", known)):
        what = f"{{ __typename }} by {who} over {CONNECTIONS} connections ÷ axum"
        found += [Found(f"{what}, requests/s", ratios(cells, "rate", side, bytes_), TYPENAME_GOAL, at_least=True),
                  Found(f"{what}, processor time", ratios(cells, "server_cpu_us", side, bytes_))]
    return found


def answer(server: Server) -> tuple[dict[str, str], str]:
    """Headers and body of an answer, asked for as wrk asks."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    with contextlib.closing(connection):
        connection.putrequest("POST", urlsplit(server.url).path, skip_accept_encoding=True)
        sent = json.dumps(TYPENAME).encode()
        for name, value in {"content-type": "application/json", "accept": "application/json", "content-length": len(sent)}.items():
            connection.putheader(name, value)
        connection.endheaders(sent)
        got = connection.getresponse()
        headers: dict[str, str] = {}
        for name, value in got.getheaders():
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        return headers, got.read().decode()


def differing(one: tuple[dict[str, str], str], other: tuple[dict[str, str], str]) -> str:
    """What two answers differ in; empty where they are the same."""
    (headers, body), (other_headers, other_body) = one, other
    names = [name for name in sorted({*headers, *other_headers})
             if (name in headers) != (name in other_headers) or name not in CHANGING and headers[name] != other_headers[name]]
    return ", ".join(names + ["the body"] * (body != other_body))


def many(bench: Run) -> list[Found]:
    """Many clients at once, and what their connections leave behind."""
    found = []
    for name in ("Q1", "Q2"):
        with start_ours(bench.binary, bench.database.url, bench.options.log) as ours:
            prepared = operations.prepare(name, ours, bench.database)
            few, all_ = (Side(ours, prepared, bench.database, connections) for connections in (CONNECTIONS, MANY))
            load.cell(ours, prepared, bench.database, CONNECTIONS, max(bench.options.warm, 1))
            before = process.memory(ours.pid, "VmRSS")
            cells = bench.turns(f"{MANY} connections, {name}", [few, all_])
            after, peak = process.memory(ours.pid, "VmRSS"), process.memory(ours.pid)
            say(f"  memory before {before:.0f} MiB, after {after:.0f}, peak {peak:.0f}")
            found += [Found(f"{name} over {MANY} connections: errors", [errors(of(cells, all_))], 0),
                      Found(f"{name} over {MANY} connections: memory it grew by at its peak, MiB", [peak - before]),
                      Found(f"{name} over {MANY} connections ÷ over {CONNECTIONS}, requests/s", ratios(cells, "rate", all_, few))]
    return found


def sqlite(bench: Run) -> list[Found]:
    """The same rows in a SQLite file."""
    url = lite.ensure(bench.database, bench.binary, bench.options.rebuild)
    found = []
    with start_ours(bench.binary, bench.database.url, bench.options.log, name="postgresql") as postgres, \
            start_ours(bench.binary, url, bench.options.log, name="sqlite") as file:
        servers = {server.name: server for server in (file, postgres)}
        for name in READS[:4]:
            prepared = {each: operations.prepare(name, server, bench.database) for each, server in servers.items()}
            if fault := operations.compare(name, servers, prepared, bench.database):
                raise Stop(f"{name}: {fault}")
            sides = [Side(server, prepared[each], bench.database) for each, server in servers.items()]
            cells = bench.turns(f"SQLite beside PostgreSQL, {name}", sides)
            for cell in of(cells, sides[0]):
                cell.pop("database_cpu_us", None)
            found.append(Found(f"{name} on SQLite ÷ on PostgreSQL, p50 over one connection", ratios(cells, "p50_ms", *sides), SQLITE_GOAL))
    return found


def growth(bench: Run) -> list[Found]:
    """The same operations over ever more rows."""
    scales = bench.options.scales
    with contextlib.ExitStack() as stack:
        databases = [at_scale(bench, scale) for scale in scales]
        servers = [stack.enter_context(start_ours(bench.binary, database.url, bench.options.log, name=f"alumni-{people(scale)}"))
                   for scale, database in zip(scales, databases)]
        return [grown(bench, name, databases, servers) for name in READS]


def at_scale(bench: Run, scale: float) -> Database:
    """The database of a scale, kept as the main one is."""
    if scale == bench.options.scale:
        return bench.database
    database = Database(bench.options.admin, f"{bench.database.name}_{scale:g}".replace(".", "_"))
    data.ensure(database, bench.binary, scale, bench.options.participants, bench.options.rebuild, for_peers=False)
    return database


def grown(bench: Run, name: str, databases: list[Database], servers: list[Server]) -> Found:
    sides = [Side(server, operations.prepare(name, server, database), database) for server, database in zip(servers, databases)]
    cells = bench.turns(f"growth, {name}", sides)
    fewest, most = people(bench.options.scales[0]), people(bench.options.scales[-1])
    return Found(f"{name} with {most:,} alumni ÷ with {fewest:,}, p50 over one connection", ratios(cells, "p50_ms", sides[-1], sides[0]),
                 GROWTH_GOAL if most / fewest >= GROWTH_SPAN else None)


def people(scale: float) -> int:
    return round(100_000 * scale)


def footprint(bench: Run) -> list[Found]:
    """Start, and memory: at rest, and after every operation."""
    starts = [start(bench) for _ in range(STARTS)]
    say(f"\nmemory while every operation is asked over {CONNECTIONS} connections, MiB")
    with start_ours(bench.binary, bench.database.url, bench.options.log) as ours:
        for name in bench.options.operations:
            cell = load.cell(ours, operations.prepare(name, ours, bench.database), bench.database, CONNECTIONS, bench.options.seconds)
            operations.reset(name, bench.database)
            bench.cells.append(cell)
            say(f"  {name:6}now {process.memory(ours.pid, 'VmRSS'):4.0f}   peak so far {process.memory(ours.pid):4.0f}   {errors([cell])} errors")
        peak = process.memory(ours.pid)
    return [Found("cold start to the first answer, ms", [each["cold_start_ms"] for each in starts], COLD_START_GOAL_MS),
            Found("memory at rest, MiB", [each["idle_mib"] for each in starts], IDLE_GOAL_MIB),
            Found(f"peak memory after {', '.join(bench.options.operations)}, MiB", [peak], PEAK_GOAL_MIB)]


def start(bench: Run) -> dict[str, float]:
    with start_ours(bench.binary, bench.database.url, bench.options.log) as ours:
        time.sleep(1)
        return {"cold_start_ms": ours.cold_start_ms, "idle_mib": process.memory(ours.pid, "VmRSS")}


PARTS = {"typename": typename, "many": many, "sqlite": sqlite, "growth": growth, "footprint": footprint}
