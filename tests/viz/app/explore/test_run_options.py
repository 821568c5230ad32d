"""Options of the page: checks, defaults, and the scenario file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model import Parameters, RegionalModel
from model.parameters import ParameterError
from model.scenarios.scenario import Place
from model.scenarios.scenario_catalogue import find_scenario
from tests.support.small_page import SMALL
from viz.app.explore.run_options import FILE, RunOptions, RunOptionsError, parse_centre
from viz.app.explore.seed_spread import national
from viz.app.explore.simulation import RUN, Simulation
from viz.app.model_catalogue import available_scenarios
from viz.app.ui.translations import translator

TR = translator("en")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"seed": "-1"}, "the seed must be a whole number"),
        ({"firms": "20001"}, "from 500 to 20,000, not '20001'"),
        ({"firms": "1e4"}, "not '1e4'"),
        ({"scenario": "closed_economy"}, "there is no scenario 'closed_economy' on this page"),
        ({"scenario": "/etc/passwd.toml"}, "there is no scenario"),
        ({"changes": (("talent_mobility", 9.0),)}, "talent_mobility must be a number from 0 to 0.5, not 9"),
        ({"changes": (("start_year", 2000),)}, "'start_year' cannot be changed on this page"),
        ({"changes": (("building_slots", 1000),)}, "from 0 to 200"),
        ({"centres": (Place(1, "basic", "2010Q1"),) * 41}, "at most 40 centres"),
    ],
)
def test_bad_choices_are_answered(changes, sentence):
    with pytest.raises((RunOptionsError, ParameterError), match=re.escape(sentence)):
        RunOptions(**changes).checked()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "fast", "size": 1}, "must be one of basic"),
        ({"kind": "basic", "size": 0}, "a number above 0, at most 1,000,000, not '0'"),
        ({"kind": "basic", "size": "1"}, "a number above 0"),
        ({"kind": "basic", "size": float("nan")}, "a number above 0"),
        ({"kind": "basic", "size": 1, "industry": "farming"}, "industry of a centre"),
    ],
)
def test_bad_centres_are_answered(said, sentence):
    with pytest.raises(RunOptionsError, match=sentence):
        parse_centre(said)


def test_a_layouts_own_value_is_its_default():
    options = RunOptions("cross_region")
    assert options.value("building_slots") == 100
    assert options.changed("building_slots", 100.0) == options
    assert options.changed("building_slots", 0).build_scenario().parameters["building_slots"] == 0


@pytest.mark.parametrize("scenario", ["random_hosts", "cross_region"])
def test_the_file_gives_the_bits_that_the_page_showed(land, tmp_path, scenario):
    options = RunOptions(scenario, "7", "500").changed("talent_mobility", 0.05)
    shown = Simulation(land, options)
    opened = []
    for quarter in range(30):
        if quarter in (22, 26):
            city = int(land.cities["city_id"].iloc[quarter])
            opened.append(
                shown.open_centre(city, "intelligent", 0.3, "components" if quarter == 26 else None)
            )
        shown.step()
    options = replace(options, centres=tuple(opened))
    path = tmp_path / "page.toml"
    path.write_text(options.file(2012), encoding="utf-8")
    assert "--firms 500 --first-seed 7 --seeds 1 --until 2012" in path.read_text(encoding="utf-8")
    again = RegionalModel(
        Parameters(firms=500),
        find_scenario(str(path)),
        7,
        cities=land.cities,
        centres=land.centres,
        network=land.network,
    )
    again.run_until(30)
    for table in ("cities", "firms", "providers"):
        for name, values in again.state[table].columns.items():
            assert np.array_equal(values, shown.runs[RUN].state[table][name]), name


@pytest.mark.parametrize("scenario", available_scenarios())
def test_every_scenario_can_be_written_and_read(tmp_path, scenario):
    options = RunOptions(scenario, centres=(Place('Xi\'an "x"', "basic", "2011Q2", 0.5),))
    path = tmp_path / "any.toml"
    path.write_text(options.file(2020), encoding="utf-8")
    read, meant = find_scenario(str(path)), options.build_scenario()
    assert (read.centres, read.hosts, read.opens, read.industry) == (
        meant.centres,
        meant.hosts,
        meant.opens,
        meant.industry,
    )
    assert (dict(read.parameters), read.places, read.meaning) == (
        meant.parameters,
        meant.places,
        meant.meaning,
    )
    assert tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("twin", ["own", "all"])
def test_the_lines_of_python_give_the_effect_on_the_page(tmp_path, monkeypatch, capsys, land, twin):
    """With the page's own country in place of the shipped one."""
    city = int(land.cities["city_id"].iloc[3])
    options = replace(SMALL, centres=(Place(city, "super", "2005Q3", 3.0),), twin=twin)
    shown = Simulation(land, options)
    for _ in range(9):
        shown.step()
    text = options.file(2007, quarter=9, seeds=1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    lines = [line.removeprefix("# ").removeprefix("#") for line in text.splitlines() if line.startswith("#")]
    code = "\n".join(lines[lines.index("from dataclasses import replace") :])
    code = code.replace("firms=500", "firms=500, country=land")
    exec(code, {"land": land})
    found = float(capsys.readouterr().out.split()[1])
    assert found == pytest.approx(national(shown.snapshot(twin), "innovation").own, abs=1e-9)
