"""The check of the shipped ensemble as a posterior."""

from __future__ import annotations

import json
from pathlib import Path

from experiments.ensemble.__main__ import main
from experiments.ensemble.members import shipped_ensemble
from experiments.ensemble.posterior import factor_correlations, figures_check


def test_the_members_meet_their_figures_and_the_file_says_so(tmp_path: Path) -> None:
    found = shipped_ensemble()
    figures = figures_check(found)
    assert len(figures) == len(found.about["matched"])
    assert (figures["p"] > 0.01).all()  # a member misses none by more than 3 s.d.
    pairs = factor_correlations(found)
    assert len(pairs) == len(found.factors) * (len(found.factors) - 1) // 2
    main(["posterior", "--json", str(tmp_path / "posterior.json")])
    kept = json.loads((tmp_path / "posterior.json").read_text(encoding="utf-8"))
    assert kept["beyond_chance"] == pairs["beyond_chance"].sum()
    assert kept["correlations"][0]["one"] == pairs["one"][0]
