"""Provenance of results: versions of packages, git commit, machine, command."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "computeleap",
    "mesa",
    "numpy",
    "pandas",
    "networkx",
    "numba",
    "scipy",
    "matplotlib",
    "pyarrow",
    "scikit-learn",
)
LONGEST_PATCH = 2_000_000  # bytes of uncommitted changes that are kept


def versions() -> dict[str, str]:
    """Return the versions of Python, of the project and of the packages that results depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def command_line() -> str:
    """Return the command that this process was started with."""
    name = Path(sys.argv[0]).name
    return " ".join(["computeleap" if name == "__main__.py" else name, *sys.argv[1:]])


def provenance() -> dict[str, object]:
    """Return git commit, uncommitted patch, versions, machine, time and command."""
    commit, patch = _git("rev-parse", "HEAD"), _git("diff", "HEAD", "--binary")
    new = _git("ls-files", "--others", "--exclude-standard")
    return {
        "git_commit": commit,
        "git_patch": patch[:LONGEST_PATCH] if patch else None,
        "git_untracked": new.splitlines() if new else [],
        "versions": versions(),
        "machine": {"host": platform.node(), "system": platform.platform(), "cores": os.cpu_count()},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command_line(),
    }


def _git(*words: str) -> str | None:
    """Return git's answer in the project's folder; None without git, or outside a clone of the project."""
    if not (ROOT / ".git").exists():
        return None
    try:
        answer = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.decode("utf-8", errors="replace").strip()
