"""The experiment file: what it may say, and a sentence for every mistake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from experiments.sweep import SweepError, from_values, load
from experiments.sweep.experiment_file import READY, checked, read_experiment
from experiments.sweep.factors import case_of, load_rules
from model.parameters import Parameters

TOML = """
name = "both"
replications = 3
twin = true
[base]
scenario = "random_hosts"
cities = "synthetic:12"
[design]
kind = "factorial"
where = "capacity_scale > 1 or talent_mobility = 0"
factors.capacity_scale = {low = 0.5, high = 2.0, n = 3, scale = "log"}
factors.talent_mobility = [0.0, 0.05]
[seeds]
root = 7
common = false
"""
YAML = """
name: both
replications: 3
twin: true
base: {scenario: random_hosts, cities: "synthetic:12"}
design:
  kind: factorial
  where: capacity_scale > 1 or talent_mobility = 0
  factors:
    capacity_scale: {low: 0.5, high: 2.0, n: 3, scale: log}
    talent_mobility: [0.0, 0.05]
seeds: {root: 7, common: false}
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
        ({"replicaitons": 3}, "there is no key replicaitons; did you mean replications?"),
        ({"design": {"kynd": "lhs"}}, "there is no key design.kynd; did you mean kind?"),
        ({"design": {"kind": "grid"}}, "design.kind cannot be 'grid': it is one of 'factorial'"),
        ({"replications": "3"}, "replications must be a whole number, not '3'"),
        ({"base": 3}, "base must be a table, not 3"),
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
        ({"design": {"factors": {"rules": ["agents.firm:inovated"]}}}, "did you mean innovated"),
        ({"design": {"factors": {"cities": ["synthetic:many"]}}}, "write synthetic:60"),
        ({"design": {"factors": {"until": [1990]}}}, "the first year that is reported is 2005"),
        ({"design": {"factors": {"substitution": [1.5, 1.5]}}}, "stands twice"),
        ({"scales": {"all": ["capacity_bsic"]}}, "did you mean capacity_basic"),
        ({"design": {"kind": "lhs", "factors": {"substitution": [1.5, 2]}}}, "design.n is missing"),
        ({"design": {"n": 3, "factors": {"substitution": [1.5, 2]}}}, "design.n is for sampled designs"),
        ({"design": {"kind": "sobol", "n": 100, "factors": {"substitution": [1.5, 2]}}}, "as 64 or 128"),
        ({"design": {"where": "substitution > 5", "factors": {"substitution": [1.5, 2]}}}, "leaves no point"),
        ({"design": {"where": "sub > 5", "factors": {"substitution": [1.5, 2]}}}, "cannot be understood"),
        ({"design": {"kind": "table"}}, "design.file goes with design.kind"),
        ({"record": {"metrics": ["inovation"]}}, "did you mean innovation"),
        ({"design": {"kind": "lhs", "n": 4}}, "design.factors is missing: a lhs design needs factors"),
        ({"design": {"kind": "morris", "n": 4, "where": "true", "factors": {"substitution": [1.5, 2]}}},
         "design.where cannot be used with morris: its analysis needs every point"),
        ({"design": {"kind": "table", "file": "a.csv", "factors": {"substitution": [2]}}},
         "design.factors cannot be used with kind table"),
        ({"design": {"kind": "table", "file": "none.csv"}}, "design.file: none.csv: there is no such file"),
        ({"design": {"factors": {"substitution": {"low": 1.5, "high": 2.5, "n": 10_001},
                                 "talent_mobility": {"low": 0.0, "high": 0.1, "n": 10_001}}}},
         "the design has 100,020,001 points, more than 100,000,000"),
        ({"design": {"factors": {"scenario": ["none"], "layout": ["none"]}}}, "layout is another name of"),
        ({"design": {"factors": {"substitution": []}}}, "design.factors.substitution: the list is empty"),
        ({"design": {"factors": {"xyzzy": [1]}}}, "no factor xyzzy; `computeleap parameters` lists"),
        ({"design": {"factors": {"cities": {"low": 1, "high": 2, "n": 2}}}}, "takes a list of names, not a"),
        ({"design": {"factors": {"home_reach": {"low": 0, "high": 9, "n": 2, "scale": "log"}}}},
         "a log scale needs low above 0, not 0"),
        ({"design": {"factors": {"until": ["never"]}}}, "design.factors.until cannot be 'never': "),
        ({"base": {"until": 1990}}, "until cannot be 1990: the first year that is reported is 2005"),
        ({"base": {"parameters": {"xyzzy": 1}}}, "base.parameters: "),
        ({"scales": {"substitution": ["capacity_basic"]}}, "scales.substitution: the name is taken"),
        ({"scales": {"mine": []}}, "scales.mine: the list of parameters is empty"),
        ({"scales": {"mine": ["xyzzy"]}}, "scales.mine: there is no parameter xyzzy"),
        ({"base": {"rules": "mine"}}, "rules cannot be 'mine': write module:attribute"),
        ({"base": {"rules": "agents.suggestions:__doc__"}}, "neither Rules, nor a mapping of rules, nor a rule"),
        ({"base": {"rules": "agents.suggestions:xyzzy_there"}}, "agents.suggestions has no xyzzy_there"),
        ({"base": {"xyzzy": 1}}, "there is no key base.xyzzy; there are centres, "),
        ({"design": {"factors": {"substitution": {"low": "a", "high": 2}}}}, "low must be a number, not 'a'"),
        ({"replications": 0}, "replications cannot be 0: input should be greater than"),
    ],
)  # fmt: skip
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
        'name = "e"\n[base]\ncities = "c.csv"\nedges = "e.csv"\n'
        '[design]\nfactors.cities = ["d.csv", "shipped", "synthetic:9", 3]\n',
        encoding="utf-8",
    )
    found = read_experiment(tmp_path / "e.toml")
    here = tmp_path.resolve()
    assert (found.base.cities, found.base.links) == (str(here / "c.csv"), str(here / "e.csv"))
    assert found.design.factors["cities"] == [str(here / "d.csv"), "shipped", "synthetic:9", 3]


