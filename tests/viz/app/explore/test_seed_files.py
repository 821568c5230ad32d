"""The command that runs the shipped seeds again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore import seed_files


def test_every_shipped_scenario_gets_a_file_of_its_seeds_at_the_end_of_2030(tmp_path, monkeypatch, capsys):
    written: list[tuple[str, Any, int]] = []

    def write(path, scenario, pairs, quarter):
        path.write_bytes(b"x")
        written.append((scenario, pairs, quarter))

    sample = SimpleNamespace(
        run_one=lambda go: False,
        parameters=SimpleNamespace(start_year=2005),
        seed_pairs=lambda quarter, against: (quarter, against),
    )
    monkeypatch.setattr(seed_files, "FOLDER", tmp_path)
    monkeypatch.setattr(seed_files, "SeedSample", lambda country, options: sample)
    monkeypatch.setattr(seed_files, "write_seeds", write)
    seed_files.main()
    assert written == [("actual", (104, "all"), 104)]
    assert "actual.npz: 0 kB" in capsys.readouterr().err
