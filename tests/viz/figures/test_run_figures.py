"""Figures show what the tables say, with units, and no label stands on another."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

import viz.figures.label_placement
from viz.figures.label_placement import city_labels, spread
from viz.figures.run_figures import (
    BLUE,
    all_figures,
    channel_chart,
    colour_limit,
    distance_chart,
    effect_map,
    gap_chart,
    png,
    rank_chart,
    strength_chart,
    write_figures,
)

Tables = dict[str, pd.DataFrame]
UNITS = re.compile(r"%|degrees|km|year$|places|points|no unit|with − without")


@pytest.fixture(autouse=True)
def no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same labels on every machine."""
    monkeypatch.setattr(viz.figures.label_placement, "chinese_font", lambda: None)


def overlaps(figure: Figure, texts: list[Text]) -> list[tuple[str, str]]:
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    # The words, not the box or the line around them.
    boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts]
    return [(a, b) for (a, one), (b, two) in combinations(boxes, 2) if one.overlaps(two)]


def test_all_figures_have_titles_and_units_on_their_axes(tables: Tables) -> None:
    figures = all_figures(tables)
    assert list(figures) == ["map", "distance", "channels", "gap", "ranks", "host_strength"]
    for figure in figures.values():
        assert figure.get_suptitle()
        for axes in figure.axes:
            labels = [axes.get_xlabel(), axes.get_ylabel()]
            assert any(labels), figure.get_suptitle()
            assert all(UNITS.search(label) for label in labels if label), labels
            # An axis without a label has names, or shares the one below.
            for axis, label in zip((axes.xaxis, axes.yaxis), labels, strict=True):
                ticks = [tick.get_text() for tick in axis.get_ticklabels() if tick.get_visible()]
                assert label or not any(re.fullmatch(r"[−\d.]+", tick) for tick in ticks), ticks


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


def test_the_gap_chart_draws_both_arms_and_a_band(tables: Tables) -> None:
    over_time = tables["gap_over_time"]
    figure = gap_chart(over_time)
    assert len(figure.axes) == 6
    theil = over_time[over_time["index"] == "Theil"]
    without, with_centres = figure.axes[0].lines
    assert without.get_ydata().tolist() == theil["without"].tolist()
    assert with_centres.get_ydata().tolist() == theil["with"].tolist()
    assert without.get_linestyle() != with_centres.get_linestyle()  # also told apart in grey
    (band,) = figure.axes[3].collections
    last = theil.iloc[-1]
    low, high = last["difference"] - 2 * last["se"], last["difference"] + 2 * last["se"]
    corners = band.get_paths()[0].vertices
    at_end = corners[corners[:, 0] == last["year"]][:, 1]
    assert at_end.min() == pytest.approx(low)
    assert at_end.max() == pytest.approx(high)


def test_the_rank_chart_shows_the_cities_that_gain_most(tables: Tables) -> None:
    ranks = tables["ranks"]
    figure = rank_chart(ranks)
    (axes,) = figure.axes
    slopes = [line for line in axes.lines if list(line.get_xdata()) == [0, 1]]
    best = ranks[ranks["gain"] > 0].sort_values("gain", ascending=False).head(15)
    assert [line.get_ydata().tolist() for line in slopes] == best[
        ["rank_without", "rank_with"]
    ].to_numpy().tolist()
    assert len(slopes) == 12
    assert sum(line.get_color() == BLUE for line in slopes) == (best["host"] > 0).sum()
    bottom, top = axes.get_ylim()
    assert bottom > top  # the best rank on top
    assert len(axes.texts) == 24
    assert overlaps(figure, list(axes.texts)) == []


def test_the_rank_chart_keeps_close_ranks_apart(tables: Tables) -> None:
    ranks = tables["ranks"].assign(
        rank_without=50.0, rank_with=lambda t: 50.0 - t["gain"].abs() / 100, gain=0.5, host=0.0
    )
    figure = rank_chart(ranks)
    assert len(figure.axes[0].texts) == 30
    assert overlaps(figure, list(figure.axes[0].texts)) == []


def heights(axes: Axes) -> list[float]:
    return [bar.get_height() for bar in axes.patches]


def test_hosts_have_a_scale_of_their_own_in_the_distance_chart(tables: Tables) -> None:
    figure = distance_chart(tables["distance"], tables["effects"])
    hosts, others = figure.axes
    assert heights(hosts) == [10.123]
    assert heights(others) == [-1.5, -0.75, 0.02, 0.3, 0.4]
    assert hosts.get_ylim()[1] > 3 * others.get_ylim()[1]
    names = [tick.get_text() for tick in others.get_xticklabels()]
    assert names[0] == "0–150\n(10)"
    bars = others.containers[1].lines[2][0].get_segments()
    assert bars[0][:, 1].tolist() == pytest.approx([-1.9, -1.1])  # ±2 s.e.


