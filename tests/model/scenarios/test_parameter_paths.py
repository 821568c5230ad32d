"""Parameters that vary, as a scenario file says it: in time, by region, refused with a sentence."""

import pytest

from model import By, Ramp, RegionalModel, Step
from model.scenarios.parameter_paths import as_table, read_path
from model.scenarios.scenario import ScenarioError
from model.scenarios.scenario_file import read_scenario
from tests.support.small_run import SMALL, assert_same


def test_a_table_of_a_file_becomes_a_path():
    assert read_path({"to": 0.3, "at": "2015"}) == Step(0.3, "2015")
    assert read_path({"by": "kind", "super": {"to": "other", "at": 2015}}) == By(
        "kind", {"super": Step("other", "2015")}
    )
    assert read_path({"2015": 0.1, "2018Q3": 0.2}).values == (0.1, 0.2)
    tables = (
        {"to": "other", "at": "2015"},
        {"to": 0.3, "start": "2015", "end": "2020Q2"},
        {"by": "kind", "super": {"2015": 0.1}, "basic": 2.0, "elsewhere": True},
    )
    for table in tables:
        assert as_table(read_path(table)) == table


def test_a_scenario_file_says_how_parameters_vary(country, tmp_path):
    file = tmp_path / "later.toml"
    east = country["region"].iloc[0]
    file.write_text(
        f"""
        [varying]
        tax_rate = {{ by = "region", "{east}" = {{ to = 0.3, at = "2005Q3" }} }}
        cloud_start_price = {{ "2005Q2" = 2.5 }}
        quality_step = {{ to = 0.2, start = "2005", end = "2006" }}
        """,
        encoding="utf-8",
    )
    scenario = read_scenario(file)
    assert scenario.varying["quality_step"] == Ramp(0.2, "2005", "2006")
    made = RegionalModel(SMALL, scenario, 5, cities=country, engine="interpreted")
    again = made.fork()
    for one in (made, again):
        one.run_until(4)
    assert_same(made, again)
    assert made.state["cities"]["varied_tax_rate"].tolist() == [
        0.3 if region == east else 0.2 for region in country["region"]
    ]
    wrong = {
        "tax_rat = 3": "no parameter 'tax_rat'; did you mean tax_rate",
        "tax_rate = 3": "tax_rate: it cannot be 3: write",
        "tax_rate = { to = true, at = 2015 }": "a value cannot be True",
        "tax_rate = { to = 0.3, at = 'soon' }": "'soon' is not a quarter",
        "tax_rate = { by = 'region', east = true }": "a value cannot be True",
        "tax_rate = { by = 'region', elsewhere = 'yes' }": "elsewhere cannot be 'yes': it is true or false",
    }
    for line, said in wrong.items():
        file.write_text(f"[varying]\n{line}\n", encoding="utf-8")
        with pytest.raises(ScenarioError, match=said):
            read_scenario(file)
