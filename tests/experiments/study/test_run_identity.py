"""What determines a result, and where a store comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.study import run_identity


def test_outside_a_clone_or_without_git_nothing_is_said_of_it(monkeypatch, tmp_path: Path) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(run_identity, "ROOT", tmp_path)
    assert run_identity._git("rev-parse", "HEAD") is None
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(run_identity.subprocess, "run", failing)
    assert run_identity._git("rev-parse", "HEAD") is None
