"""One run in its own process."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

import pytest

from experiments.sweep import (
    Sweep,
    isolated_run,
)


def test_a_run_in_a_process_of_its_own_comes_back_by_pipe(done: Sweep, monkeypatch, tmp_path: Path) -> None:
    target = os.open(tmp_path / "answer", os.O_CREAT | os.O_RDWR)
    kept = [os.dup(number) for number in (1, 2)]
    monkeypatch.setattr(sys, "argv", ["alone", str(done.folder), "1", "None"])

    def leaving(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", leaving)
    try:
        os.dup2(target, 1)
        with pytest.raises(SystemExit, match="0"):
            isolated_run.main()
    finally:
        for number, real in zip((1, 2), kept, strict=True):
            os.dup2(real, number)
            os.close(real)
        os.close(target)
    found = pickle.loads((tmp_path / "answer").read_bytes())
    assert found.status == "ok"
    assert pickle.dumps(found.result.finals) == pickle.dumps(done.rerun(1).finals)
