"""Calibration from a store: known posteriors, noise of runs, coverage of truths."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.sweep import Sweep, SweepError
from experiments.sweep.analysis.calibration import calibrate
from experiments.sweep.analysis.calibration_targets import read_targets, targets_of
from experiments.sweep.analysis.replications import replication_covariance, replications_of
from tests.support.long_version import LONG

MakeStore = Callable[..., Sweep]
SUM_AND_DIFFERENCE = {"innovation": {"value": 1.0, "se": 0.05}, "theil": {"value": 0.2, "se": 0.05}}


def noisy(own: float, shared: float = 0.0, seeds: int = 20, root: int = 5) -> Any:
    """innovation = u₁ + u₂, theil = u₁ − u₂, each with noise of a run and of a seed."""
    rng = np.random.default_rng(root)
    of_seed = shared * rng.standard_normal((seeds, 2))

    def formula(u: np.ndarray, seed: np.ndarray) -> dict[str, np.ndarray]:
        noise = own * rng.standard_normal((len(u), 2)) + of_seed[seed]
        return {"innovation": u[:, 0] + u[:, 1] + noise[:, 0], "theil": u[:, 0] - u[:, 1] + noise[:, 1]}

    return formula


def test_a_linear_model_has_the_posterior_that_algebra_gives(make_store: MakeStore) -> None:
    found = calibrate(make_store(noisy(0.0)), SUM_AND_DIFFERENCE, truths=0)
    table = found.table.set_index("factor")
    # u₁ = (1.0 + 0.2)/2 and u₂ = (1.0 − 0.2)/2, each with s.d. 0.05·√2/2; cut at 3 s.d., which takes 1.3 %.
    sd = 0.05 / np.sqrt(2.0) * 0.987
    assert table.loc["substitution", "mean"] == pytest.approx(1.6, abs=0.005)
    assert table.loc["home_reach", "mean"] == pytest.approx(140.0, abs=0.5)
    assert table.loc["substitution", "sd"] == pytest.approx(sd, rel=0.1)
    assert table.loc["home_reach", "sd"] == pytest.approx(100.0 * sd, rel=0.1)
    assert table.loc["substitution", "p95"] == pytest.approx(1.6 + 1.645 * sd, abs=0.01)
    assert table.loc["substitution", "narrowed"] == pytest.approx(1.0 - sd * np.sqrt(12.0), abs=0.03)
    # Within 3 s.d. of both targets lies a square, turned, of sides 0.3/√2.
    assert found.share_left == pytest.approx(0.3 * 0.3 / 2.0, rel=0.1)
    assert found.fit["off"].abs().max() < 0.1
    assert found.fit["explained"].min() > 0.999
    design = (found.points["substitution"] - 1.0, found.points["home_reach"] / 100.0 - 1.0)
    off = np.maximum(abs(design[0] + design[1] - 1.0), abs(design[0] - design[1] - 0.2)) / 0.05
    np.testing.assert_allclose(found.points["implausibility"], off, rtol=0.1)
    assert found.remaining == (found.points["implausibility"] <= 3.0).sum()
    assert found.sample["weight"].sum() == pytest.approx(1.0)


def test_what_no_target_speaks_of_stays_as_it_was(make_store: MakeStore) -> None:
    store = make_store(lambda u, seed: {"innovation": u[:, 0]})
    table = calibrate(store, {"innovation": {"value": 0.3, "se": 0.02}}, truths=0).table.set_index("factor")
    assert table.loc["substitution", "mean"] == pytest.approx(1.3, abs=0.005)
    assert table.loc["home_reach", "narrowed"] == pytest.approx(0.0, abs=0.06)
    assert table.loc["home_reach", "p05"] == pytest.approx(105.0, abs=3.0)


@pytest.mark.parametrize("common", [False, True])
def test_noise_widens_the_posterior(make_store: MakeStore, common: bool) -> None:
    """The observed economy is one run: its noise counts, as does that of seeds shared by all points."""
    shared = 0.05 if common else 0.0
    store = make_store(noisy(0.04, shared, 20), replications=20, common=common)
    covariance = replication_covariance(
        replications_of(store, {"innovation": ("innovation", None), "theil": ("theil", None)})
    )
    assert covariance is not None
    np.testing.assert_allclose(np.sqrt(np.diag(covariance.own)), 0.04, rtol=0.1)
    np.testing.assert_allclose(np.diag(covariance.one_run), 0.04**2 + shared**2, rtol=0.5)
    assert (np.diag(covariance.shared) > 0.0).all() == common
    found = calibrate(store, SUM_AND_DIFFERENCE, truths=0)
    around = 0.05**2 + np.diag(covariance.one_run) + np.diag(covariance.shared)
    expected = np.sqrt(around.sum()) / 2.0 * 0.987
    assert found.table.set_index("factor").loc["substitution", "sd"] == pytest.approx(expected, rel=0.12)
    assert found.fit["run_sd"].tolist() == pytest.approx(np.sqrt(np.diag(covariance.one_run)).tolist())


@LONG
def test_truths_are_found_again_as_often_as_said(make_store: MakeStore) -> None:
    store = make_store(noisy(0.06), {"n": 80}, replications=4)
    truths = 60
    found = calibrate(store, SUM_AND_DIFFERENCE, truths=truths)
    assert found.coverage["truths"].tolist() == [truths, truths]
    # Nine of ten are expected, within three s.d. of a binomial.
    assert (abs(found.coverage["inside"] - 0.9 * truths) <= 3.0 * np.sqrt(0.09 * truths)).all()
    assert (found.coverage["low"] < found.coverage["share"]).all()


@LONG
def test_coverage_falls_when_the_noise_is_not_known(
    make_store: MakeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check can fail: without noise in the variance the intervals are too narrow, and it says so."""
    from experiments.sweep.analysis import calibration

    store = make_store(noisy(0.2), {"n": 60}, replications=4)
    targets = {name: {**target, "se": 0.02} for name, target in SUM_AND_DIFFERENCE.items()}
    truths = 30
    honest = calibrate(store, targets, truths=truths).coverage["share"].mean()

    def small(found: Any) -> Any:
        covariance = replication_covariance(found)
        assert covariance is not None
        return type(covariance)(covariance.one_run / 100.0, covariance.own, covariance.shared)

    monkeypatch.setattr(calibration, "replication_covariance", small)
    wrong = calibrate(store, targets, truths=truths).coverage["share"].mean()
    assert honest > 0.8
    assert wrong < 0.6


