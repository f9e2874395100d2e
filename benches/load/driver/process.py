"""What a process, or a tree of them, has used: processor time and memory, from /proc."""

from __future__ import annotations

import os
import re

from .data import Database

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()
    except OSError:
        return []


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))):
            children.setdefault(int(stat[1]), []).append(int(entry))
    found, open_ends = [], [pid]
    while open_ends:
        found.append(open_ends.pop())
        open_ends += children.get(found[-1], [])
    return found


def cpu(pids: list[int]) -> float:
    """Seconds of processor time."""
    return sum(int(stat[11]) + int(stat[12]) for stat in map(_stat, pids) if stat) / TICK


def backends(database: Database, application: str) -> list[int] | None:
    """PostgreSQL's processes that serve an application; none where PostgreSQL runs on another machine."""
    pids = [int(line) for line in database.rows(
        f"select pid from pg_stat_activity where datname = current_database() and application_name = '{application}'")]
    return pids if all(_is_postgres(pid) for pid in pids) else None


def _is_postgres(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().startswith("postgres")
    except OSError:
        return False


def memory(pid: int, what: str = "VmHWM") -> float:
    """MiB of a tree: `VmHWM` its peak, `VmRSS` now."""
    total = 0
    for each in tree(pid):
        try:
            with open(f"/proc/{each}/status") as file:
                match = re.search(rf"{what}:\s+(\d+)", file.read())
        except OSError:
            continue
        total += int(match.group(1)) if match else 0
    return total / 1024
