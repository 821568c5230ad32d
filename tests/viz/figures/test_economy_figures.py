"""Figures of compute by year and of places in the industry chain say what the tables say."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.measures.economic_effects import KINDS_OF_USE, PRICE, rising
from tests.support.text_overlaps import overlaps
from viz.figures.economy_figures import TOTAL, chain_chart, compute_chart

Tables = dict[str, pd.DataFrame]


def centre_years() -> pd.DataFrame:
    rows = [("all", 2010, 0.4), ("all", 2011, 0.5), ("super", 2011, 0.9), ("basic", 2010, None)]
    return pd.DataFrame(rows, columns=["kind", "year", "use"])


def test_compute_is_a_line_for_each_kind_and_two_prices(tables: Tables) -> None:
    use, price, centres = compute_chart(tables["compute"], centre_years()).axes
    compute = tables["compute"].set_index("quantity")
    lines = {line.get_label(): line for line in use.lines}
    assert list(lines) == [TOTAL, *(name for name in KINDS_OF_USE.values() if name != TOTAL)]
    for name, line in lines.items():
        assert line.get_ydata().tolist() == compute.loc[name, "with"].tolist()
    assert len({(line.get_color(), line.get_linestyle()) for line in use.lines}) == len(lines)
    without, with_centres = price.lines
    assert without.get_ydata().tolist() == compute.loc[PRICE, "without"].tolist()
    assert with_centres.get_ydata().tolist() == compute.loc[PRICE, "with"].tolist()
    assert [axes.get_yscale() for axes in (use, price, centres)] == ["log", "log", "linear"]
    # a kind of centre that has no figure in a year has no point there
    shown = {
        tuple(line.get_xdata()): tuple(line.get_ydata()) for line in centres.lines if len(line.get_xdata())
    }
    assert shown == {(2010, 2011): (0.4, 0.5), (2011,): (0.9,)}


def test_hosts_are_points_of_another_colour(tables: Tables) -> None:
    chain = tables["chain"].assign(firms=lambda rows: rows["firms"].where(rows.index != 3, 0.0))
    places, _ = chain_chart(chain).axes
    others, hosts = places.collections
    known = chain[chain["firms"] > 0]
    assert len(hosts.get_offsets()) == (known["host"] > 0).sum()
    assert len(others.get_offsets()) + len(hosts.get_offsets()) == len(chain) - 1
    rung = known["position"] + known["position_change"]
    assert hosts.get_offsets()[:, 0].tolist() == pytest.approx(rung[known["host"] > 0].tolist())
    assert hosts.get_offsets()[:, 1].tolist() == pytest.approx(
        [100.0 / len(chain)] * len(hosts.get_offsets())
    )


def test_the_cities_that_rise_most_are_bars_with_their_errors(tables: Tables) -> None:
    figure = chain_chart(tables["chain"], count=5)
    risers = figure.axes[1]
    best = rising(tables["chain"], 5)
    assert [bar.get_width() for bar in risers.patches] == best["position_change"].tolist()
    assert [bar.get_facecolor()[:3] for bar in risers.patches].count(
        risers.patches[0].get_facecolor()[:3]
    ) == 5
    assert best["position_change"].is_monotonic_decreasing
    assert len(risers.texts) == 5
    assert overlaps(figure, list(risers.texts)) == []