def test_rules_may_be_a_mapping_or_one_rule(tmp_path: Path) -> None:
    (tmp_path / "rules_of_a_test.py").write_text(
        "def wage(wage):\n    return wage\n\nboth = {'wage': wage}\n", encoding="utf-8"
    )
    for attribute in ("wage", "both"):
        assert set(load_rules(f"rules_of_a_test:{attribute}", str(tmp_path)).replaced) == {"wage"}


def test_a_file_that_is_not_there_names_the_ready_ones() -> None:
    with pytest.raises(SweepError, match="did you mean the ready experiment capacity"):
        load("capacty")


@pytest.mark.parametrize("file", sorted(READY.glob("*.toml")), ids=lambda file: file.stem)
def test_ready_experiments_make_a_design(file: Path) -> None:
    sweep = load(file.stem)
    assert sweep.experiment.name == file.stem
    assert sweep.experiment.meaning
    assert len(sweep.design) > 1


def test_whole_numbers_stay_whole_beside_fractions() -> None:
    """A row of a design with both holds 4 hosts as 4.0."""
    factors = {"scenario.hosts": [2, 6], "interoperability_friction": [0.0, 0.5]}
    experiment = checked({"name": "both", "design": {"factors": factors}})
    case = case_of(experiment, {"scenario.hosts": 6.0, "interoperability_friction": 0.5})
    assert case.scenario.hosts == 6
    assert isinstance(case.scenario.hosts, int)
    with pytest.raises(SweepError, match=r"scenario.hosts takes whole numbers, not 2.5"):
        case_of(experiment, {"scenario.hosts": 2.5})


def test_a_factor_beats_the_scenario_which_beats_the_base() -> None:
    experiment = checked({
        "name": "t", "base": {"parameters": {"traffic_basic": 3, "substitution": 1.5}},
        "scales": {"prices": ["target_utilisation"]},
    })  # fmt: skip
    values = {"traffic_scale": 2.0, "substitution": 1.7, "scenario": "none", "scenario.hosts": 3}
    case = case_of(experiment, values)
    assert case.parameters == Parameters(
        traffic_basic=6.0, traffic_intelligent=2.0, traffic_super=2.0, substitution=1.7
    )
    assert (case.scenario.name, case.scenario.hosts) == ("none", 3)
    assert case_of(experiment, {"prices": 0.5}).parameters.target_utilisation == 0.4


