"""Regions and provinces: names, effects on their totals, and the filter of the map."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from viz.app.explore.address import Link, address_of, state_of
from viz.app.explore.areas import area_name, area_rows, areas, city_rows, rows_of
from viz.app.explore.city_map import city_positions, map_look
from viz.app.explore.page_state import View
from viz.app.explore.run_options import ALL, RunOptions
from viz.app.ui.translations import translator

EN, ZH = translator("en"), translator("zh")


def test_names_of_areas_are_those_of_the_language():
    assert (area_name("west", EN), area_name("west", ZH)) == ("West", "西部")
    named = {name: area_name(name, ZH) for name in ("Guangxi", "Inner Mongolia", "Beijing", "Hebei", "Tibet")}
    assert list(named.values()) == ["广西", "内蒙古", "北京", "河北", "西藏"]
    assert area_name("Elsewhere", ZH) == area_name("Elsewhere", EN) == "Elsewhere"


def test_every_city_is_in_one_region_and_one_province(land):
    found, cities = areas(land), land.cities
    for column in ("region", "province"):
        rows = np.concatenate([found[name] for name in cities[column].unique()])
        assert sorted(rows) == list(range(len(cities)))
    assert len(rows_of(land, "")) == len(rows_of(land, "nowhere")) == len(cities)


def test_the_effect_on_an_area_is_that_on_its_total_and_few_cities_are_pale(played, land):
    shot, found = played.snapshot(ALL), areas(land)
    table = area_rows(shot, EN)
    for row, pale, cities in zip(table["rows"], table["pale"], found.values(), strict=True):
        assert row[1] == str(len(cities))
        assert pale == (len(cities) < 10)
        effect = shot.pair.group_effect(cities)
        assert float(row[3].replace("−", "-")) == pytest.approx(effect, abs=0.006)
    name, cities = next(iter(found.items()))
    assert sorted(city_rows(shot, name, EN)["links"]) == sorted(cities)


def test_the_map_shows_an_area_and_a_link_keeps_it(land):
    name, rows = next(iter(areas(land).items()))
    assert map_look(View(area=name), EN, rows=rows.tolist())["area"] == rows.tolist()
    assert map_look(View(), EN)["area"] is None
    positions = city_positions(land)
    assert len(positions["tint"]) == len(land.cities)
    assert {one["en"] for one in positions["provinces"]} <= set(land.cities["province"])
    view = View(area=name, provinces=False)
    assert state_of(address_of(Link(RunOptions(), view))).view == view
