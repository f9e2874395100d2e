"""The benchmark's rows in a SQLite file: the tables made by our own migrations, every row copied from PostgreSQL in the form in which our server keeps it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from . import operations
from .data import Database, ours
from .places import WORK, Stop, say

NULL = r"\N"


def ensure(database: Database, binary: Path, rebuild: bool) -> str:
    """The file's URL. The file is made where it is not there, or the database was made anew since."""
    file = WORK / f"{database.name}.sqlite"
    made_of, wanted, url = file.with_suffix(".mark"), _source(database), f"sqlite://{file}"
    if rebuild or not file.exists() or not made_of.exists() or made_of.read_text() != wanted:
        began = time.monotonic()
        say(f"copying the database {database.name} into a SQLite file …")
        for left in (made_of, *(file.with_name(file.name + end) for end in ("", "-wal", "-shm"))):
            left.unlink(missing_ok=True)
        WORK.mkdir(parents=True, exist_ok=True)
        ours(binary, url, "migrate", "up")
        _fill(file, database)
        made_of.write_text(wanted)
        say(f"  made in {time.monotonic() - began:.0f} s, {file.stat().st_size / 1e6:.0f} MB")
    return url


def _source(database: Database) -> str:
    """What the copy was made of: this very database, as it was made."""
    return f"{database.mark()} oid={database.psql('-c', 'select oid from pg_database where datname = current_database()')}"


def _fill(file: Path, database: Database) -> None:
    if sqlite3.sqlite_version_info < (3, 37):
        raise Stop(f"Python's SQLite is {sqlite3.sqlite_version}, and our tables need 3.37")
    for name in operations.ALL:
        operations.reset(name, database)
    connection = sqlite3.connect(file)
    connection.execute("pragma synchronous = off")
    for table in _tables(connection):
        _copy(connection, table, database)
    connection.commit()
    if lost := connection.execute("pragma foreign_key_check").fetchone():
        raise Stop(f"a row of {lost[0]} points at nothing in {lost[2]}")
    connection.execute("analyze")
    connection.commit()
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()


def _tables(connection: sqlite3.Connection) -> list[str]:
    """Ours: neither the migrations' own nor the text search's, which triggers fill."""
    return [name for name, in connection.execute(
        "select name from pragma_table_list where type = 'table' and schema = 'main' and name not like 'sqlite%' and name not like 'seaql%' order by name")]


def _copy(connection: sqlite3.Connection, table: str, database: Database) -> None:
    kinds = dict(line.split("|") for line in database.rows(
        f"select quote_ident(column_name), data_type from information_schema.columns where (table_schema, table_name) = ('public', '{table}') order by ordinal_position"))
    forms = [FORMS.get(kind, str) for kind in kinds.values()]
    rows = ([None if value == NULL else form(value) for form, value in zip(forms, row)] for row in _rows(database, table, list(kinds)))
    connection.executemany(f"insert into {table} ({', '.join(kinds)}) values ({', '.join('?' * len(kinds))})", rows)
    copied = connection.execute(f"select count(*) from {table}").fetchone()[0]
    if copied != int(database.psql("-c", f"select count(*) from {table}")):
        raise Stop(f"of {table} only {copied} rows were copied")


def _rows(database: Database, table: str, columns: list[str]) -> Iterator[list[str]]:
    """A table's rows in the order in which they lie there, in PostgreSQL's own words."""
    copy = f"copy {table} ({', '.join(columns)}) to stdout (format csv, null '{NULL}')"
    command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", database.url, "-c", "set timezone = 'UTC'; set datestyle = 'ISO'", "-c", copy]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reading:
        yield from csv.reader(io.TextIOWrapper(reading.stdout, "utf-8", newline=""))
    if reading.returncode:
        raise Stop(f"psql cannot copy {table}")


def _instant(text: str) -> str:
    """`2024-01-02 03:04:05.6+00` in RFC 3339, with no digit, three or six after the second, as the server's driver writes it."""
    whole, _, fraction = text.removesuffix("+00").replace(" ", "T").partition(".")
    return f"{whole}{fraction and '.' + fraction.ljust(3 if len(fraction) <= 3 else 6, '0')}+00:00"


FORMS: dict[str, Callable[[str], object]] = {
    "uuid": lambda text: uuid.UUID(text).bytes,
    "bytea": lambda text: bytes.fromhex(text.removeprefix(r"\x")),
    "timestamp with time zone": _instant,
    "jsonb": lambda text: json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    "boolean": lambda text: int(text == "t"),
    "integer": int,
    "bigint": int,
}
"""How SQLite is given a value of PostgreSQL's type; all others stay as they are."""
