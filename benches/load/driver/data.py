"""The benchmark's database: made once, by our own migrations and seed, and kept for the next run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from .places import CONNECTIONS, JWT_SECRET, LOAD, PEER, REPOSITORY, SPOOL, Stop, say

FILL = LOAD / "data" / "fill.sql"


class Database:
    """A PostgreSQL database, spoken to by psql."""

    def __init__(self, admin: str, name: str):
        self.admin, self.name = admin, name
        parts = urlsplit(admin)
        # In the clear unless the address says otherwise: our driver would take TLS where it is offered, and the peer's would not.
        query = parts.query if "sslmode=" in parts.query else "&".join(filter(None, [parts.query, "sslmode=disable"]))
        self.url = urlunsplit(("postgres", parts.netloc, f"/{name}", query, ""))

    def psql(self, *arguments: str, admin: bool = False, check: bool = True) -> str:
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", self.admin if admin else self.url, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode and check:
            raise Stop(f"psql: {done.stderr.strip()}")
        return done.stdout.strip() if not done.returncode else ""

    def rows(self, text: str) -> list[str]:
        return [line for line in self.psql("-c", text).splitlines() if line]

    def run(self, file: Path, **variables: object) -> None:
        self.psql(*(part for name, value in variables.items() for part in ("-v", f"{name}={value}")), "-f", str(file))

    def quiet(self) -> None:
        """Waits until nobody runs a statement: who was cut off in the middle of a cell still holds locks for a while."""
        busy = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'"
        for _ in range(600):
            if self.psql("-c", busy) == "0":
                return
            time.sleep(0.1)
        raise Stop(f"somebody keeps the database {self.name} busy")

    def mark(self) -> str:
        """What was made here, kept as the database's comment."""
        return self.psql("-c", f"select shobj_description(oid, 'pg_database') from pg_database where datname = '{self.name}'", admin=True)

    def make_anew(self) -> None:
        self.psql("-c", f'drop database if exists "{self.name}" with (force)', "-c", f'create database "{self.name}"', admin=True)

    def settle(self) -> None:
        """Statistics, visibility, and no checkpoint left to fall into the measurement (which not everybody may ask for)."""
        self.psql("-c", "vacuum (analyze)")
        self.psql("-c", "checkpoint", check=False)


def own_environment(url: str, connections: int = CONNECTIONS, **more: str) -> dict[str, str]:
    """Our server's environment, free of whatever the caller's shell sets for it."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("ALUMNI_", "DATABASE_", "BIND"))}
    return {**clean, "ALUMNI_MODE": "production", "ALUMNI_JWT_SECRET": JWT_SECRET, "ALUMNI_LINK_SECRET": JWT_SECRET, "DATABASE_URL": url,
            "DATABASE_MAX_CONNECTIONS": str(connections), "ALUMNI_BUDGETS": "ALL=4000000000/4000000000", "ALUMNI_LOG": "warn", "ALUMNI_ACCESS_SPOOL": str(SPOOL), **more}


def ours(binary: Path, url: str, *arguments: str) -> str:
    """Runs a command of our own program."""
    # production refuses to write demo data
    environment = own_environment(url, ALUMNI_MODE="development")
    done = subprocess.run([binary, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Stop(f"alumni-api {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def ensure(database: Database, binary: Path, scale: float, participants: int, rebuild: bool, for_peers: bool = True) -> None:
    """The data, made where it is not there, was made otherwise, or the schema has changed."""
    wanted = f"scale={scale:g} participants={participants} text={_fingerprint()}"
    if rebuild or database.mark() != wanted:
        began = time.monotonic()
        say(f"making the database {database.name} …")
        database.make_anew()
        ours(binary, database.url, "migrate", "up")
        say("  " + ours(binary, database.url, "seed", "--alumni", str(int(55_000 * scale))).splitlines()[0])
        database.run(FILL, alumni=int(5_000 * scale), events=int(5_000 * scale), participants=participants)
        database.psql("-c", f"comment on database \"{database.name}\" is '{wanted}'", admin=True)
        say(f"  made in {time.monotonic() - began:.0f} s")
    else:
        ours(binary, database.url, "migrate", "up")
    if for_peers:
        database.run(PEER / "functions.sql")
    database.settle()
    counts = ", ".join(database.rows(
        "select reltuples::bigint || ' ' || relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and reltuples >= 1000 order by reltuples desc"))
    say(f"data: {counts}")


def _fingerprint() -> str:
    """Of all that decides what is in the database."""
    texts = [FILL, *sorted(path for path in (REPOSITORY / "migration" / "src").rglob("*") if path.is_file())]
    return hashlib.sha256(b"".join(path.read_bytes() for path in texts)).hexdigest()[:16]
