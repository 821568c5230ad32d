"""Commands in this process and in a new one, reports without pictures, and runs that are made once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import pytest
import typer.testing
from typer.main import get_command
from typer.testing import CliRunner, Result

from experiments.study.run_arms import run_arms
from tests import ROOT
from viz.cli.commands import app

program = cache(get_command)  # the parser of an app's command lines: it takes as long as a small command
typer.testing._get_command = program  # type: ignore[attr-defined]


def call(*words: object, env: Mapping[str, str] | None = None) -> Result:
    """Run `computeleap` with these words, and these variables of the environment."""
    return CliRunner().invoke(app, [str(word) for word in words], env=env, prog_name="computeleap")


@contextmanager
def no_pictures() -> Iterator[None]:
    """Let `computeleap run` write its report without pictures: to draw them takes longer than a small run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("viz.reports.run_report.all_figures", lambda tables, centres=None: {})
        yield


@contextmanager
def kept_runs(folder: Path) -> Iterator[None]:
    """Let `computeleap run` and `run_study` keep their runs in a folder: equal ones are made once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.study_runner.run_arms", partial(run_arms, cache=folder))
        yield


def python(*words: str, where: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python with these words, in another process."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, *words], env=env, cwd=where, capture_output=True, text=True, timeout=120
    )
