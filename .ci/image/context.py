"""The build context: the tracked files of the work tree that `.dockerignore` admits."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from docker.utils.build import PatternMatcher


def create(repository: Path, folder: Path) -> None:
    # The owner of the work tree may be another user than root.
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "-C", repository, "ls-files", "-z"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    lines = [line.strip() for line in (repository / ".dockerignore").read_text().splitlines()]
    ignored = PatternMatcher([line for line in lines if line and not line.startswith("#")])
    folder.mkdir(parents=True)
    for name in filter(None, listing.split("\0")):
        source, target = repository / name, folder / name
        if not ignored.matches(name) and (source.exists() or source.is_symlink()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
