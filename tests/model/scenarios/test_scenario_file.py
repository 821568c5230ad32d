"""User-defined scenarios from a file: what they may hold, and one sentence for every mistake."""

import numpy as np
import pytest

from model import Parameters, RegionalModel
from model.scenarios.scenario import ScenarioError
from model.scenarios.scenario_catalogue import find_scenario
from model.scenarios.siting import openings_of
from tests import ROOT

GOOD = """
meaning = "a big centre in Guiyang, and latency that costs nothing"
[parameters]
latency_penalty_basic = 0.0
[[openings]]
city = "Guiyang"
kind = "basic"
opens = "2016Q2"
size = 2.5
[[openings]]
city = 520100
kind = "super"
opens = "2018"
industry = "systems"
"""


def test_a_toml_file_opens_the_centres_it_names_on_their_dates(tmp_path):
    path = tmp_path / "guiyang.toml"
    path.write_text(GOOD, encoding="utf-8")
    model = RegionalModel(Parameters(firms=600, burn_in=0), str(path), 1)
    assert model.experiment.name == "guiyang"
    assert model.parameters.latency_penalty_basic == 0.0
    first, second = model.openings
    assert model.cities["name_en"].iloc[first.city] == "Guiyang"
    assert (first.city, first.quarter, first.size) == (second.city, 45, 2.5)
    assert (second.kind, second.quarter, second.industry) == ("super", 52, "systems")
    np.testing.assert_array_equal(model.state["providers"]["dedicated"], [0.0, 1.0])
    assert model.experiment.twin().places == ()


def test_a_python_file_sets_the_value(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from model import Scenario\nSCENARIO = Scenario('mine', 'twelve rich hosts', 'richest', 12)\n",
        encoding="utf-8",
    )
    assert find_scenario(str(path)).hosts == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hosts = 0", "hosts cannot be 0: it must be a whole number from 1 to 10000"),
        ("centers = 'actual'", "there is no key 'centers'; did you mean centres?"),
        ("centres = 'rich'", "centres cannot be 'rich': it must be one of actual, none"),
        ("opens = '2010Q7'", "'2010Q7' is not a quarter: write 2016Q2 or 2016"),
        ("industry = 'steel'", "industry cannot be 'steel': it must be one of design and software"),
        ("name = '../up'", "name cannot be '../up': it must be letters, digits"),
        (
            "[parameters]\nsubstitutoin = 1.5",
            r"\[parameters\]: there is no parameter 'substitutoin'; did you mean",
        ),
        ("[parameters]\nsubstitution = 9", r"\[parameters\]: parameter substitution cannot be 9"),
        (
            "[parameters]\nsubstitution = '1'",
            r"cannot be '1': it must be a number from 1 to 3 \(elasticity\), unquoted",
        ),
        (
            "[parameters]\nsubstitution = 'x'",
            r"\[parameters\]: parameter substitution cannot be 'x': it must be a number from 1 to 3",
        ),
        ("[[openings]]\ncity = 'Guiyang'\nkind = 'basic'", r"the 1. of \[\[openings\]\]: opens is missing"),
        ("[[openings]]\ncity = 'X'\nkind = 'gpu'\nopens = '2016'", "kind cannot be 'gpu'"),
        ("hosts = = 3", "it is not valid TOML"),
    ],
)
def test_every_mistake_is_answered_with_a_sentence_that_names_the_file(tmp_path, text, said):
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=said) as raised:
        find_scenario(str(path))
    assert str(raised.value).startswith(str(path))


@pytest.mark.parametrize(
    ("city", "said"),
    [
        ("Guiyan", "did you mean Guiyang"),
        (
            "Suzhou",
            r"'Suzhou' may be Suzhou \(Jiangsu\), 苏州市, 320500 or Suzhou \(Anhui\), 宿州市, 341300: ",
        ),
        ("Guizhou", "'Guizhou' is a province: name one of its cities"),
        (999, "there is no city 999"),
    ],
)
def test_a_city_that_is_not_there_or_not_one_is_said(tmp_path, city, said):
    path = tmp_path / "place.toml"
    path.write_text(f"[[openings]]\ncity = {city!r}\nkind = 'basic'\nopens = '2016'\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=said):
        RegionalModel(Parameters(firms=600, burn_in=0), str(path), 1)


def test_a_former_unit_is_its_successor_with_a_word(tmp_path, caplog):
    from model.country.city_tables import load_cities

    caplog.set_level("INFO")
    path = tmp_path / "place.toml"
    path.write_text("[[openings]]\ncity = '巢湖市'\nkind = 'basic'\nopens = '2016/5/1'\n", encoding="utf-8")
    cities = load_cities()
    (opening,) = openings_of(find_scenario(str(path)), cities, cities, 2005, 1)
    assert (cities["name_en"].iloc[opening.city], opening.quarter) == ("Hefei", 45)
    assert caplog.messages == [
        "'巢湖市' as Hefei, 合肥市, 340100: its city proper became part of Hefei in 2011"
    ]


def test_a_file_that_is_not_there_or_makes_no_scenario(tmp_path):
    with pytest.raises(ScenarioError, match="there is no such file"):
        find_scenario(str(tmp_path / "none.toml"))
    with pytest.raises(ScenarioError, match="there is no such file"):
        find_scenario(str(tmp_path / "none.py"))
    path = tmp_path / "empty.py"
    path.write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="must set SCENARIO"):
        find_scenario(str(path))
    path.write_text("1 / 0\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="cannot be run: ZeroDivisionError"):
        find_scenario(str(path))


def test_the_example_of_the_documentation_is_a_scenario(tmp_path):
    text = ROOT.joinpath("docs/command-line.md").read_text(encoding="utf-8")
    path = tmp_path / "guiyang.toml"
    path.write_text(text.split("```toml\n# guiyang.toml")[1].split("```")[0], encoding="utf-8")
    scenario = find_scenario(str(path))
    assert [place.city for place in scenario.places] == ["Guiyang", 520100]
    assert scenario.parameters == {"latency_penalty_basic": 0.0}


def test_the_old_table_of_parameters_is_answered_with_its_new_name(tmp_path):
    path = tmp_path / "old.toml"
    path.write_text("[changes]\nsubstitution = 1.5\n", encoding="utf-8")
    with pytest.raises(
        ScenarioError, match=r"old\.toml: \[changes\] is now \[parameters\]: rename the table"
    ):
        find_scenario(str(path))
