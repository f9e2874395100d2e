"""The root file system of a stage: a folder of its own, and in place of the base image the host's folders, read-only.

All mounts are made in a private mount namespace and end with the process."""

from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
from pathlib import Path

from dockerfile import Failure

CLONE_NEWNS = 0x00020000
DEVICES = ("full", "null", "random", "tty", "urandom", "zero")


def remove(folder: Path) -> None:
    """Deletes what an earlier run left. Only before `enter_namespace`: no host folder is mounted below it then."""
    if any(mount.is_relative_to(folder.resolve()) for mount in _mount_points()):
        raise Failure(f"something is mounted below {folder}; it is not deleted")
    if folder.exists():
        shutil.rmtree(folder)


def enter_namespace() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise Failure(f"this machine refuses a mount namespace ({reason}): run as root, in a container with CAP_SYS_ADMIN")
    _host_mounts()
    _mount("--make-rprivate", "/")


class Root:
    """`path` is the root that the steps see, `files` the folder below it, with what they write."""

    def __init__(self, folder: Path, hidden: set[str], programs: list[Path], caches: list[Path]):
        """`hidden`: top-level folders that the Dockerfile makes itself, whether the host has one of that name or not.
        `programs`: folders that are visible even below a hidden one. `caches`: folders of the host that steps write to."""
        self.folder, self.files, self.path = folder, folder / "files", folder / "root"
        self.own: list[Path] = []
        self.files.mkdir(parents=True)
        self.path.mkdir()
        _mount("--bind", self.files, self.path)
        (self.path / "tmp").mkdir()
        (self.path / "tmp").chmod(0o1777)
        self._make_devices()
        self._show_host({"dev", "lost+found", "tmp"} | hidden)
        for place in programs:
            if place.exists() and not self.at(place).exists():
                self.at(place).mkdir(parents=True)
                _bind(place, self.at(place), writable=False)
        for cache in caches:
            cache.mkdir(parents=True, exist_ok=True)
            self.at(cache).mkdir(parents=True, exist_ok=True)
            _bind(cache, self.at(cache), writable=True)

    def at(self, path: str | Path) -> Path:
        return self.path / str(path).lstrip("/")

    def make_writable(self, path: Path) -> None:
        """Where a step writes into one of the host's folders, the stage gets an empty one of its own in its place."""
        existing = next(each for each in (path, *path.parents) if self.at(each).is_dir())
        is_host = any(existing.is_relative_to(folder) for folder in self.host)
        if is_host and not any(existing.is_relative_to(folder) for folder in self.own):
            own = self.folder / "own" / str(existing).lstrip("/")
            own.mkdir(parents=True)
            _bind(own, self.at(existing), writable=True)
            self.own.append(existing)

    def command(self, arguments: list[str], folder: Path, environment: dict[str, str], user: str = "0:0") -> list[str]:
        settings = [f"{name}={value}" for name, value in environment.items()]
        enter = ["chroot", f"--userspec={user}", "--groups=", str(self.path)]
        return [*enter, "/usr/bin/env", "--ignore-environment", f"--chdir={folder}", *settings, *arguments]

    def _make_devices(self) -> None:
        devices = self.path / "dev"
        devices.mkdir()
        _mount("-t", "tmpfs", "tmpfs", devices)
        for name in filter(lambda name: Path("/dev", name).exists(), DEVICES):
            (devices / name).touch()
            _mount("--bind", f"/dev/{name}", devices / name)
        (devices / "shm").mkdir(mode=0o1777)
        (devices / "fd").symlink_to("/proc/self/fd")
        for number, name in enumerate(("stdin", "stdout", "stderr")):
            (devices / name).symlink_to(f"/proc/self/fd/{number}")

    def _show_host(self, hidden: set[str]) -> None:
        folders = [Path("/", name) for name in sorted(os.listdir("/")) if name not in hidden]
        folders = [folder for folder in folders if folder.is_dir()]
        self.host = [folder for folder in folders if not folder.is_symlink()]
        for folder in folders:
            if folder.is_symlink():
                self.at(folder).symlink_to(os.readlink(folder))
        # A bind mount leaves out what is mounted further down: `/etc/resolv.conf` in a container.
        further = [mount for mount in _host_mounts() if any(folder in mount.parents for folder in self.host)]
        for folder in self.host:
            self.at(folder).mkdir()
        for source in [*self.host, *further]:
            if source.exists():
                _bind(source, self.at(source), writable=False)


def _bind(source: Path, target: Path, *, writable: bool) -> None:
    _mount("--bind", source, target)
    if not writable:
        _mount("-o", "remount,bind,ro", target)


def _mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


@functools.cache
def _host_mounts() -> list[Path]:
    """Read once, before the first mount of ours, and sorted: a folder before what is below it."""
    return _mount_points()


def _mount_points() -> list[Path]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return sorted({Path(line.split()[4].encode().decode("unicode_escape")) for line in lines})
