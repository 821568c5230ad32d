"""The charts of the country."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.effect_tables import distance_profile
from experiments.measures.twin_pairs import Pair
from viz.app.explore.country_charts import COUNTRY, LEVELS, bar_data
from viz.app.explore.rank_changes import RANKS
from viz.app.explore.run_options import ALL
from viz.app.explore.seed_spread import Spread, channel_effects, effect_by_band
from viz.app.explore.snapshot import Snapshot
from viz.app.ui.translations import translator

TR = translator("en")


def study_pair(shot: Snapshot) -> Pair:
    """The snapshot's last four quarters as effect_tables takes them: one year, one window."""
    arms = [
        {
            name: np.array([np.mean(arm.past[name][shot.quarter - 4 : shot.quarter], axis=0)])
            for name in arm.past
        }
        for arm in (shot.run, shot.twin)
    ]
    return Pair(3, np.array([2012]), shot.treated, *arms)


def test_bands_and_channels_are_those_of_the_metrics(played):
    shot = played.snapshot(ALL)
    pair = study_pair(shot)
    effects, sizes = effect_by_band(shot)
    means = [one.mean for one in effects]
    assert means == pytest.approx([one.own for one in effects], nan_ok=True)  # one seed
    wanted = distance_profile([pair], shot.country.cities)
    assert means[1:] == pytest.approx(wanted["mean"].tolist(), nan_ok=True)
    assert sizes[1:] == wanted["cities"].astype(int).tolist()
    innovation = [arm["innovation"][0][pair.hosts].sum() for arm in (pair.with_centres, pair.without)]
    assert means[0] == pytest.approx(100 * np.log(innovation[0] / innovation[1]))
    assert sum(sizes) == len(shot.country.cities)
    talent = [arm["talent"][0][pair.hosts].sum() for arm in (pair.with_centres, pair.without)]
    assert channel_effects(shot)[1].mean == pytest.approx(100 * np.log(talent[0] / talent[1]))
    # Adoption is the firms' mean: cities count by their firms.
    share = [
        (arm["adoption_share"][0] * arm["firms"][0])[pair.hosts].sum() / arm["firms"][0][pair.hosts].sum()
        for arm in (pair.with_centres, pair.without)
    ]
    assert channel_effects(shot)[2].mean == pytest.approx(100 * (share[0] - share[1]))


def axes_of(option: dict) -> list[dict]:
    return [axis for side in ("xAxis", "yAxis") for axis in np.ravel([option[side]])]


@pytest.mark.parametrize(("name", "kind"), [*COUNTRY.items(), *LEVELS.items(), ("ranks", RANKS)])
def test_every_axis_of_numbers_has_a_name_with_its_unit(played, name, kind):
    option, frame = kind.option(TR, ALL), kind.frame(played.snapshot(ALL), TR)
    for axis in axes_of(option):
        assert axis["type"] == "category" or axis["name"]
    assert len(frame["series"]) == len(option["series"])
    assert any(series["data"] for series in frame["series"])


def test_bars_of_few_cities_or_seeds_are_pale_and_intervals_need_three_seeds():
    sure, one_seed = Spread(2.0, 1.0, 3.0, 2.5, 9), Spread(2.0, float("nan"), float("nan"), 2.0, 1)
    bars, whiskers, own = (part["data"] for part in bar_data([sure, sure, one_seed], [False, True, False]))
    colours = [bar["itemStyle"]["color"] for bar in bars]
    assert colours[0] != colours[1] == colours[2]
    assert whiskers == [[1.0, 2.0, 2.0, 2.0, 3.0]] * 2 + ["-"]
    assert own == [2.5, 2.5, None]