def test_no_axis_mixes_units_of_channels(tables: Tables) -> None:
    channels = tables["channels"]
    figure = channel_chart(channels)
    assert len(figure.axes) == 3
    for axes, (unit, here) in zip(figure.axes, channels.groupby("unit", sort=False), strict=True):
        assert axes.get_xlabel() == f"change, {unit}"
        assert [bar.get_width() for bar in axes.patches] == here["mean"].tolist()
        assert [tick.get_text() for tick in axes.get_yticklabels()] == here["channel"].tolist()
    assert "+16.60 ± 0.70" in {text.get_text() for axes in figure.axes for text in axes.texts}


def test_weak_and_strong_hosts_side_by_side(tables: Tables) -> None:
    effect, places = strength_chart(tables["host_strength"]).axes
    assert [bar.get_width() for bar in effect.patches] == [12.0, 8.0, 4.0]
    assert [bar.get_width() for bar in places.patches] == [7.0, 5.0, 2.0]
    assert [tick.get_text() for tick in places.get_yticklabels()] == [
        "weak hosts",
        "strong hosts",
        "weak − strong",
    ]
    assert effect.get_xlabel() == "effect on innovation, %"


def test_one_seed_draws_no_error_bars(one_seed: Tables) -> None:
    for figure in all_figures(one_seed).values():
        png(figure)
    _, others = distance_chart(one_seed["distance"], one_seed["effects"]).axes
    assert len(others.containers) == 1
    points = effect_map(one_seed["cities"]).axes[0].collections[0]
    assert len(set(points.get_sizes())) == 1  # nothing is told from zero: no city is drawn as less certain


def test_without_centres_there_is_no_figure(no_centres: Tables) -> None:
    assert all_figures(no_centres) == {}


def test_a_table_without_values_makes_no_figure(tables: Tables) -> None:
    tables["host_strength"] = pd.DataFrame()
    tables["distance"] = tables["distance"].assign(mean=np.nan)
    tables["ranks"] = tables["ranks"].assign(gain=-1.0)
    assert set(all_figures(tables)) == {"map", "channels", "gap"}


def test_files_are_png_and_the_same_each_time(tables: Tables, tmp_path: Path) -> None:
    paths = write_figures(tmp_path / "figures", {"ranks": rank_chart(tables["ranks"])})
    assert paths == [tmp_path / "figures" / "ranks.png"]
    assert paths[0].read_bytes().startswith(b"\x89PNG")
    assert paths[0].read_bytes() == png(rank_chart(tables["ranks"]))


def test_names_that_no_font_can_write_are_replaced() -> None:
    cities = pd.DataFrame({
        "city_id": [1, 2, 3, 4],
        "name_en": ["Guiyang", "贵阳", "", "Ürümqi"],
        "name_zh": ["贵阳市", "x" * 40, None, "市"],
    })  # fmt: skip
    assert city_labels(cities) == ["Guiyang", "x" * 27 + "…", "3", "Ürümqi"]
    assert city_labels(cities.drop(columns="name_zh")) == ["Guiyang", "2", "3", "Ürümqi"]


def test_chinese_names_are_used_where_a_font_has_their_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    cities = pd.DataFrame(
        {"city_id": [1, 2], "name_en": ["Guiyang", "Xi'an"], "name_zh": ["贵阳市", "西安市"]}
    )
    letters = {
        "Some Chinese": frozenset(map(ord, "贵阳市")),
        viz.figures.label_placement.LATIN: frozenset(range(128)),
    }
    monkeypatch.setattr(viz.figures.label_placement, "chinese_font", lambda: "Some Chinese")
    monkeypatch.setattr(viz.figures.label_placement, "_letters", letters.__getitem__)
    assert city_labels(cities) == ["贵阳市", "Xi'an"]


def test_a_name_is_text_and_no_formula(tables: Tables) -> None:
    hostile = "$\\frac{1}$ \n _^&"
    for name in ("cities", "ranks"):
        tables[name] = tables[name].assign(name_en=hostile)
    for figure in all_figures(tables).values():
        png(figure)
    texts = [text.get_text() for text in rank_chart(tables["ranks"]).axes[0].texts]
    assert all("$\\frac{1}$ _^&" in text for text in texts)


def test_a_single_city_can_be_drawn(tables: Tables) -> None:
    png(effect_map(tables["cities"].head(1)))
    png(rank_chart(tables["ranks"].head(1)))


@given(st.lists(st.floats(0.0, 100.0), max_size=20), st.floats(0.1, 10.0))
def test_spread_keeps_the_order_and_the_gap(places: list[float], gap: float) -> None:
    found = spread(places, gap)
    order = np.argsort(places, kind="stable")
    assert len(found) == len(places)
    assert (np.diff(found[order]) >= gap - 1e-9).all()
    if len(places) and (np.diff(np.array(places)[order]) >= gap).all():
        assert found == pytest.approx(places)  # nothing to do
