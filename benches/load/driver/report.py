"""What is printed: a block an operation, and at the end the goals."""

from __future__ import annotations

from statistics import median

from .operations import TITLES
from .places import say
from .servers import OURS

# Operation: (requests/s over the better peer's at 16 connections, p50 over the better peer's at 1), as wished; then the least acceptable of the first.
GOALS: dict[str, tuple[float, float, float | None]] = {
    "Q1": (2.8, 0.55, 2), "Q2": (2.7, 0.55, 2), "Q3": (1.7, 0.8, 1.4), "Q4": (2.7, 0.65, 2), "Q5": (2.7, 0.55, None), "Q6a": (20, 0.03, 10),
    "Q6b": (1.2, 0.9, 1), "M1": (1.6, 1.0, 1), "M2": (1.6, 1.0, 1), "M3": (1.3, 1.0, 1),
}
DEEP_PAGE_GOAL = 0.9


class Cells:
    """All cells of a run."""

    def __init__(self) -> None:
        self.all: list[dict] = []

    def of(self, operation: str, connections: int, server: str) -> list[dict]:
        wanted = (operation, connections, server)
        return [cell for cell in self.all if (cell["operation"], cell["connections"], cell["server"]) == wanted]

    def median(self, operation: str, connections: int, server: str, key: str) -> float | None:
        values = [cell[key] for cell in self.of(operation, connections, server) if key in cell]
        return median(values) if values else None

    def ratios(self, operation: str, connections: int, peers: list[str], key: str) -> list[float]:
        """Ours over the better of the peers, round by round. The better one has the higher rate or the lower time."""
        best = min if key.startswith("p") else max
        return [mine[key] / best(cell[key] for cell in others)
                for mine, *others in zip(self.of(operation, connections, OURS), *(self.of(operation, connections, peer) for peer in peers))
                if others and all(cell["valid"] for cell in (mine, *others))]


def spread(values: list[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f}–{max(values):.2f})" if values else "–"


def block(cells: Cells, operation: str, connections: int, names: list[str]) -> None:
    """A table of one operation at one number of connections."""
    peers = [name for name in names if name != OURS]
    say(f"\n{operation}  {TITLES[operation]}, {connections} connection{'s' if connections > 1 else ''}")
    say(f"  {'':16}{'requests/s':>11}{'p50 ms':>9}{'p99 ms':>9}{'server µs':>11}{'database µs':>13}{'bytes':>8}{'errors':>8}  ours ÷ it")
    for name in names:
        of = lambda key, name=name: cells.median(operation, connections, name, key)
        faults = sum(cell["bad"] + cell["broken"] for cell in cells.of(operation, connections, name))
        database = of("database_cpu_us")
        ratio = spread(cells.ratios(operation, connections, [name], "rate")) if name != OURS else ""
        say(f"  {name:16}{of('rate'):11.0f}{of('p50_ms'):9.2f}{of('p99_ms'):9.2f}{of('server_cpu_us'):11.0f}"
            f"{'–' if database is None else f'{database:.0f}':>13}{of('body_bytes'):8.0f}{faults:8}  {ratio}")
        for cell in cells.of(operation, connections, name):
            if not cell["valid"]:
                say(f"    not valid: {cell['bad']} bad answers, {cell['broken']} broken connections; {cell['sample']}")
                break
    if len(peers) > 1:
        say(f"  ours ÷ the better: requests/s {spread(cells.ratios(operation, connections, peers, 'rate'))}, "
            f"p50 {spread(cells.ratios(operation, connections, peers, 'p50_ms'))}")


def goals(cells: Cells, peers: list[str]) -> list[dict]:
    """The last table: what was wished, and what came out."""
    if not peers:
        return []
    say(f"\n{'':6}{'requests/s, ours ÷ the better peer, 16 connections':^56}{'p50, ours ÷ the better peer, 1 connection':^44}")
    say(f"{'':6}{'median (min–max)':>24}{'goal':>8}{'least':>8}{'':16}{'median (min–max)':>24}{'goal':>8}")
    rows = []
    for operation, (rate_goal, time_goal, least) in GOALS.items():
        rate, time = cells.ratios(operation, 16, peers, "rate"), cells.ratios(operation, 1, peers, "p50_ms")
        if not rate and not time:
            continue
        rows.append({"operation": operation, "rate": rate, "rate_goal": rate_goal, "least": least, "p50": time, "p50_goal": time_goal})
        say(f"{operation:6}{spread(rate):>24}{rate_goal:8}{least if least is not None else '–':>8}{_verdict(rate, rate_goal, least):16}"
            f"{spread(time):>24}{time_goal:8}{_met(time, time_goal)}")
    deep, first = cells.median("Q5", 16, OURS, "rate"), cells.median("Q2L", 16, OURS, "rate")
    if deep and first:
        rows.append({"operation": "Q5 ÷ Q2L", "rate": [deep / first], "rate_goal": DEEP_PAGE_GOAL})
        say(f"{'Q5 ÷ Q2L of ours, same company':32}{deep / first:.2f}   goal {DEEP_PAGE_GOAL}")
    return rows


def _verdict(values: list[float], goal: float, least: float | None) -> str:
    if not values:
        return ""
    if median(values) >= goal:
        return "  met"
    return "  acceptable" if least is not None and median(values) >= least else "  MISSED"


def _met(values: list[float], goal: float) -> str:
    return "" if not values else "  met" if median(values) <= goal else "  missed"
