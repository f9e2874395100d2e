"""Executes the steps of the stages, as an engine would, in the order of the Dockerfile."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from dockerfile import Failure, Stage, Step
from dockerfile_parse.util import get_key_val_dictionary
from root import Root

# Where this machine's cargo, npm and network settings are. What would change the result, RUSTFLAGS or NODE_ENV, is left out.
HOST_SETTINGS = re.compile(
    r"HOME|PATH|LANG|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|NPM_CONFIG_.*|RUSTUP_.*"
    r"|CARGO_(HOME|BUILD_JOBS|(HTTP|NET|REGISTRY|REGISTRIES|SOURCE)_.*)",
    re.IGNORECASE,
)


class Build:
    """One stage: its root, and what its metadata steps have set."""

    def __init__(self, stage: Stage, root: Root):
        self.stage, self.root = stage, root
        self.folder = Path("/")
        self.environment: dict[str, str] = {}
        self.user = "0:0"
        self.entrypoint: list[str] = []
        self.arguments: list[str] = []
        self.health_check: list[str] = []


def build(stages: list[Stage], context: Path, folder: Path) -> list[Build]:
    hidden, programs, caches = _top_level_folders(stages), _programs(), _caches()
    # Long before the last stage is reached, which copies the licences.
    for step in [step for stage in stages for step in stage.steps if step.instruction == "COPY" and "from" not in step.flags()]:
        _sources(step, context)
    builds: list[Build] = []
    for stage in stages:
        print(f"\n{stage.name}: this machine's programs in place of {stage.base}, which is not pulled", flush=True)
        current = Build(stage, Root(folder / stage.name, hidden, programs, caches))
        for step in stage.steps:
            print(f"  {step}", flush=True)
            began = time.monotonic()
            _execute(step, current, builds, context)
            if step.instruction == "RUN":
                print(f"  {time.monotonic() - began:.0f} s", flush=True)
        builds.append(current)
    return builds


def _execute(step: Step, build: Build, earlier: list[Build], context: Path) -> None:
    match step.instruction:
        case "COPY":
            _copy(step, build, earlier, context)
        case "RUN":
            _run(step, build)
        case "WORKDIR":
            build.folder = build.folder / step.value
            build.root.make_writable(build.folder)
            build.root.at(build.folder).mkdir(parents=True, exist_ok=True)
        case "ENV":
            build.environment |= get_key_val_dictionary(step.value, env_replace=True, envs=dict(build.environment))
        case "USER":
            if not re.fullmatch(r"\d+:\d+", step.value):
                raise Failure(f"{step}: only a numeric user and group are supported")
            build.user = step.value
        case "ENTRYPOINT":
            build.entrypoint = step.exec_form()
        case "CMD":
            build.arguments = step.exec_form()
        case "HEALTHCHECK":
            build.health_check = step.exec_form()
        case "EXPOSE" | "LABEL" | "VOLUME":
            pass


def _run(step: Step, build: Build) -> None:
    if re.search(r"\bapt-get\b", step.value):
        print("  NOT EXECUTED: packages belong to the base image; this machine has its own")
        return
    host = {name: value for name, value in os.environ.items() if HOST_SETTINGS.fullmatch(name)}
    command = build.root.command(["/bin/sh", "-c", step.value], build.folder, host | build.environment, build.user)
    code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
    if code != 0:
        raise Failure(f"{step}: exit code {code}")


def _copy(step: Step, build: Build, earlier: list[Build], context: Path) -> None:
    destination = step.words()[-1]
    flags = step.flags()
    origin = _stage_named(flags["from"], earlier, step).root.path if "from" in flags else context
    sources = _sources(step, origin)
    owner = flags.get("chown", "0:0")
    if not re.fullmatch(r"\d+:\d+", owner):
        raise Failure(f"{step}: only a numeric user and group are supported")
    is_folder = destination.endswith("/") or len(sources) > 1
    target = build.folder / destination
    build.root.make_writable(target)
    made: list[Path] = []
    for source in sources:
        if source.is_dir():
            made += _copy_folder(source, build.root.at(target))
        else:
            into = is_folder or build.root.at(target).is_dir()
            made += _copy_file(source, build.root.at(target / source.name if into else target))
    for path in made:
        os.chown(path, *map(int, owner.split(":")), follow_symlinks=False)


def _stage_named(name: str, builds: list[Build], step: Step) -> Build:
    for number, build in enumerate(builds):
        if name in (build.stage.name, str(number)):
            return build
    raise Failure(f"{step}: no earlier stage is named {name}")


def _sources(step: Step, origin: Path) -> list[Path]:
    return [match for pattern in step.words()[:-1] for match in _matches(origin, pattern, step)]


def _matches(origin: Path, pattern: str, step: Step) -> list[Path]:
    relative = os.path.normpath("/" + pattern).lstrip("/")
    found = sorted(origin.glob(relative)) if relative else [origin]
    if not found:
        place = f"stage {step.flags()['from']}" if "from" in step.flags() else "the build context"
        raise Failure(f"{step}: {pattern} is not in {place}")
    return found


def _make_folders(path: Path) -> list[Path]:
    made = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    return made


def _copy_file(source: Path, target: Path) -> list[Path]:
    made = _make_folders(target.parent)
    shutil.copy2(source, target, follow_symlinks=False)
    return [*made, target]


def _copy_folder(source: Path, target: Path) -> list[Path]:
    """What is in it, not the folder itself, as COPY does."""
    written: list[Path] = []
    for path in [source, *sorted(source.rglob("*"))]:
        copy = target / path.relative_to(source)
        if path.is_symlink() or not path.is_dir():
            written += _copy_file(path, copy)
        elif made := _make_folders(copy):
            shutil.copymode(path, copy)
            written += made
    return written


def _top_level_folders(stages: list[Stage]) -> set[str]:
    paths = [Path(step.value) for stage in stages for step in stage.steps if step.instruction in {"WORKDIR", "VOLUME"}]
    return {path.name for path in paths if path.parent == Path("/")}


def _programs() -> list[Path]:
    """Node.js may be a wheel, and then a script of the Python that runs this."""
    rustup = Path(os.environ.get("RUSTUP_HOME", Path.home() / ".rustup"))
    return [rustup, Path(sys.prefix), Path(sys.base_prefix)]


def _caches() -> list[Path]:
    """The only folders of this machine that a step can write to."""
    npm = subprocess.run(["npm", "config", "get", "cache"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return [Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo")), Path(npm)]
