"""Starts what the last stage describes, as an engine would: its user, folder, environment and command."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from build import Build
from dockerfile import Failure

# What an engine sets where the image sets nothing, and what Debian's image has in PATH.
DEFAULTS = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/"}
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30


def program(image: Build) -> Path:
    """The file that ENTRYPOINT names, as a path of this machine."""
    if not image.entrypoint or not image.health_check:
        _fail("the last stage needs an ENTRYPOINT and a HEALTHCHECK")
    search = (image.environment.get("PATH") or DEFAULTS["PATH"]).split(":")
    name = image.entrypoint[0]
    places = [image.root.at(Path(folder) / name) for folder in search]
    return next((place for place in places if place.is_file()), None) or _fail(f"ENTRYPOINT: {name} is not in PATH")


def check_development(image: Build) -> None:
    port = _free_port()
    settings = {"ALUMNI_MODE": "development", "BIND": f"127.0.0.1:{port}"}
    with _started(image, settings, "development") as (process, log):
        _wait_until_healthy(image, settings, process, log)
        answer = _post(f"http://127.0.0.1:{port}/graphql", {"query": "{ __typename }"})
        if answer.get("data") != {"__typename": "Query"}:
            _fail(f"unexpected response to {{ __typename }}: {answer}", log)
        print(f"  {{ __typename }} returned {json.dumps(answer['data'])}")
        process.send_signal(signal.SIGTERM)
        code = process.wait(STOP_TIMEOUT_S)
        if code != 0:
            _fail(f"SIGTERM: exit code {code} instead of 0", log)
        print("  SIGTERM: exit code 0")


def check_production_without_settings(image: Build) -> None:
    with _started(image, {"BIND": f"127.0.0.1:{_free_port()}"}, "production") as (process, log):
        code = process.wait(STOP_TIMEOUT_S)
        message = log.read_text().strip()
        names_a_setting = re.search(r"\b(ALUMNI_[A-Z_]+|DATABASE_URL)\b", message)
        if code <= 0 or "panicked" in message or not names_a_setting:
            _fail(f"without settings: exit code {code}, and no error that names a setting", log)
        print(f"  without settings: exit code {code}, {message}")


def install(image: Build, folder: Path) -> Path:
    """Copies the program for the steps of CI that follow; cargo's own file of that name may be a hard link."""
    source = program(image)
    target = folder / source.name
    folder.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copy2(source, target)
    return target


@contextmanager
def _started(image: Build, settings: dict[str, str], name: str) -> Iterator[tuple[subprocess.Popen, Path]]:
    command = [*image.entrypoint, *image.arguments]
    print(f"  {name}: {' '.join(command)} as {image.user} in {image.folder}, with {settings}", flush=True)
    log = image.root.folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            _inside(image, settings, command), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process, log
    except subprocess.TimeoutExpired:
        _fail(f"still running after {STOP_TIMEOUT_S} s", log)
    finally:
        process.kill()
        process.wait()


def _inside(image: Build, settings: dict[str, str], command: list[str]) -> list[str]:
    return image.root.command(command, image.folder, DEFAULTS | image.environment | settings, image.user)


def _wait_until_healthy(image: Build, settings: dict[str, str], process: subprocess.Popen, log: Path) -> None:
    began = time.monotonic()
    probe = _inside(image, settings, image.health_check)
    while subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
        if process.poll() is not None:
            _fail(f"ended with exit code {process.returncode} before it was healthy", log)
        if time.monotonic() - began > START_TIMEOUT_S:
            _fail(f"not healthy after {START_TIMEOUT_S} s", log)
        time.sleep(0.2)
    print(f"  healthy after {time.monotonic() - began:.1f} s: {' '.join(image.health_check)}")


def _post(url: str, body: dict) -> dict:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=10) as response:
        return json.load(response)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def _fail(reason: str, log: Path | None = None) -> None:
    raise Failure(reason if log is None else f"{reason}; its output:\n{log.read_text()[-4000:]}")
