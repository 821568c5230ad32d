"""Figures show what the tables say, with units, and no label covers another."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from tests.support.text_overlaps import overlaps
from viz.figures.effect_map import effect_map
from viz.figures.figure_style import png
from viz.figures.run_figures import (
    all_figures,
    channel_chart,
    distance_chart,
    gap_chart,
    rank_chart,
    strength_chart,
)
from viz.palette import BLUE

Tables = dict[str, pd.DataFrame]
UNITS = re.compile(r"%|degrees|km|year$|places|points|no unit|with − without|rung|money/compute")


def test_all_figures_have_titles_and_units_on_their_axes(tables: Tables) -> None:
    figures = all_figures(tables)
    wanted = ["map", "distance", "channels", "gap", "ranks", "host_strength", "chain", "compute"]
    assert list(figures) == wanted
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
    figure = distance_chart(tables)
    hosts, others, gdp_hosts, gdp_others = figure.axes
    assert heights(gdp_hosts) == [0.75]
    assert heights(gdp_others) == [-0.4, 0.1, 0.2, 0.3, 0.6]
    assert gdp_others.get_ylabel() == "real GDP of other cities, %"
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
        "weak - strong",
    ]
    assert effect.get_xlabel() == "effect on innovation, %"


def test_one_seed_draws_no_error_bars(one_seed: Tables) -> None:
    for figure in all_figures(one_seed).values():
        figure.draw_without_rendering()
    _, others, *_ = distance_chart(one_seed).axes
    assert len(others.containers) == 1
    points = effect_map(one_seed["cities"]).axes[0].collections[0]
    assert len(set(points.get_sizes())) == 1  # nothing is told from zero: no city is drawn as less certain


def test_without_centres_there_is_no_figure(no_centres: Tables) -> None:
    assert all_figures(no_centres) == {}


def test_a_table_without_values_makes_no_figure(tables: Tables) -> None:
    tables["host_strength"] = pd.DataFrame()
    tables["distance"] = tables["distance"].assign(mean=np.nan)
    tables["ranks"] = tables["ranks"].assign(gain=-1.0)
    for name in ("chain", "compute"):  # without rungs, or recorded without the kinds of compute
        tables[name] = tables[name].iloc[:0]
    assert set(all_figures(tables)) == {"map", "channels", "gap"}


def test_a_folder_without_gdp_draws_innovation_alone(tables: Tables) -> None:
    tables["gdp_distance"] = tables["gdp_distance"].assign(mean=np.nan, seeds=0)
    assert len(distance_chart(tables).axes) == 2


def test_a_name_is_text_and_no_formula(tables: Tables) -> None:
    hostile = "$\\frac{1}$ \n _^&"
    for name in ("cities", "ranks"):
        tables[name] = tables[name].assign(name_en=hostile)
    for figure in all_figures(tables).values():
        figure.draw_without_rendering()
    texts = [text.get_text() for text in rank_chart(tables["ranks"]).axes[0].texts]
    assert all("$\\frac{1}$ _^&" in text for text in texts)


def test_a_single_city_can_be_drawn(tables: Tables) -> None:
    png(effect_map(tables["cities"].head(1)))
    png(rank_chart(tables["ranks"].head(1)))
