"""The card of a city."""

from __future__ import annotations

import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from experiments.measures.inequality import ranks
from viz.app.explore.city_card import facts, neighbour_rows, provider_rows
from viz.app.explore.run_options import OWN
from viz.app.ui.translations import translator

TR = translator("en")


def test_the_card_of_a_city(played):
    shot = played.snapshot(OWN)
    told = facts(shot, TR, 7)
    assert told["name"] == shot.country.cities["name_en"].iloc[7]
    assert told["facts"][0][1] == f"{ranks(shot.pair.late('innovation')[0])[7]:.0f}"
    rows = provider_rows(shot, TR, 7)["rows"]
    assert ["supercomputing", "2011Q1"] in [row[1:3] for row in rows]
    near = neighbour_rows(shot, TR, 7)
    assert 7 not in near["links"]
    latencies = [float(row[2]) for row in near["rows"]]
    assert latencies == sorted(latencies)
