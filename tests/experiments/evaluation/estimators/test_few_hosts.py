"""Wild bootstrap and join counts."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.evaluation.estimators.few_hosts import join_count, romano_wolf_p, wild_bootstrap_p
from experiments.evaluation.estimators.fixed_effects import estimate_fixed_effects
from experiments.evaluation.estimators.panel_data import PanelData, panel_data
from experiments.evaluation.known_effect import lot_panel
from model.files.user_tables import InputError
from tests.support.city_panels import eight_hosts, simple_panel


def test_the_wild_bootstrap_is_that_of_pyfixest() -> None:
    """pyfixest 0.60 with wildboottest, 9,999 draws: p 0.4945 and 0.9024, whose own error is 0.005."""
    plain = panel_data(simple_panel(2, effect=0.03), "outcome", "centre")
    assert wild_bootstrap_p(plain, 9_999) == pytest.approx(0.4945, abs=0.015)
    controls = [f"x{number}" for number in range(1, 11)]
    eight = panel_data(eight_hosts(), "outcome", "centre", controls)
    assert wild_bootstrap_p(eight, 9_999) == pytest.approx(0.9024, abs=0.015)
    assert wild_bootstrap_p(eight, 99, seed=2) == wild_bootstrap_p(eight, 99, seed=2)


def test_the_wild_bootstrap_is_the_refitted_one() -> None:
    """Against regressions of drawn outcomes, fitted one by one: as many t beyond the panel's own."""
    frame = simple_panel(4, cities=20, effect=0.1)
    data = panel_data(frame, "outcome", "centre")
    assert wild_bootstrap_p(data, 199) == pytest.approx(_refitted(data, 199), abs=1e-12)


def _refitted(data: PanelData, draws: int) -> float:
    from dataclasses import replace

    from model.engine.draws import stream_key, uniforms

    own = estimate_fixed_effects(data, "cluster").tvalues.iloc[0]
    restricted = estimate_fixed_effects(data, "cluster").details["residuals"][:, 0]
    drawn = uniforms(stream_key(1, "evaluation.wild", 0), np.arange(draws * data.cities))
    signs = np.where(drawn.reshape(draws, -1) < 0.5, -1.0, 1.0)
    t = [
        estimate_fixed_effects(replace(data, outcome=restricted * sign[data.city]), "cluster").tvalues.iloc[0]
        for sign in signs
    ]
    return float((1 + (np.abs(t) >= abs(own)).sum()) / (1 + draws))


def test_hosts_in_one_region_are_noticed() -> None:
    lot = lot_panel(1, hosts=20, cities=80)
    assert join_count(panel_data(lot, "outcome", "centre")).p > 0.05
    west = lot.drop_duplicates("city_id").nsmallest(20, "lon")["city_id"]
    near = lot.assign(centre=(lot["city_id"].isin(west) & (lot["year"] > 2010)).astype(float))
    found = join_count(panel_data(near, "outcome", "centre"))
    assert found.p < 0.01
    assert found.pairs > 2 * found.expected
    assert found.expected == pytest.approx(20 * 5 * 19 / 79, rel=0.05)
    with pytest.raises(InputError, match="distances between cities need lon and lat of every city"):
        join_count(panel_data(simple_panel(1), "outcome", "centre"))


def test_several_hypotheses_are_stricter_than_each_alone() -> None:
    first, second = simple_panel(2, effect=0.03), simple_panel(3, effect=0.0)
    panels = {
        "weak": panel_data(first, "outcome", "centre"),
        "none": panel_data(first.assign(outcome=second["outcome"]), "outcome", "centre"),
        "strong": panel_data(simple_panel(2, effect=0.5), "outcome", "centre"),
    }
    found = romano_wolf_p(panels, 499)
    alone = {name: wild_bootstrap_p(data, 499) for name, data in panels.items()}
    assert all(found[name] >= alone[name] for name in panels)
    assert found["strong"] == alone["strong"] == 1 / 500
    assert romano_wolf_p({"weak": panels["weak"]}, 499) == {"weak": alone["weak"]}