# ── Designs ──────────────────────────────────────────────────────────────────────────────────────

FACTORS = {
    "substitution": {"low": 1.5, "high": 2.5},
    "home_reach": {"low": 10.0, "high": 1000.0, "scale": "log"},
    "scenario.hosts": {"low": 2, "high": 8},
    "scenario": ["actual", "random_hosts"],
}


@pytest.mark.parametrize(
    ("kind", "n", "points"),
    [("lhs", 40, 40), ("sobol", 64, 64), ("random", 50, 50), ("morris", 6, 30), ("saltelli", 16, 96)],
)
def test_sampled_designs_stay_in_range_and_repeat(kind: str, n: int, points: int) -> None:
    sweep = make(design={"kind": kind, "n": n, "factors": FACTORS})
    design = sweep.design
    assert len(design) == points
    assert design["point"].tolist() == list(range(points))
    assert design["substitution"].between(1.5, 2.5).all()
    assert design["home_reach"].between(10.0, 1000.0).all()
    assert design["scenario_hosts"].dtype.kind == "i"
    assert design["scenario_hosts"].between(2, 8).all()
    assert set(design["scenario"]) == {"actual", "random_hosts"}
    again = make(design={"kind": kind, "n": n, "factors": FACTORS}).design
    pd.testing.assert_frame_equal(design, again)
    other = make(design={"kind": kind, "n": n, "factors": FACTORS}, seeds={"root": 2}).design
    assert not design.equals(other)


def test_lhs_has_one_point_in_each_part_and_log_scale_halves_the_decades() -> None:
    design = make(design={"kind": "lhs", "n": 100, "factors": FACTORS}).design
    parts = ((design["substitution"] - 1.5) * 100).astype(int)
    assert sorted(parts) == list(range(100))
    assert (design["home_reach"] < 100.0).sum() == 50


def test_a_table_is_taken_as_it_is(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"substitution": [1.5, 2.0], "scenario.hosts": [3, 4], "scenario": ["none", "actual"]}
    )
    frame.to_csv(tmp_path / "points.csv", index=False)
    (tmp_path / "t.toml").write_text(
        'name = "t"\n[design]\nkind = "table"\nfile = "points.csv"\n', encoding="utf-8"
    )
    design = load(tmp_path / "t.toml").design
    assert design.drop(columns="point").to_numpy().tolist() == frame.to_numpy().tolist()
    frame.rename(columns={"substitution": "substituton"}).to_csv(tmp_path / "points.csv", index=False)
    with pytest.raises(SweepError, match="substituton, which is no factor; did you mean substitution"):
        load(tmp_path / "t.toml").design  # noqa: B018
    for text, said in (
        ("substitution\n1.5,2\n3,4,5\n", "points.csv cannot be read (Error tokenizing"),
        ("substitution\n", "points.csv must have rows, and a value in every cell"),
        ("substitution,scenario.hosts\n1.5,\n", "points.csv must have rows, and a value in every cell"),
        ("xyzzy\n1\n", "points.csv has a column xyzzy, which is no factor"),
        ("substitution\n9.5\n", "design.factors.substitution: "),
    ):
        (tmp_path / "points.csv").write_text(text, encoding="utf-8")
        with pytest.raises(SweepError) as caught:
            load(tmp_path / "t.toml").design  # noqa: B018
        assert said in str(caught.value)


def test_a_table_may_be_parquet_and_number_its_points(tmp_path: Path) -> None:
    frame = pd.DataFrame({"point": [5, 6], "substitution": [1.5, 2.0]})
    frame.to_parquet(tmp_path / "points.parquet")
    design = make(design={"kind": "table", "file": str(tmp_path / "points.parquet")}).design
    assert design.to_dict("list") == {"point": [0, 1], "substitution": [1.5, 2.0]}


def test_a_design_without_factors_is_one_point() -> None:
    assert make().design.to_dict("list") == {"point": [0]}


def test_filtered_designs_number_their_points_anew() -> None:
    factors = {"substitution": [1.2, 1.5, 1.8], "scenario": ["actual", "none"]}
    design = make(
        design={"where": "not (scenario = 'none' and substitution > 1.3)", "factors": factors}
    ).design
    assert design["point"].tolist() == [0, 1, 2, 3]
    assert (design["scenario"] == "none").sum() == 1
