"""Countries from a visitor's tables: those of the command line, with its sentences on mistakes."""

from __future__ import annotations

import pandas as pd
import pytest

pytest.importorskip("solara", reason="the page needs Solara: pip install 'computeleap[app]'")

from model.country.country import build_country, load_country
from model.country.synthetic import synthetic_country
from model.files.user_tables import InputError
from viz.app.explore.run_options import RunOptionsError
from viz.app.own_data import own_country
from viz.app.own_data.own_country import OwnCountry, country_of
from viz.cli.country_commands import write_cities

HEADINGS = "centre_id,name_en,name_zh,city_id,kind,hub,status,opened,capacity"
CENTRES = HEADINGS + "\nX1,One,一,{city},super,0,operating,2012Q3,2\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "mine.csv"
    write_cities(synthetic_country(12, 4), path)
    return path


@pytest.fixture(scope="module")
def before():
    return OwnCountry(build_country(synthetic_country(12, 4)))


def test_cities_make_the_country_of_the_command_line(table, before):
    found = country_of(table.read_bytes(), before)
    assert found.country.fingerprint == load_country(str(table)).fingerprint
    assert (found.cities_file, found.centres_file) == ("cities.csv", "")


def test_centres_open_in_the_cities_that_are_shown(before):
    city = int(before.country.cities["city_id"].iloc[3])
    found = country_of(CENTRES.format(city=city).encode(), before)
    assert found.country.cities is before.country.cities
    assert list(found.country.centres["opened"]) == ["2012Q3"]
    assert found.centres_file == "centres.csv"


def test_mistakes_have_the_sentences_of_the_command_line(table, before, tmp_path):
    wrong = pd.read_csv(table, dtype=str)
    wrong.loc[1, "lon"] = "west of here"
    path = tmp_path / "cities.csv"
    wrong.to_csv(path, index=False)
    with pytest.raises(InputError) as of_command:
        load_country(str(path))
    with pytest.raises(InputError) as of_page:
        country_of(path.read_bytes(), before)
    assert str(of_page.value) == str(of_command.value)
    with pytest.raises(InputError, match=r"centres.csv"):
        country_of(CENTRES.format(city=-1).encode(), before)


def test_there_are_as_many_cities_as_the_page_shows(table, before, monkeypatch):
    monkeypatch.setattr(own_country, "MAX_CITIES", 10)
    with pytest.raises(RunOptionsError, match="at most 10 cities, not 12"):
        country_of(table.read_bytes(), before)
