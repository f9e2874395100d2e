"""What must be there before anything runs; what is missing is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from .places import AXUM, PEER, REPOSITORY, WORK, Stop, say


def tools() -> None:
    """wrk and psql from Debian."""
    missing = [package for command, package in (("wrk", "wrk"), ("psql", "postgresql-client")) if not shutil.which(command)]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Stop(f"please install {' and '.join(missing)}; this script can do so on Debian only")
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    say(f"installing {', '.join(missing)} …")
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]):
        _run(sudo + command)


def peer() -> None:
    """PostGraphile and the Node.js it runs on, just as locked."""
    done, lock = PEER / "node_modules" / ".installed", (PEER / "package-lock.json").read_text()
    if done.exists() and done.read_text() == lock:
        return
    if not shutil.which("npm"):
        raise Stop("please install npm (any Node.js will do: the peer brings its own)")
    say("installing the peer …")
    # The package `node` fetches its binary in a script, which some have switched off.
    _run(["npm", "ci", "--ignore-scripts=false", "--loglevel=error"], cwd=PEER)
    done.write_text(lock)


def binary(given: str | None) -> Path:
    """Our server; built where it is missing."""
    path = Path(given).resolve() if given else REPOSITORY / "target" / "release" / "alumni-api"
    if not path.exists():
        if given:
            raise Stop(f"there is no {given}")
        say("building the server (minutes) …")
        _run(["cargo", "build", "--release", "--bin", "alumni-api"], cwd=REPOSITORY)
    return path


def axum() -> Path:
    """The server that answers the same bytes each time; built where it is missing."""
    if not AXUM.exists():
        say("building the axum reference (minutes) …")
        _run(["cargo", "build", "--release", "--example", AXUM.name], cwd=REPOSITORY)
    return AXUM


def _run(command: list[str], cwd: Path | None = None) -> None:
    WORK.mkdir(parents=True, exist_ok=True)
    if subprocess.run(command, cwd=cwd, check=False).returncode:
        raise Stop(f"this failed: {' '.join(command)}")
