"""The operations: their documents, their parameters for either side, and what must be equal before anything is timed.

`ops/<side>/Q1.graphql` is the document, `ops/parameters/Q1.sql` answers one JSON object a row: the variables, and under `as` the login that asks our
server. Beside it may lie `.walk.graphql` (reaches a cursor), `.fill.sql` (values of which each request takes another), `.reset.sql` (takes back what
a mutation wrote) and `.written.sql` (tells what it wrote).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from . import ids
from .data import Database
from .places import OPERATIONS, PARAMETERS, WORK, Stop
from .servers import OURS, Server

ALL = ["Q1", "Q2", "Q2L", "Q3", "Q4", "Q5", "Q6a", "Q6b", "M1", "M2", "M3"]
TITLES = {
    "Q1": "one alumnus with company and skills", "Q2": "a page of the directory", "Q2L": "the same, in the largest company",
    "Q3": "an event with 50 participants", "Q4": "20 referrals of a stage", "Q5": "the directory from row 50,000 on",
    "Q6a": "names that begin so", "Q6b": "names that contain", "M1": "submit a referral", "M2": "answer an event", "M3": "sync 1,000 workers",
}
# Mutations whose parameters go through everybody with one answer, then with another.
TURNS = {"M2": 2, "M3": 2}
# Parameter sets that are compared before an operation is timed.
COMPARED = 8
# Our largest page, and one the peer takes.
PAGES = {OURS: 100}
PEER_PAGE = 2000


@dataclass
class Request:
    token: str
    body: dict
    row: dict


@dataclass
class Prepared:
    """An operation ready to be sent to one server."""

    name: str
    requests: list[Request]
    fills: list[str] = field(default_factory=list)

    def files(self, server: str) -> dict[str, str]:
        """Writes what wrk's script reads; its environment."""
        folder = WORK / "requests"
        folder.mkdir(parents=True, exist_ok=True)
        bodies, fills = folder / f"{server}.{self.name}", folder / f"{server}.{self.name}.fill"
        bodies.write_text("".join(f"{each.token}\t{_compact(each.body)}\n" for each in self.requests))
        fills.write_text("".join(f"{fill}\n" for fill in self.fills))
        return {"BODIES": str(bodies), "FILLS": str(fills)}

    def request(self, number: int) -> tuple[dict, str]:
        """The n-th request that wrk's script would send, and its token."""
        round_, place = divmod(number, len(self.requests))
        request = self.requests[place]
        text = _compact(request.body)
        return json.loads(text.replace("{{fill}}", self.fills[round_ % len(self.fills)]) if self.fills else text), request.token

    @property
    def turn(self) -> int:
        """After so many requests the same logins ask again, and a mutation has something to change again."""
        return len(self.requests) // TURNS.get(self.name, 1)


def prepare(name: str, server: Server, database: Database) -> Prepared:
    """Reads an operation's files, and walks to its cursors."""
    side = OURS if server.application == "alumni-api" else "postgraphile"
    document = _document(side, name)
    rows = [json.loads(line) for line in database.rows((PARAMETERS / f"{name}.sql").read_text())]
    if not rows:
        raise Stop(f"{name}: its parameters are empty")
    if (OPERATIONS / side / f"{name}.walk.graphql").exists():
        _walk(_document(side, f"{name}.walk"), rows, server, side)
    tokens = {row["as"]: ids.token(row["as"]) if side == OURS else "" for row in rows}
    requests = [Request(tokens[row["as"]], _body(document, row, side), row) for row in rows]
    fill = PARAMETERS / f"{name}.fill.sql"
    fills = [_value(json.loads(line), side) for line in database.rows(fill.read_text())] if fill.exists() else []
    return Prepared(name, requests, fills)


def reset(name: str, database: Database) -> None:
    """Takes back what a mutation wrote, and what our server logged of who read whom, so that each cell begins with the same rows."""
    file = PARAMETERS / f"{name}.reset.sql"
    database.quiet()
    database.psql("-c", "truncate access_log_entry")
    if file.exists():
        database.run(file)


def compare(name: str, servers: dict[str, Server], prepared: dict[str, Prepared], database: Database) -> str | None:
    """What differs between the servers; none where nothing does."""
    compared = _compare_writes if name.startswith("M") else _compare_rows
    try:
        return compared(name, servers, prepared, database)
    finally:
        reset(name, database)


