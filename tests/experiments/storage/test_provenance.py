"""Where results come from: versions and git."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.storage import provenance


def test_a_package_that_is_not_there_is_named_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "PACKAGES", ("numpy", "no_such_package"))
    assert provenance.versions()["no_such_package"] == "not installed"
    assert provenance.versions()["numpy"] == np.__version__


def test_outside_a_clone_or_without_git_nothing_is_said_of_it(monkeypatch, tmp_path: Path) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance._git("rev-parse", "HEAD") is None
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(provenance.subprocess, "run", failing)
    assert provenance._git("rev-parse", "HEAD") is None
