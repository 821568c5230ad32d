"""Tables that extensions read as strictly as those of cities, and parameters that are texts."""

import pytest

from model import Parameters, RegionalModel
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.extensions.loading import absolute, load_extension
from model.files.user_tables import InputError
from model.parameters import ParameterError
from model.scenarios.scenario_file import read_scenario
from tests.support.small_run import SMALL

TEXT = """
from model import Column, Extension, Option, after, choice, for_each

def prepare(state, pairs):
    state["cities"]["partner"] = -1
    state["cities"]["partner"][pairs["origin"]] = pairs["destination"]
    state["cities"]["share"][pairs["origin"]] = pairs["share"]

def regime_seen(regime):
    return regime

extension = Extension(
    "treaties",
    columns={"cities": [
        Column("partner", "row", "with whom it has a treaty", -1, "cities"),
        Column("share", "fraction", "of its data"),
        Column("regime_seen", "", ""),
    ]},
    events=after("wage", for_each("it is seen", "cities", regime_seen)),
    prepare=prepare,
    options=Option("pairs", "pairs.csv", {"origin": "city", "destination": "city", "share": "fraction"}),
    parameters=choice("regime", "posted", ("posted", "auction", "lottery"), "how prices are set"),
)
"""


@pytest.fixture
def treaties(tmp_path, country, monkeypatch):
    ids = country["city_id"].tolist()
    (tmp_path / "treaties.py").write_text(TEXT, encoding="utf-8")
    head = "origin,destination,share\n"
    (tmp_path / "pairs.csv").write_text(f"{head}{ids[2]},{ids[5]},0.5\n", encoding="utf-8")
    (tmp_path / "mine.csv").write_text(f"{head}{ids[0]},{ids[1]},0.25\n", encoding="utf-8")
    (tmp_path / "wrong.csv").write_text(f"{head}{ids[0]},nowhere,1.25\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def model(country, name="treaties.py", **how):
    return RegionalModel(SMALL, how.pop("scenario", "none"), 1, cities=country, extension=name, **how)


def test_a_table_is_read_and_may_be_replaced(treaties, country):
    made = model(country, engine="interpreted")
    assert made.state["cities"]["partner"].tolist() == [-1, -1, 5, *[-1] * 9]
    assert made.state["cities"]["share"][2] == 0.5
    other = model(country, "treaties.py pairs=mine.csv", engine="interpreted")
    assert other.state["cities"]["partner"].tolist() == [1, *[-1] * 11]
    assert made.extended.fingerprint != other.extended.fingerprint
    name = absolute("treaties.py pairs=mine.csv")
    assert name == f"{treaties / 'treaties.py'}:extension pairs={treaties / 'mine.csv'}"
    assert load_extension(name) == load_extension("treaties.py pairs=mine.csv")
    assert load_extension(name)[0].source[0] == name
    (treaties / "mine.csv").write_text((treaties / "pairs.csv").read_text(), encoding="utf-8")
    again = model(country, "treaties.py pairs=mine.csv", engine="interpreted")
    assert again.state["cities"]["partner"][2] == 5


def test_a_table_is_refused_with_every_mistake(treaties, country):
    with pytest.raises(InputError) as caught:
        model(country, "treaties.py pairs=wrong.csv")
    assert "wrong.csv, row 2, column destination" in str(caught.value)
    assert "share" in str(caught.value)
    wrong = {
        "there is no option 'pair'; did you mean pairs": "treaties.py pair=mine.csv",
        "option pairs names .*missing.csv, which does not exist": "treaties.py pairs=missing.csv",
    }
    for said, name in wrong.items():
        with pytest.raises(ExtensionError, match=said):
            model(country, name)


def test_a_parameter_may_be_a_text(treaties, country):
    table = extended("treaties.py").parameters
    assert table().regime == 0
    assert table.checked(regime="lottery").regime == table.checked(regime=2.0).regime == 2
    with pytest.raises(ParameterError, match="regime cannot be 'auctoin'; did you mean auction"):
        table.checked(regime="auctoin")
    made = model(country, engine="interpreted", regime="auction")
    made.step()
    assert made.state["cities"]["regime_seen"].max() == 1.0
    (treaties / "own.toml").write_text("[parameters]\nregime = 'lottery'\n", encoding="utf-8")
    assert read_scenario("own.toml", table).applied_to(table()).regime == 2
    assert Parameters().changed(firms=3).firms == 3
