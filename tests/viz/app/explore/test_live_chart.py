"""Parts that the charts of a run share."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

import solara

from viz.app.explore.frame_stream import FrameStream
from viz.app.explore.live_chart import (
    ChartSpec,
    LiveChart,
    empty_remark,
    legend,
    live_option,
    opening_lines,
    openings,
    picture_note,
    points,
    short_numbers,
    year_range,
)
from viz.app.explore.run_options import ALL, RunOptions
from viz.app.ui.translations import translator

EN = translator("en")


def test_numbers_go_to_the_browser_with_five_digits_and_without_gaps() -> None:
    assert short_numbers([1 / 3, 123456.789, 0.0]) == [0.33333, 123460.0, 0.0]
    assert points([1.0, 2.0, 3.0], [0.5, math.nan, 1.5]) == [[1.0, 0.5], [3.0, 1.5]]


def test_an_axis_of_years_spans_five_years_at_least() -> None:
    for last, end in ((2006.5, 2010), (2012.25, 2013)):
        shot: Any = SimpleNamespace(start_year=2005, times=np.array([2005.25, last]))
        assert year_range(shot) == {"min": 2005, "max": end}


def test_openings_are_lines_at_their_quarters(played) -> None:
    shot = played.snapshot(ALL)
    opened = openings(shot)
    assert opened == sorted(set(opened))
    assert opened
    lines = opening_lines(shot)["data"]
    assert lines == [{"xAxis": shot.start_year + quarter / 4} for quarter in opened]


def test_a_chart_without_data_says_why(played) -> None:
    shot = played.snapshot(ALL)
    (remark,) = empty_remark(shot, EN, has_data=False)
    assert remark["style"]["text"] == EN(f"chart.nothing_{shot.against}")  # type: ignore[index]
    (remark,) = empty_remark(shot, EN, has_data=True)
    assert remark["style"]["text"] == ""  # type: ignore[index]


def test_an_option_has_a_title_a_legend_and_a_button_for_its_picture() -> None:
    option = live_option("Innovation", EN, {"top": 60}, series=[])
    assert option["title"]["text"] == "Innovation"  # type: ignore[index]
    assert option["toolbox"]["feature"]["myPicture"]["title"] == EN("chart.save")  # type: ignore[index]
    assert (option["grid"]["top"], option["series"]) == (60, [])  # type: ignore[index]
    assert legend("run", "twin")["data"] == ["run", "twin"]


def test_a_chart_gets_a_frame_for_every_snapshot() -> None:
    session: Any = SimpleNamespace(
        tr=EN,
        frames=FrameStream(),
        language=solara.reactive("en"),
        running=solara.reactive(RunOptions()),
    )
    chart = ChartSpec(lambda tr, twin: {"twin": twin}, lambda shot, tr: {"quarter": shot.quarter})
    box, found = solara.render(LiveChart(session, "innovation", chart, height="90px"), handle_error=False)
    (widget,) = box.children
    assert (widget.option, widget.height) == ({"twin": ALL}, "90px")
    pairs = [SimpleNamespace(pair=SimpleNamespace(seed=seed)) for seed in (1, 2, 3)]
    shot: Any = SimpleNamespace(quarter=7, seed=1, date="2006Q3", against=ALL, seed_pairs=pairs)
    session.frames.push(shot)
    assert widget.frame["option"] == {"quarter": 7}
    assert widget.frame["note"] == (
        "ComputeLeap: real centres; 2006Q3; seeds 1–3; compared with: twin without any centre"
    )
    assert "seeds 1;" in picture_note(session, shot, over_seeds=False)
    found.close()
