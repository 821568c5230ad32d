"""`computeleap sweep` for tests, and the file of a small sweep."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import Result

from experiments.sweep import chunk, identity, sweep
from tests.support import cli

FILE = """
name = "small"
seeds = 2
scenario = "random_hosts"
cities = "synthetic:12"
until = 2006
parameters = {firms = 100, burn_in = 0}
[design]
factors.traffic_scale = [0.5, 1.0]
factors.traffic_basic = [5.0, LARGEST]
[run]
chunk = 2
max_failures = ALLOWED
"""


def call(*words: str) -> Result:
    return cli.call("sweep", *words)


def change_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Act as if a file of the model had changed."""
    for module in (identity, sweep, chunk):
        monkeypatch.setattr(module, "model_fingerprint", lambda: "changed")
    chunk._contexts.clear()


def write(folder: Path, largest: str = "6.0", allowed: str = "2") -> Path:
    """An experiment of eight runs; with ``largest`` of 1500000 two of its points cannot be run."""
    file = folder / "small.toml"
    file.write_text(FILE.replace("LARGEST", largest).replace("ALLOWED", allowed), encoding="utf-8")
    return file