def test_words_have_shares_and_conditions_hold(make_store: MakeStore) -> None:
    factors = {
        "substitution": {"low": 1.0, "high": 3.0, "scale": "log"},
        "scenario": ["none", "random_hosts"],
    }
    store = make_store(
        lambda u, seed: {"innovation": u[:, 0] + np.where(u[:, 1] < 0.5, 0.0, 0.5)},
        {"n": 60, "factors": factors, "where": "substitution < 2.5"},
    )
    found = calibrate(store, {"innovation": {"value": 0.3, "se": 0.02}}, truths=8)
    table = found.table.set_index("factor")
    assert table.loc["scenario = none", "mean"] == pytest.approx(1.0, abs=1e-9)
    assert table.loc["scenario = random_hosts", "mean"] == pytest.approx(0.0, abs=1e-9)
    assert table.loc["substitution", "p50"] == pytest.approx(3.0**0.3, rel=0.02)
    assert found.sample["substitution"].max() < 2.5
    # 6 s.d. of the unit range of one of two words, of the 0.834 that the condition leaves.
    assert found.share_left == pytest.approx(0.12 / 2.0 / (np.log(2.5) / np.log(3.0)), rel=0.15)
    assert found.coverage["truths"].tolist() == [8, 8]


def test_a_target_may_be_of_years(make_store: MakeStore) -> None:
    target = {"early": {"metric": "innovation", "years": [2010, 2011], "value": -1.0, "tolerance": 0.1}}
    found = calibrate(make_store(lambda u, seed: {"innovation": u[:, 0]}), target, truths=0)
    # In 2010 and 2011 it is on average 1.5 below the final value: u₁ = 0.5.
    assert found.table.set_index("factor").loc["substitution", "mean"] == pytest.approx(1.5, abs=0.01)
    assert found.fit["sd"].tolist() == pytest.approx([0.1 / np.sqrt(3.0)])
    with pytest.raises(SweepError, match="no run of the store has innovation in all the years 1999 to 2000"):
        calibrate(make_store(noisy(0.0)), {"innovation": {"value": 1.0, "se": 1.0, "years": [1999, 2000]}})