def _compare_rows(name: str, servers: dict[str, Server], prepared: dict[str, Prepared], _: Database) -> str | None:
    many = len(next(iter(prepared.values())).requests)
    for place in range(0, many, max(1, many // COMPARED)):
        answers = {each: _answer(servers[each], prepared[each], place) for each in servers}
        (first, expected), *others = answers.items()
        if not _holds_rows(expected):
            return f"{first} answers no rows: {_compact(expected)[:300]}"
        for other, answer in others:
            if answer != expected:
                return f"{first} and {other} differ: {_difference(expected, answer)}"
    return None


def _compare_writes(name: str, servers: dict[str, Server], prepared: dict[str, Prepared], database: Database) -> str | None:
    written = {}
    for each in servers:
        reset(name, database)
        for number in (0, prepared[each].turn):
            _answer(servers[each], prepared[each], number)
        written[each] = level(json.loads(database.psql("-c", (PARAMETERS / f"{name}.written.sql").read_text())))
    (first, expected), *others = written.items()
    for other, rows in others:
        if rows != expected:
            return f"{first} and {other} wrote different rows: {_difference(expected, rows)}"
    return None


def _answer(server: Server, prepared: Prepared, number: int) -> object:
    answer = server.post(*prepared.request(number))
    text = _compact(answer)
    if not answer.get("data") or '"errors":[{' in text or '"userErrors":[{' in text:
        raise Stop(f"{prepared.name}: {server.name} answers {text[:500]}")
    return level(answer["data"])


def level(value: object) -> object:
    """An answer in the one form in which the servers' answers are compared: lists without their wrappers, ids as uuids, no cursors."""
    if isinstance(value, dict):
        value = {key: part for key, part in value.items() if key not in ("endCursor", "__typename")}
        if set(value) == {"nodes"}:
            return level(value["nodes"])
        if set(value) == {"edges"}:
            return [level(edge["node"]) for edge in value["edges"]]
        return {key: level(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [level(part) for part in value]
    return ids.uuid_of(value) if isinstance(value, str) else value


def _holds_rows(answer: object) -> bool:
    """Whether there is anything that could differ."""
    if isinstance(answer, dict):
        return any(_holds_rows(part) for key, part in answer.items() if key != "pageInfo")
    return bool(answer)


def _difference(one: object, other: object, path: str = "") -> str:
    """The first place where two answers part."""
    if isinstance(one, dict) and isinstance(other, dict) and set(one) == set(other):
        return next((_difference(one[key], other[key], f"{path}.{key}") for key in one if one[key] != other[key]), "")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next((_difference(a, b, f"{path}[{place}]") for place, (a, b) in enumerate(zip(one, other)) if a != b), "")
    return f"{path}: {_compact(one)[:200]} <> {_compact(other)[:200]}"


def _walk(document: str, rows: list[dict], server: Server, side: str) -> None:
    """Follows the server's own cursors to each row's `row`, for what stands in a cursor is the server's own affair."""
    page, after, at = PAGES.get(side, PEER_PAGE), None, 0
    token = ids.token(rows[0]["as"]) if side == OURS else None
    for row in rows:
        while at < row["row"]:
            first = min(page, row["row"] - at)
            answer = server.post(_body(document, {**row, "first": first, "after": after}, side), token)
            after = _find(answer, "endCursor")
            if not after:
                raise Stop(f"{server.name} stops at row {at}: {_compact(answer)[:300]}")
            at += first
        row["after"] = after


def _find(value: object, key: str) -> object:
    if isinstance(value, dict):
        return value.get(key) or next(filter(None, (_find(part, key) for part in value.values())), None)
    return None


def _document(side: str, name: str) -> str:
    lines = (OPERATIONS / side / f"{name}.graphql").read_text().splitlines()
    return " ".join(line.strip() for line in lines if not line.lstrip().startswith("#"))


def _body(document: str, row: dict, side: str) -> dict:
    """The request, with those of the row's values that the document declares."""
    head = document.split("{", 1)[0]
    return {"query": document, "variables": {name: _value(row[name], side) for name in re.findall(r"\$(\w+)\s*:", head) if name in row}}


def _value(value: object, side: str) -> object:
    """Ids as the side writes them."""
    match = ids.KIND_AND_UUID.match(value) if isinstance(value, str) else None
    if not match:
        return value
    return ids.typeid(*match.groups()) if side == OURS else match.group(2)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
