"""Sensitivity from a store: known answers, and points without a result that never become zeros."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from experiments.sweep import Sweep, SweepError, from_values
from experiments.sweep.analysis.sensitivity import sensitivity, undetermined
from experiments.sweep.store import Store, chunk_name, schemas
from experiments.sweep.store_page import Frozen

FACTORS = {
    "substitution": {"low": 1.0, "high": 2.0},
    "home_reach": {"low": 100.0, "high": 200.0},
    "wage_elasticity": {"low": 1.0, "high": 2.0},
}


def filled(folder: Path, kind: str, n: int, lost: tuple[int, ...] = (), replications: int = 1) -> Sweep:
    """A store whose ``innovation`` is exactly 4·u₁ + 2·u₂ of the unit design, missing at ``lost`` points."""
    values = {
        "name": "t",
        "seeds": replications,
        "record": {"metrics": ["innovation"]},
        "design": {"kind": kind, "n": n, "factors": FACTORS},
    }
    sweep = from_values(values, folder)
    design, unit = sweep._made
    assert unit is not None
    runs = len(design) * replications
    store = Store.create(folder, Frozen(sweep.experiment, len(design), runs, {}, {}))
    store.write_design(design, unit)
    value = 4.0 * unit["substitution"] + 2.0 * unit["home_reach"]
    good = np.array([run for run in range(runs) if run // replications not in lost])
    columns: dict[str, Any] = {name: [None] * runs for name in schemas(sweep.experiment)["runs"].names}
    columns |= {"run": range(runs), "status": ["ok"] * runs, "attempt": [0] * runs}
    finals = {"run": good, "innovation": value.to_numpy()[good // replications]}
    empty = {"run": [], "year": [], "innovation": []}
    store.commit(chunk_name(0), {"runs": columns, "finals": finals, "metrics": empty})
    return sweep


def test_sobol_finds_the_shares_of_variance(tmp_path: Path) -> None:
    found = sensitivity(filled(tmp_path / "s", "saltelli", 512), "innovation")
    table = found.table.set_index("factor")
    assert found.method == "sobol"
    assert list(found.table["factor"])[:2] == ["substitution", "home_reach"]
    # Variances of 4u and 2u are as 16 to 4.
    assert table.loc["substitution", "total"] == pytest.approx(0.8, abs=0.03)
    assert table.loc["home_reach", "first"] == pytest.approx(0.2, abs=0.03)
    assert table.loc["wage_elasticity", "total"] == pytest.approx(0.0, abs=1e-12)
    assert (table["total_conf"] < 0.2).all()


def test_morris_finds_the_slopes(tmp_path: Path) -> None:
    table = sensitivity(filled(tmp_path / "s", "morris", 20), "innovation").table.set_index("factor")
    assert table["mu"].to_dict() == pytest.approx(
        {"substitution": 4.0, "home_reach": 2.0, "wage_elasticity": 0.0}
    )
    assert table["sigma"].to_numpy() == pytest.approx(np.zeros(3), abs=1e-9)


def test_pawn_sets_influence_apart_from_noise(tmp_path: Path) -> None:
    table = sensitivity(filled(tmp_path / "s", "lhs", 400), "innovation").table.set_index("factor")
    assert table.loc["substitution", "median"] > 2.0 * table.loc["substitution", "dummy"]
    assert table.loc["wage_elasticity", "median"] < 2.0 * table.loc["wage_elasticity", "dummy"]


@pytest.mark.parametrize(("kind", "n", "size"), [("saltelli", 512, 5), ("morris", 20, 4)])
def test_what_failed_takes_its_block_out_and_is_told(tmp_path: Path, kind: str, n: int, size: int) -> None:
    lost = (1, size + 2, size + 3)
    found = sensitivity(filled(tmp_path / "s", kind, n, lost), "innovation")
    whole = sensitivity(filled(tmp_path / "t", kind, n), "innovation")
    assert (found.used, found.left_out) == (n - 2, 2)
    assert "2 left out, as a run in them has no result" in found.remark
    assert (whole.left_out, whole.used) == (0, n)
    column = "total" if kind == "saltelli" else "mu_star"
    one, other = (s.table.set_index("factor")[column] for s in (found, whole))
    np.testing.assert_allclose(one[other.index], other, atol=0.03)


def test_too_many_missing_points_are_refused(tmp_path: Path) -> None:
    sweep = filled(tmp_path / "s", "morris", 10, lost=(0, 5, 9))
    with pytest.raises(SweepError, match="3 of 10 trajectories have no result of innovation, more than 20 %"):
        sensitivity(sweep, "innovation")


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    sweep = filled(tmp_path / "s", "lhs", 60)
    with pytest.raises(SweepError, match="sobol needs a design of kind saltelli, not lhs"):
        sensitivity(sweep, "innovation", "sobol")
    with pytest.raises(SweepError, match="did you mean innovation"):
        sensitivity(sweep, "inovation")
    with pytest.raises(SweepError, match="there is no method 'fast'"):
        sensitivity(sweep, "innovation", "fast")


def stored(folder: Path, kind: str, n: int, noise: float) -> Sweep:
    """A store of a result of which ``noise`` is drawn and one is due to the first factor."""
    values = {"name": "t", "seeds": 1, "record": {"metrics": ["innovation"]}}
    sweep = from_values({**values, "design": {"kind": kind, "n": n, "factors": FACTORS}}, folder)
    design, unit = sweep._made
    assert unit is not None
    runs = len(design)
    store = Store.create(folder, Frozen(sweep.experiment, runs, runs, {}, {}))
    store.write_design(design, unit)
    drawn = np.random.Generator(np.random.PCG64(1)).normal(0.0, 1.0, runs)
    columns: dict[str, Any] = {name: [None] * runs for name in schemas(sweep.experiment)["runs"].names}
    columns |= {"run": range(runs), "status": ["ok"] * runs, "attempt": [0] * runs}
    finals = {"run": range(runs), "innovation": unit["substitution"].to_numpy() + noise * drawn}
    empty = {"run": [], "year": [], "innovation": []}
    store.commit(chunk_name(0), {"runs": columns, "finals": finals, "metrics": empty})
    return sweep


def test_intervals_wider_than_their_range_are_refused(tmp_path: Path) -> None:
    """Four Sobol blocks once gave 0.09 with an interval of 127,600, as a result."""
    with pytest.raises(SweepError, match=r"4 blocks used, too few for innovation: .* every factor is wider"):
        sensitivity(stored(tmp_path / "s", "saltelli", 4, noise=3.0), "innovation")


def test_an_effect_is_undetermined_where_its_interval_spans_all_effects() -> None:
    conf = [0.4, 1.1, float("nan")]
    table = pd.DataFrame({"factor": list("abc"), "mu_star": [2.0, 0.5, 0.1], "mu_star_conf": conf})
    assert undetermined("morris", table) == ["b", "c"]
    assert undetermined("pawn", table) == []


def test_factors_whose_interval_tells_nothing_are_named(tmp_path: Path) -> None:
    found = sensitivity(stored(tmp_path / "s", "saltelli", 16, noise=0.3), "innovation")
    assert "from fewer than 32 the intervals themselves are rough" in found.remark
    wide = found.table[(found.table[["first_conf", "total_conf"]] > 0.5).any(axis=1)]["factor"]
    assert 0 < len(wide) < 3
    assert f"the 95 % interval of {', '.join(wide)} is wider than the range of a share" in found.remark
    assert "wider" not in sensitivity(filled(tmp_path / "t", "saltelli", 512), "innovation").remark
