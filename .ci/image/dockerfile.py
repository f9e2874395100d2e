"""Reads a Dockerfile into stages and steps. What this check cannot execute is an error, so that no step is skipped unnoticed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from dockerfile_parse import DockerfileParser
from dockerfile_parse.parser import image_from
from dockerfile_parse.util import WordSplitter

SUPPORTED = {"COPY", "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "RUN", "USER", "VOLUME", "WORKDIR"}


class Failure(Exception):
    """The image would not build, or not run."""


@dataclass(frozen=True)
class Step:
    line: int
    instruction: str
    value: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.instruction} {' '.join(self.value.split())}"

    def flags(self) -> dict[str, str]:
        """The leading `--name=value` of COPY and HEALTHCHECK."""
        return dict(re.findall(r"--([a-z-]+)=(\S+)\s", self.value[: len(self.value) - len(self.arguments())]))

    def arguments(self) -> str:
        return re.sub(r"^(\s*--\S+\s+)*", "", self.value)

    def words(self) -> list[str]:
        return list(WordSplitter(self.arguments()).split())

    def exec_form(self) -> list[str]:
        """The JSON array of ENTRYPOINT, CMD and the health check's CMD. A shell form would not receive the signals."""
        text = re.sub(r"^CMD\s+", "", self.arguments())
        if not text.startswith("["):
            raise Failure(f"{self}: only the exec form, a JSON array, is supported")
        return json.loads(text)


@dataclass(frozen=True)
class Stage:
    name: str
    base: str
    steps: tuple[Step, ...]


def read(path: Path) -> list[Stage]:
    stages: list[tuple[str, str, list[Step]]] = []
    for each in DockerfileParser(str(path)).structure:
        step = Step(each["startline"] + 1, each["instruction"], each["value"].strip())
        if step.instruction == "COMMENT":
            continue
        if step.instruction == "FROM":
            base, name = image_from(step.value)
            if base in [stage[0] for stage in stages]:
                raise Failure(f"{step}: a stage as the base of another is not supported")
            stages.append((name or f"stage-{len(stages)}", base, []))
        elif not stages:
            raise Failure(f"{step}: not supported before the first FROM")
        else:
            stages[-1][2].append(_supported(step))
    return [Stage(name, base, tuple(steps)) for name, base, steps in stages]


def _supported(step: Step) -> Step:
    flags = set(step.flags()) - {"from", "chown"} if step.instruction == "COPY" else set()
    is_run_with_flags = step.instruction == "RUN" and step.value.startswith("--")
    if step.instruction not in SUPPORTED or flags or is_run_with_flags or "<<" in step.value:
        raise Failure(f"{step}: .ci/image does not support this")
    return step
