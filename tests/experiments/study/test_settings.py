"""Settings: what beats what, and a sentence for every mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.study.settings import (
    Settings,
    SettingsError,
    as_toml,
    merge_settings,
    parse_changes,
    read_config,
)
from model.parameters import ParameterError
from model.scenarios.scenario import ScenarioError
from tests import ROOT


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_defaults() -> None:
    settings = merge_settings()
    assert settings == Settings()
    assert settings.folder == Path("results/actual")
    assert settings.seed_numbers == tuple(range(1, 21))


def test_the_command_line_beats_the_file_which_beats_the_defaults(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        'scenario = "none"\nseeds = 3\nuntil = 2012\nfirms = 500\n'
        "[parameters]\nburn_in = 8\ntalent_mobility = 0.1\n",
    )
    settings = merge_settings(file, {"seeds": 4, "until": None, "threads": None}, ["talent_mobility=0.2"])
    assert (settings.scenario, settings.seeds, settings.until, settings.threads) == ("none", 4, 2012, 1)
    parameters = settings.parameters
    assert (parameters.firms, parameters.burn_in, parameters.talent_mobility) == (500, 8, 0.2)
    assert parameters.tax_rate == Settings().parameters.tax_rate
    assert merge_settings(file, {"firms": 600}).parameters.firms == 600
    assert merge_settings(file, {}, ["firms=700"]).parameters.firms == 700


def test_paths_in_a_file_count_from_its_folder(tmp_path: Path) -> None:
    settings = merge_settings(
        write(tmp_path, 'cities = "data/mine.csv"\nout = "found"\nlinks = "/abs/links.csv"\n')
    )
    assert settings.cities == tmp_path / "data" / "mine.csv"
    assert settings.folder == tmp_path / "found"
    assert settings.links == Path("/abs/links.csv")
    assert merge_settings(None, {"cities": Path("mine.csv")}).cities == Path("mine.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seeds = ", "line 1"),
        ("seeds = 1\nseeds = 2\n", "line 2"),
        ("seed = 5\n", "there is no setting 'seed'; did you mean seeds"),
        ("zzz = 5\n", "there is no setting 'zzz'; there are scenario, seeds"),
        ("talent_mobility = 0.1\n", "talent_mobility is a parameter: put it under [parameters]"),
        ("seeds = 0\n", "seeds cannot be 0: it must be a whole number from 1 to 100,000"),
        ("seeds = 2.5\n", "seeds cannot be 2.5: it must be a whole number"),
        ("seeds = true\n", "seeds cannot be True: it must be a whole number"),
        ('seeds = "20"\n', "seeds cannot be '20': it must be a whole number"),
        ("first_seed = -1\n", "first_seed cannot be -1"),
        ("until = 2101\n", "until cannot be 2101: it must be a whole number from 1900 to 2100"),
        ("workers = 0\n", "workers cannot be 0"),
        ("threads = 0\n", "threads cannot be 0"),
        ("scenario = 5\n", "scenario cannot be 5: it must be the name of a scenario"),
        ('scenario = "actuall"\n', "there is no scenario 'actuall'; did you mean actual?"),
        ("cities = 5\n", "cities cannot be 5: it must be the path of a file, in quotes"),
        ('out = ""\n', "out cannot be '': it must be the path"),
        ("parameters = 5\n", "parameters must be a table"),
        ("[parameters]\nsubstitutoin = 1.5\n", "'substitutoin'; did you mean substitution"),
        ("[parameters]\nsubstitution = 9\n", "substitution cannot be 9: it must be a number from 1 to 3"),
        ("[parameters]\nsubstitution = '1'\n", "from 1 to 3 (elasticity), unquoted"),
        ("[parameters]\nsubstitution = nan\n", "parameter substitution cannot be nan"),
        ("firms = 5\n[parameters]\nfirms = 6\n", "firms is set twice: as firms and under [parameters]"),
        ("firms = 0\n", "parameter firms cannot be 0"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        merge_settings(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_all_unknown_keys_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"'sceanrio'.*'untill'"):
        read_config(write(tmp_path, "sceanrio = 1\nuntill = 2\n"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        read_config(tmp_path / "absent.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_config(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'scenario = "\xe9"\n')
    with pytest.raises(SettingsError, match="byte 12 is not UTF-8"):
        read_config(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    ("given", "changes", "said"),
    [
        ({"seeds": 0}, [], "seeds cannot be 0"),
        ({"until": 2004}, [], "until cannot be 2004: the first year that is reported is 2005"),
        ({"until": 2012}, ["start_year=2013"], "the first year that is reported is 2013"),
        ({"until": 2200}, [], "until cannot be 2200"),
        ({"sheet": "a"}, [], "sheet and year are of your table of cities: name it with cities"),
        ({"cities": "synthetic:12", "year": 2010}, [], "sheet and year are of your table of cities"),
        (
            {"cities": "c.csv", "year": 20},
            [],
            "year cannot be 20: it must be a whole number from 1900 to 2100",
        ),
        ({"cities": "c.csv", "sheet": 3}, [], "sheet cannot be 3: it must be the name of a sheet, in quotes"),
        ({"firms": 5}, ["firms=6"], "firms is set twice: on the command line, with --firms and with --set"),
    ],
)
def test_a_mistake_on_the_command_line_is_named(given: dict[str, Any], changes: list[str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        merge_settings(None, given, changes)
    assert said in str(caught.value)


def test_settings_given_in_python_may_be_texts_and_a_table_of_parameters(tmp_path: Path) -> None:
    settings = merge_settings(None, {"cities": "mine.csv", "out": "x", "parameters": {"substitution": 1.5}})
    assert (settings.cities, settings.folder) == (Path("mine.csv"), Path("x"))
    assert settings.parameters.substitution == 1.5
    with pytest.raises(SettingsError, match="there is no setting 'seed'; did you mean seeds"):
        merge_settings(None, {"seed": 3})
    with pytest.raises(SettingsError, match="the setting check is now called check_invariants"):
        merge_settings(None, {"check": True})


def test_the_command_line_can_mend_the_years_of_a_file(tmp_path: Path) -> None:
    file = write(tmp_path, "until = 2000\n")
    assert merge_settings(file, {}, ["start_year=1990"]).until == 2000
    with pytest.raises(SettingsError, match="until cannot be 2000"):
        merge_settings(file)


def test_changes_are_numbers_by_name() -> None:
    found = parse_changes(
        ["firms=10_000", " burn_in = 4 ", "substitution=1.5", "tax_rate=1e-2", "tax_rate=.2"]
    )
    assert found == {"firms": 10_000, "burn_in": 4, "substitution": 1.5, "tax_rate": 0.2}
    assert type(found["firms"]) is int
    assert parse_changes([]) == {}


@pytest.mark.parametrize("text", ["substitution", "substitution=", "=1.5", "=", "", "substitution 1.5"])
def test_a_change_that_is_not_name_and_value(text: str) -> None:
    with pytest.raises(SettingsError, match="is not name=value, such as --set"):
        parse_changes([text])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("substitutoin=1.5", "did you mean substitution"),
        ("substitution=high", "parameter substitution cannot be 'high'"),
        ("substitution=inf", "parameter substitution cannot be inf"),
        ("firms=2.5", "parameter firms cannot be 2.5"),
        ("substitution=1=2", "parameter substitution cannot be '1=2'"),
    ],
)
def test_a_change_of_a_parameter_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(ParameterError) as caught:
        merge_settings(None, {}, [text])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("options", "changes"), [({"scenario": "closed_economy"}, ()), ({}, ("closed_economy=1",))]
)
def test_the_closed_economy_is_no_study(options: dict[str, str], changes: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError, match="one city and has no twin without centres"):
        merge_settings(None, options, changes)


def test_a_scenario_that_does_not_exist() -> None:
    with pytest.raises(ScenarioError, match="did you mean random_hosts"):
        merge_settings(None, {"scenario": "random_host"})


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().seeds = 3  # type: ignore[misc]


def test_a_parameter_that_is_set_beats_the_scenarios_own_change():
    settings = merge_settings(given={"scenario": "paradigm"}, changes=["paradigm_arrival=2015"])
    assert settings.scenario_to_run.parameters["paradigm_arrival"] == 2015
    assert (
        merge_settings(given={"scenario": "paradigm"}).scenario_to_run.parameters["paradigm_arrival"] == 2012
    )
    built = merge_settings(given={"scenario": "local_demand"}, changes=["building_slots=7"]).scenario_to_run
    assert built.parameters["building_slots"] == 7
    assert built.twin().parameters["building_slots"] == 0


def test_extensions_in_a_settings_file_count_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from model import Extension, Parameter\n"
        "rate = Parameter('rate', 0.5, 0.0, 1.0, '1', meaning='m')\n"
        "extension = Extension(name='mine', parameters=[rate])\n",
        encoding="utf-8",
    )
    file = tmp_path / "s.toml"
    file.write_text('extension = "mine.py:extension"\n[parameters]\nrate = 0.25\n', encoding="utf-8")
    found = merge_settings(file)
    assert found.extension == (f"{tmp_path.resolve() / 'mine.py'}:extension",)
    assert found.parameters.rate == 0.25
    (tmp_path / "again.toml").write_text(as_toml(found, seeds=3), encoding="utf-8")
    again = merge_settings(tmp_path / "again.toml")
    assert (again.extension, again.seeds, again.parameters.rate) == (found.extension, 3, 0.25)
    for value in ("3", '["a:b", 3]', '""'):
        file.write_text(f"extension = {value}\n", encoding="utf-8")
        with pytest.raises(SettingsError, match=r"extension cannot be .* it must be module:name or file.py"):
            merge_settings(file)


def test_paths_in_a_written_settings_file_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = as_toml(merge_settings(given={"seeds": 2}), out=Path("there"), scenario="mine.toml")
    assert f'out = "{tmp_path.resolve() / "there"}"' in text
    assert f'scenario = "{tmp_path.resolve() / "mine.toml"}"' in text
    assert text.count("seeds = 2") == 1


def test_synthetic_cities_are_no_path(tmp_path: Path) -> None:
    file = write(tmp_path, 'cities = "synthetic:12:3"\nlinks = "synthetic:12"\n')
    settings = merge_settings(file)
    assert (settings.cities, settings.links) == (Path("synthetic:12:3"), tmp_path / "synthetic:12")
    assert 'cities = "synthetic:12:3"' in as_toml(settings)
    assert merge_settings(None, {"cities": "shipped"}).cities == Path("shipped")


def test_settings_take_extensions_from_line_and_file(tmp_path):
    university = ROOT / "tests" / "support" / "university.py"
    name = f"{university}:extension"
    given = {"extension": [name], "scenario": "learned"}
    settings = merge_settings(None, given, ["graduation_rate=0.3"])
    assert settings.parameters.graduation_rate == 0.3
    assert settings.scenario_to_run.parameters == {"graduation_rate": 0.3}
    assert settings.extension == (name,)
    (tmp_path / "own.py").write_text(university.read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "settings.toml"
    file.write_text('extension = "own.py"\n[parameters]\ngraduation_rate = 0.2\n', encoding="utf-8")
    settings = merge_settings(file)
    assert settings.extension == (f"{tmp_path / 'own.py'}:extension",)
    assert settings.parameters.graduation_rate == 0.2
    file.write_text("extension = 3\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"settings.toml: extension cannot be 3"):
        merge_settings(file)
    with pytest.raises(ParameterError, match="did you mean graduation_rate"):
        merge_settings(None, given, ["graduation_rat=0.3"])
