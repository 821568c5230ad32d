"""Regressions of pyfixest behind our interface."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evaluation.estimators.fixed_effects import fixed_effects
from experiments.evaluation.estimators.fixest_adapter import (
    further_fixed_effects,
    instrumented,
    optional_package,
    poisson,
)
from experiments.evaluation.known_effect import lot_panel
from model.files.user_tables import InputError


@pytest.fixture(scope="module")
def lots() -> pd.DataFrame:
    frame = lot_panel(1, hosts=20, effect=0.1, cities=50, years=12)
    rng = np.random.default_rng(4)
    city = frame["city_id"].to_numpy() - 1
    moved = rng.normal(size=50)[city] * (frame["year"] - 2005)
    other = 0.1 * moved + rng.normal(size=len(frame))
    return frame.assign(
        province=city % 6,
        people=np.exp(rng.normal(size=50))[city],
        slope=moved / np.maximum(frame["year"] - 2005, 1),
        other=other,
        second=0.5 * other + rng.normal(size=len(frame)),
        patents=rng.poisson(np.exp(1.0 + frame["outcome"])),
    ).assign(slope=lambda one: one.groupby("city_id")["slope"].transform("last"))


def test_least_squares_are_ours_where_both_can(lots: pd.DataFrame) -> None:
    pytest.importorskip("pyfixest")
    ours = fixed_effects(lots, "outcome", controls=["size"], cov_type="cluster")
    theirs = further_fixed_effects(lots, "outcome", controls=["size"])
    assert theirs.params["centre"] == pytest.approx(ours.params["centre"], abs=1e-9)
    assert theirs.bse["centre"] == pytest.approx(ours.bse["centre"], rel=1e-6)
    assert theirs.dof == ours.dof


def test_effects_clusters_weights_and_counts_are_those_of_pyfixest(lots: pd.DataFrame) -> None:
    pyfixest = pytest.importorskip("pyfixest")
    effects = ("city_id", "province^year")
    found = further_fixed_effects(lots, "outcome", effects=effects, cluster="province", weights="people")
    with optional_package("pyfixest"):
        formula = "outcome ~ centre | city_id + province^year"
        own = pyfixest.feols(formula, lots, vcov={"CRV1": "province"}, weights="people", fixef_rm="none")
        counted = pyfixest.fepois("patents ~ centre | city_id + year", lots, vcov={"CRV1": "city_id"})
    assert found.params["centre"] == pytest.approx(float(own.coef()["centre"]), abs=1e-8)
    assert found.bse["centre"] == pytest.approx(float(own.se()["centre"]), rel=1e-3)
    assert found.dof == 5
    many = poisson(lots, "patents")
    assert many.params["centre"] == pytest.approx(float(counted.coef()["centre"]), abs=1e-8)
    with pytest.raises(InputError, match="column outcome has negative numbers"):
        poisson(lots.assign(outcome=-1.0), "outcome")
    with pytest.raises(InputError, match="the panel has no column 'county'"):
        further_fixed_effects(lots, "outcome", cluster="county")


def test_instruments_come_with_their_strength_and_a_set_that_holds_when_they_are_weak(
    lots: pd.DataFrame,
) -> None:
    pytest.importorskip("pyfixest")
    strong = instrumented(lots, ["slope"], "second", "other").details
    assert strong["first_stage_f"] > 20
    low, high = strong["anderson_rubin"]
    assert low < 0.5 < high
    assert high - low < 1.0
    weak = instrumented(lots, ["people"], "second", "other").details
    assert weak["first_stage_f"] < 10
    assert np.ptp(weak["anderson_rubin"]) > 2 * (high - low)
    # One instrument: the set ends where the reduced form of outcome − b·treatment has p = 0.05.
    moved = lots.assign(
        off=lots["second"] - high * lots["other"], by_year=lots["slope"] * (lots["year"] - 2005)
    )
    reduced = further_fixed_effects(moved, "off", "by_year")
    assert reduced.pvalues["by_year"] == pytest.approx(0.05, abs=1e-4)


def test_a_missing_package_is_one_sentence() -> None:
    with (
        pytest.raises(InputError, match=r"nothing_of_this_name is not installed .*computeleap\[evaluation\]"),
        optional_package("nothing_of_this_name"),
    ):
        pass
