"""The experiment file: what it may say, and a sentence for every mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from experiments.sweep import SweepError, from_values, load
from experiments.sweep.experiment_file import PRESETS, read_experiment

TOML = """
name = "both"
seeds = 3
first_seed = 7
common_random_numbers = false
twin = true
scenario = "random_hosts"
cities = "synthetic:12"
[design]
kind = "factorial"
where = "capacity_scale > 1 or talent_mobility = 0"
factors.capacity_scale = {low = 0.5, high = 2.0, n = 3, scale = "log"}
factors.talent_mobility = [0.0, 0.05]
"""
YAML = """
name: both
seeds: 3
first_seed: 7
common_random_numbers: false
twin: true
scenario: random_hosts
cities: "synthetic:12"
design:
  kind: factorial
  where: capacity_scale > 1 or talent_mobility = 0
  factors:
    capacity_scale: {low: 0.5, high: 2.0, n: 3, scale: log}
    talent_mobility: [0.0, 0.05]
"""


def make(**values: Any) -> Any:
    return from_values({"name": "t", **values})


def refused(**values: Any) -> str:
    with pytest.raises(SweepError) as caught:
        make(**values).design  # noqa: B018
    return str(caught.value)


def test_toml_and_yaml_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "a.yaml").write_text(YAML, encoding="utf-8")
    assert read_experiment(tmp_path / "a.toml") == read_experiment(tmp_path / "a.yaml")
    design = load(tmp_path / "a.toml").design
    assert design["capacity_scale"].tolist() == [0.5, 1.0, 2.0, 2.0]
    assert design["talent_mobility"].tolist() == [0.0, 0.0, 0.0, 0.05]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"seedz": 3}, "there is no key seedz; did you mean seeds or first_seed?"),
        ({"design": {"kynd": "lhs"}}, "there is no key design.kynd; did you mean kind?"),
        ({"design": {"kind": "grid"}}, "design.kind cannot be 'grid': it is one of 'factorial'"),
        ({"seeds": "3"}, "seeds must be a whole number, not '3'"),
        ({"record": 3}, "record must be a table, not 3"),
        ({"run": {"timeout": -1.0}}, "run.timeout cannot be -1.0"),
        ({"design": {"factors": {"substitution": {"low": 1.5, "hihg": 2.0}}}}, "did you mean high?"),
        ({"design": {"factors": {"substitution": 2.0}}}, "substitution must be a list of values"),
        ({"design": {"factors": {"substituton": [2.0]}}}, "no factor substituton; did you mean substitution"),
        ({"design": {"factors": {"substitution": [1.5, 9.0]}}}, "it must be a number from 1 to 3"),
        ({"design": {"factors": {"substitution": {"low": 1.5, "high": 2.0}}}}, "needs n, the number"),
        ({"design": {"factors": {"substitution": {"low": 2.5, "high": 2.0, "n": 2}}}}, "must be below high"),
        ({"design": {"factors": {"scenario": ["actaul"]}}}, "did you mean actual?"),
        ({"design": {"factors": {"scenario.random_host": [3]}}}, "did you mean scenario.hosts"),
        ({"design": {"factors": {"rules": ["no_such_module:rule"]}}}, "no_such_module cannot be imported"),
        ({"design": {"factors": {"rules": ["agents.innovation:inovated"]}}}, "did you mean innovated"),
        ({"design": {"factors": {"cities": ["synthetic:many"]}}}, "write synthetic:60"),
        ({"design": {"factors": {"until": [1990]}}}, "the first year that is reported is 2005"),
        ({"design": {"factors": {"substitution": [1.5, 1.5]}}}, "in the list twice"),
        ({"scales": {"all": ["capacity_bsic"]}}, "did you mean capacity_basic"),
        ({"design": {"kind": "lhs", "factors": {"substitution": [1.5, 2]}}}, "design.n is missing"),
        ({"design": {"n": 3, "factors": {"substitution": [1.5, 2]}}}, "design.n is for sampled designs"),
        ({"design": {"kind": "sobol", "n": 100, "factors": {"substitution": [1.5, 2]}}}, "as 64 or 128"),
        ({"design": {"where": "substitution > 5", "factors": {"substitution": [1.5, 2]}}}, "leaves no point"),
        ({"design": {"where": "sub > 5", "factors": {"substitution": [1.5, 2]}}}, "cannot be understood"),
        ({"design": {"kind": "table"}}, "design.file needs design.kind"),
        ({"record": {"metrics": ["inovation"]}}, "did you mean innovation"),
        ({"design": {"kind": "lhs", "n": 4}}, "design.factors is missing: a lhs design needs factors"),
        (
            {"design": {"kind": "morris", "n": 4, "where": "true", "factors": {"substitution": [1.5, 2]}}},
            "design.where cannot be used with morris: its analysis needs every point",
        ),
        (
            {"design": {"kind": "table", "file": "a.csv", "factors": {"substitution": [2]}}},
            "design.factors cannot be used with kind table",
        ),
        ({"design": {"kind": "table", "file": "none.csv"}}, "design.file: none.csv: there is no such file"),
        (
            {
                "design": {
                    "factors": {
                        "substitution": {"low": 1.5, "high": 2.5, "n": 10_001},
                        "talent_mobility": {"low": 0.0, "high": 0.1, "n": 10_001},
                    }
                }
            },
            "the design has 100,020,001 points, more than 10,000,000",
        ),
        ({"design": {"factors": {"scenario": ["none"], "layout": ["none"]}}}, "layout is another name of"),
        ({"design": {"factors": {"substitution": []}}}, "design.factors.substitution: the list is empty"),
        ({"design": {"factors": {"xyzzy": [1]}}}, "no factor xyzzy; `computeleap parameters` lists"),
        ({"design": {"factors": {"cities": {"low": 1, "high": 2, "n": 2}}}}, "takes a list of names, not a"),
        (
            {"design": {"factors": {"home_reach": {"low": 0, "high": 9, "n": 2, "scale": "log"}}}},
            "a log scale needs low above 0, not 0",
        ),
        ({"design": {"factors": {"until": ["never"]}}}, "design.factors.until cannot be 'never': "),
        ({"until": 1990}, "until cannot be 1990: the first year that is reported is 2005"),
        ({"parameters": {"xyzzy": 1}}, "parameters: "),
        ({"scales": {"substitution": ["capacity_basic"]}}, "scales.substitution: the name is taken"),
        ({"scales": {"mine": []}}, "scales.mine: the list of parameters is empty"),
        ({"scales": {"mine": ["xyzzy"]}}, "scales.mine: there is no parameter xyzzy"),
        ({"rules": "mine"}, "rules cannot be 'mine': write module:attribute"),
        ({"rules": "agents.suggestions:__doc__"}, "neither Rules, nor a mapping of rules, nor a rule"),
        ({"rules": "agents.suggestions:xyzzy_there"}, "agents.suggestions has no xyzzy_there"),
        ({"record": {"xyzzy": 1}}, "there is no key record.xyzzy; there are metrics, panel"),
        ({"xyzzy": 1}, "there is no key xyzzy; there are centres, "),
        ({"design": {"factors": {"substitution": {"low": "a", "high": 2}}}}, "low must be a number, not 'a'"),
        ({"seeds": 0}, "seeds cannot be 0: it must be at least 1"),
        ({"name": "算力 试验"}, "name cannot be '算力 试验': it takes letters, digits"),
        (
            {"parameters": {"firms": "2e2"}},
            "parameters.firms must be a number, not '2e2': YAML takes it for a text; write 200.0",
        ),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(values: dict[str, Any], said: str) -> None:
    assert said in refused(**values)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("e.json", b"{}", "an experiment file ends in "),
        ("e.yaml", b"[1, 2]", "it holds no table of settings"),
        ("e.yaml", b"name: [1", "it is not valid YAML: while parsing"),
        ("e.yaml", b"name: \xff", "byte 6 is not UTF-8 text"),
        ("e.yaml", b"[" * 1_500, "it is not valid YAML: its lists and tables are nested too deeply"),
        ("e.yaml", b"a: 1\n" * 250_000, "it is larger than 1 MB"),
        ("e.toml", b"name = ", "it is not valid TOML: "),
    ],
)
def test_a_file_that_is_no_experiment_is_named(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SweepError) as caught:
        read_experiment(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}: {said}")


def test_paths_count_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "e.toml").write_text(
        'name = "e"\ncities = "c.csv"\nlinks = "e.csv"\n'
        '[design]\nfactors.cities = ["d.csv", "shipped", "synthetic:9", 3]\n',
        encoding="utf-8",
    )
    found = read_experiment(tmp_path / "e.toml")
    here = tmp_path.resolve()
    assert (found.cities, found.links) == (str(here / "c.csv"), str(here / "e.csv"))
    assert found.design.factors["cities"] == [str(here / "d.csv"), "shipped", "synthetic:9", 3]


def test_a_file_that_is_not_there_names_the_presets() -> None:
    with pytest.raises(
        SweepError, match=r"no experiment file and no preset capacty; did you mean capacity\?$"
    ):
        load("capacty")


@pytest.mark.parametrize("file", sorted(PRESETS.glob("*.toml")), ids=lambda file: file.stem)
def test_presets_make_a_design(file: Path) -> None:
    sweep = load(file.stem)
    assert sweep.experiment.name == file.stem
    assert sweep.experiment.meaning
    assert len(sweep.design) > 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"replications": 3}, ["replications is now seeds, the number of runs of each point"]),
        (
            {"base": {"until": 2010, "parameters": {}, "edges": "e.csv"}},
            [
                "base.until is now until, at the top of the file",
                "base.parameters is now a table [parameters], at the top of the file",
                "base.edges is now links, at the top of the file",
            ],
        ),
        ({"base": 3}, ["base is now without a table: its keys are at the top of the file"]),
        ({"edges": "e.csv"}, ["edges is now links"]),
        (
            {"seeds": {"root": 1, "common": True}},
            ["seeds.root is now first_seed", "seeds.common is now common_random_numbers"],
        ),
    ],
)
def test_a_key_of_an_earlier_version_is_answered_with_the_new_one(
    values: dict[str, Any], said: list[str]
) -> None:
    assert refused(**values).splitlines() == said
