"""The chain, compute by year and what centres cost, on pairs small enough to count by hand."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from experiments.measures.economic_effects import (
    KINDS_OF_USE,
    PRICE,
    centre_costs,
    centres_by_year,
    chain_by_city,
    chain_by_group,
    compute_by_year,
    rising,
)
from experiments.measures.twin_pairs import Pair

YEARS = np.arange(2020, 2026)
CITIES = pd.DataFrame({"city_id": [10, 20, 30], "name_en": ["A", "B", "C"], "name_zh": ["甲", "乙", "丙"]})


def constant(*values: float) -> np.ndarray:
    return np.tile(np.array(values, dtype=float), (len(YEARS), 1))


def pair(seed: int = 1, lift: float = 0.0) -> Pair:
    """City 0 hosts. Without centres: firms 10, 30, 0; rungs 1, 2, 0; value added 2, 6, 0."""
    without = {
        "innovation": constant(1, 1, 1),
        "firms": constant(10, 30, 0),
        "chain_position": constant(1, 2, 0),
        "value_added": constant(2, 6, 0),
        "basic_use": constant(1, 1, 0),
        "intelligent_use": constant(2, 2, 0),
        "super_use": constant(0, 1, 0),
        "compute_use": constant(3, 4, 0),
        "compute_bill": constant(1, 3, 0),
        "compute_price": constant(2, 4, 1),
        "gdp": constant(40, 60, 0),
        "real_gdp": constant(40, 60, 0),
        "centre_investment": constant(0, 0, 0),
    }
    treated = {
        **without,
        "chain_position": constant(1.5 + lift, 2, 0),
        "value_added": constant(4, 6, 0),
        "intelligent_use": constant(4, 2, 0),
        "compute_use": constant(5, 4, 0),
        "real_gdp": constant(43 + 100 * lift, 60, 0),
        "centre_investment": constant(1, 0, 0),
    }
    return Pair(seed, YEARS, np.array([0]), treated, without)


def test_groups_of_cities_climb_by_the_mean_of_their_firms() -> None:
    """Country: (10·1 + 30·2)/40 = 1.75 without, (10·1.5 + 30·2)/40 = 1.875 with; value added 8 → 10."""
    rows = chain_by_group([pair()]).set_index("group")
    assert rows["rung"].tolist() == [1.0, 2.0, 1.75]
    assert rows["climb"].tolist() == [0.5, 0.0, 0.125]
    assert rows["value_added"].tolist() == pytest.approx([100 * math.log(2), 0.0, 100 * math.log(10 / 8)])
    assert rows["climb_se"].isna().all()
    # Two seeds with changes of 0.5 and 0.7: mean 0.6, s.e. 0.1414/√2 = 0.1.
    both = chain_by_group([pair(), pair(2, 0.2)]).set_index("group")
    assert both.loc["host cities", ["climb", "climb_se"]].tolist() == pytest.approx([0.6, 0.1])


def test_a_city_has_its_share_of_value_added_and_its_change() -> None:
    rows = chain_by_city([pair(), pair(2, 0.2)], CITIES).set_index("city_id")
    assert rows["value_added"].tolist() == [0.25, 0.75, 0.0]
    assert rows["firms"].tolist() == [10.0, 30.0, 0.0]
    assert rows["host"].tolist() == [1.0, 0.0, 0.0]
    assert rows["position"].tolist() == [1.0, 2.0, 0.0]
    assert rows.loc[10, ["position_change", "position_se"]].tolist() == pytest.approx([0.6, 0.1])
    assert rows["value_added_effect"].tolist() == pytest.approx([100 * math.log(2), 0, np.nan], nan_ok=True)


def test_risers_have_five_firms_and_rise() -> None:
    chain = pd.DataFrame(
        {"city_id": [1, 2, 3, 4], "position_change": [0.1, 0.9, 0.3, -0.2], "firms": [9.0, 4.0, 5.0, 50.0]}
    )
    assert rising(chain, 5)["city_id"].tolist() == [3, 1]
    assert rising(chain, 1)["city_id"].tolist() == [3]


def test_compute_is_summed_over_cities_and_its_price_weighted_by_bills() -> None:
    """Price: exp((1·ln 2 + 3·ln 4)/4) = 2^(7/4)."""
    rows = compute_by_year([pair()])
    assert len(rows) == len(YEARS) * (len(KINDS_OF_USE) + 1)
    first = rows[rows["year"] == 2020].set_index("quantity")
    assert first["without"].tolist() == pytest.approx([2.0, 4.0, 1.0, 7.0, 2**1.75])
    assert first["with"].tolist() == pytest.approx([2.0, 6.0, 1.0, 9.0, 2**1.75])
    assert first.loc[KINDS_OF_USE["compute_use"], "change"] == pytest.approx(100 * math.log(9 / 7))
    assert first.loc[PRICE, "change"] == 0.0
    assert first.loc[PRICE, "unit"] == "money/compute"


def test_a_kind_that_is_not_used_has_no_change() -> None:
    one = pair()
    for arm in (one.with_centres, one.without):
        arm["super_use"] = constant(0, 0, 0)
    rows = compute_by_year([one]).set_index("quantity")
    assert rows.loc[KINDS_OF_USE["super_use"], "with"].tolist() == [0.0] * len(YEARS)
    assert rows.loc[KINDS_OF_USE["super_use"], "change"].isna().all()


def test_costs_and_gains_are_shares_of_gdp() -> None:
    """A GDP of 100: 1 % a year is spent, 3 % gained; six years. The second seed gains 23 %."""
    rows = centre_costs([pair()]).set_index("quantity")["mean"]
    assert rows.to_dict() == pytest.approx(
        {"centres": 1.0, "centres_total": 6.0, "gain": 3.0, "gain_total": 18.0, "per_money": 3.0}
    )
    both = centre_costs([pair(), pair(2, 0.2)]).set_index("quantity")
    assert both.loc["per_money", ["mean", "se", "seeds"]].tolist() == pytest.approx([13.0, 10.0, 2])


def test_without_centres_nothing_is_spent_and_no_ratio_is_told() -> None:
    one = pair()
    twin = Pair(1, YEARS, np.array([], dtype=int), one.without, one.without)
    rows = centre_costs([twin]).set_index("quantity")
    assert rows.loc["centres", "mean"] == 0.0
    assert rows.loc["per_money", "seeds"] == 0


@pytest.mark.parametrize(
    ("make", "missing"),
    [
        (chain_by_group, "chain_position"),
        (compute_by_year, "basic_use"),
        (centre_costs, "centre_investment"),
        (lambda found: chain_by_city(found, CITIES), "value_added"),
    ],
)
def test_a_table_whose_measures_are_missing_is_empty(make, missing: str) -> None:
    one, whole = pair(), make([pair()])
    del one.without[missing]
    empty = make([one])
    assert len(empty) == 0
    assert list(empty.columns) == list(whole.columns)


def test_use_of_centres_is_that_of_all_together() -> None:
    """Two seeds. Basic: 4·(10 + 10) served of 4·(20 + 20); super works from 2021 on, half of the year."""
    rows = [
        {"seed": seed, "kind": kind, "year": year, "operating": working, "served": served, "capacity": size}
        for seed in (1, 2)
        for kind, year, working, served, size in (
            ("basic", 2020, 1.0, 10.0, 20.0),
            ("super", 2020, 0.0, 0.0, 100.0),
            ("basic", 2021, 1.0, 10.0, 20.0),
            ("super", 2021, 0.5, 30.0, 100.0),
        )
    ]
    found = centres_by_year(pd.DataFrame(rows)).set_index(["kind", "year"])
    assert found.loc[("basic", 2020), ["capacity", "served", "use"]].tolist() == [80.0, 40.0, 0.5]
    assert math.isnan(found.loc[("super", 2020), "use"])
    assert found.loc[("super", 2021), "use"] == pytest.approx(0.6)  # 30 of the 50 that it could
    assert found.loc[("all", 2021), "use"] == pytest.approx(40 / 70)
    assert not len(centres_by_year(None))
    assert not len(centres_by_year(pd.DataFrame(rows).drop(columns="served")))