def test_failed_runs_are_left_out_and_told(make_store: MakeStore) -> None:
    store = make_store(noisy(0.02, 0.2, 4), replications=4, common=True, lost=(0, 4, 5, 6, 7, 13))
    found = replications_of(store, {"innovation": ("innovation", None)})
    assert found.remark == "6 of 160 runs have no result and are left out, and 1 of 40 points with them"
    assert 1 not in found.points
    whole = make_store(noisy(0.02, 0.2, 4), replications=4, common=True)
    every = replications_of(whole, {"innovation": ("innovation", None)})
    # Seeds differ by 0.2: without their effects taken out the means would be off by 0.05 and more.
    off = found.means()[:, 0] - np.delete(every.means()[:, 0], 1)
    assert np.abs(off).max() < 0.03
    remark = calibrate(store, SUM_AND_DIFFERENCE, truths=0).remark
    assert remark.startswith("6 of 160 runs have no result")
    assert "the variance of a run is estimated from 4 draws only" in remark
    lost = tuple(range(9))
    with pytest.raises(SweepError, match="9 of 40 points have no results of innovation, theil, more than"):
        calibrate(make_store(noisy(0.0), lost=lost), SUM_AND_DIFFERENCE)


def test_one_run_a_point_is_told(make_store: MakeStore) -> None:
    found = calibrate(make_store(noisy(0.05), {"n": 80}, common=True), SUM_AND_DIFFERENCE, truths=0)
    assert "noise that all points share is not seen at all" in found.remark
    assert found.fit["run_sd"].tolist() == pytest.approx([0.05, 0.05], rel=0.3)


def test_what_cannot_be_answered_is_refused(make_store: MakeStore) -> None:
    store = make_store(noisy(0.0))
    with pytest.raises(SweepError, match="did you mean innovation"):
        calibrate(store, {"inovation": {"value": 1.0, "se": 0.1}})
    with pytest.raises(SweepError, match="2 factors need 20, and there are 19"):
        calibrate(make_store(noisy(0.0), {"n": 19}), SUM_AND_DIFFERENCE)
    with pytest.raises(SweepError, match=r"at the best one innovation is still 1\d\.\d s\.d\. off"):
        calibrate(store, {"innovation": {"value": 3.0, "se": 0.07}})
    with pytest.raises(SweepError, match="innovation has the same value at every point"):
        calibrate(
            make_store(lambda u, seed: {"innovation": np.ones(len(u))}), {"innovation": {"value": 1, "se": 1}}
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"a": {"value": 1.0}}, "targets.a needs se or tolerance of 1e-100 or more"),
        ({"a": {"se": 1.0}}, "targets.a.value is missing"),
        ({"a": {"value": 1.0, "tolerence": 1.0}}, "no key targets.a.tolerence; did you mean tolerance"),
        ({"a": {"value": "x", "se": 1.0}}, "targets.a.value must be a number, at most .*, not 'x'"),
        ({"a": {"value": 1.0, "se": -1.0}}, "targets.a.se cannot be below 0"),
        ({"a": {"value": 1.0, "se": 1.0, "years": [2010]}}, r"targets.a.years must be \[first, last\]"),
        ({"a": 3}, "targets.a must be a table"),
        ({}, "there are no targets"),
    ],
)
def test_targets_are_checked(given: Any, said: str) -> None:
    with pytest.raises(SweepError, match=said):
        targets_of(given)


def test_targets_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "targets.toml"
    file.write_text(
        '[targets.gap]\nmetric = "theil"\nvalue = 0.5\nse = 0.02\ntolerance = 0.1\n', encoding="utf-8"
    )
    (target,) = read_targets(file)
    assert (target.name, target.metric, target.value) == ("gap", "theil", 0.5)
    assert target.variance == pytest.approx(0.02**2 + 0.01 / 3.0)
    file.write_text("[target.gap]\nvalue = 1\n", encoding="utf-8")
    with pytest.raises(SweepError, match=r"must hold tables \[targets.NAME\]"):
        read_targets(file)
    with pytest.raises(SweepError, match="cannot be read"):
        read_targets(tmp_path / "none.toml")
