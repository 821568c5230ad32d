"""The map shows every city, rings hosts, and no label covers another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Annotation

from tests.support.text_overlaps import overlaps
from viz.figures.effect_map import colour_limit, effect_map

Tables = dict[str, pd.DataFrame]


def test_the_map_rings_hosts_and_centres_its_colours_on_zero(tables: Tables) -> None:
    cities = tables["cities"]
    axes, bar = effect_map(cities).axes
    points, rings = axes.collections
    assert len(points.get_offsets()) == len(cities) == 60
    assert rings.get_gid() == "hosts"
    hosts = cities.loc[cities["host"] > 0, ["lon", "lat"]].to_numpy()
    assert sorted(map(tuple, rings.get_offsets())) == sorted(map(tuple, hosts))
    assert len(hosts) == 12
    assert points.norm.vcenter == 0.0
    assert points.norm.vmax == -points.norm.vmin == pytest.approx(colour_limit(cities))
    assert axes.get_aspect() == pytest.approx(1 / np.cos(np.radians(cities["lat"].mean())))
    assert "%" in bar.get_ylabel()
    shades = dict(zip(points.get_array().tolist(), points.get_sizes(), strict=True))
    clear = [abs(effect) > 0.8 for effect in shades]
    assert len({size for size, is_clear in zip(shades.values(), clear, strict=True) if is_clear}) == 1
    assert min(shades.values()) < max(shades.values())


def test_the_map_names_the_largest_hosts_without_overlap(tables: Tables) -> None:
    cities = tables["cities"]
    figure = effect_map(cities)
    named = [text for text in figure.axes[0].texts if isinstance(text, Annotation)]
    hosts = cities[cities["host"] > 0].set_index("name_en")["effect"]
    written = {text.get_text() for text in named}
    assert written <= {f"{name} +{effect:.1f}" for name, effect in hosts.items()}
    assert f"{hosts.idxmax()} +{hosts.max():.1f}" in written
    assert len(written) >= 8
    assert overlaps(figure, named) == []


def test_crowded_labels_are_left_out_before_they_overlap(tables: Tables) -> None:
    cities = tables["cities"].assign(lon=np.linspace(110.0, 110.3, 60), lat=30.0, host=1.0)
    figure = effect_map(cities)
    named = [text for text in figure.axes[0].texts if isinstance(text, Annotation)]
    assert 2 <= len(named) <= 14
    assert overlaps(figure, named) == []


def test_the_colour_scale_is_that_of_cities_without_a_centre(tables: Tables) -> None:
    cities = tables["cities"]
    others = cities.loc[cities["host"] == 0, "effect"].abs()
    assert colour_limit(cities) == pytest.approx(np.percentile(others, 95))
    assert colour_limit(cities) < cities["effect"].max() / 3
    assert colour_limit(cities.assign(effect=0.0)) == 1.0
    few = cities[cities["host"] == 1]
    assert colour_limit(few) == pytest.approx(np.percentile(few["effect"], 95))


def test_cities_without_an_effect_are_left_out_and_counted(tables: Tables) -> None:
    cities = tables["cities"].copy()
    cities.loc[[1, 2], "effect"] = np.nan
    figure = effect_map(cities)
    assert len(figure.axes[0].collections[0].get_offsets()) == 58
    assert "58 of 60 mainland cities" in figure.get_suptitle()
