"""Commands in this process and in a new one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from tests import ROOT
from viz.cli.commands import app


def call(*words: object) -> Result:
    """Run `computeleap` with these words."""
    return CliRunner().invoke(app, [str(word) for word in words])


def python(*words: str, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python with these words, in another process."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, *words], env=env, cwd=where, capture_output=True, text=True, timeout=120
    )
