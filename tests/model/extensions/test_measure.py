"""Own measures: of any table, by city and for the country, in panel, collector and copies of a run."""

import numpy as np
import pytest

from experiments.study.run_arms import run_arms
from experiments.study.study import Study
from experiments.sweep.store import schemas
from experiments.sweep.sweep import from_values
from model import AgentKind, Column, Extension, Measure, Parameters
from model.country.country import build_country
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.scenarios.scenario_catalogue import SCENARIOS
from tests.support.small_run import run

BANKS = AgentKind(
    "banks",
    "bank_",
    [Column("city", "row", "its city", index_of="cities"), Column("loans", "money", "lent")],
    lambda: {"city": [0, 0, 3], "loans": [1.0, 2.0, 5.0]},
)
OWN = Extension(
    "own",
    agents=BANKS,
    measures=[
        Measure("sold", "firms.revenue", by="city", yearly="sum", unit="money/quarter"),
        Measure("mean_size", "firms.revenue", how="mean"),
        Measure("lent", "banks.loans", by="city", how="max"),
        Measure("least", "banks.loans", by="city", how="min", yearly="last"),
        Measure("mean_wage", "cities.wage", how="mean"),
        Measure("product", "nation.product"),
    ],
)


def test_measures_are_of_any_table(country):
    made = run(country, until=8, extension=OWN)
    firms, cities = made.state["firms"], made.state["cities"]
    there = firms["alive"] > 0.5
    sold = np.bincount(firms["city"][there], weights=firms["revenue"][there], minlength=12)
    assert np.array_equal(made.history["sold"][-1], sold)
    assert np.array_equal(made.history["lent"][-1], [2.0, 0, 0, 5.0, *[0.0] * 8])
    assert np.array_equal(made.history["least"][-1], [1.0, 0, 0, 5.0, *[0.0] * 8])
    last = made.measures().iloc[-1]
    assert last["mean_size"] == sold.sum() / there.sum() or np.isclose(
        last["mean_size"], firms["revenue"][there].mean()
    )
    assert last["lent"] == 5.0
    assert last["mean_wage"] == pytest.approx(cities["wage"].mean())
    assert last["product"] == made.state["nation"]["product"][0]
    assert len(made.measures()) == 8
    panel = made.panel()
    assert np.array_equal(panel["sold"][-12:], sold)
    assert made.datacollector.get_model_vars_dataframe()["lent"].tolist() == [5.0] * 9
    again = made.fork()
    again.step()
    made.step()
    assert again.measures().equals(made.measures())


def test_measures_reach_results_and_sweeps(country, tmp_path, monkeypatch):
    arms = {"none": SCENARIOS["none"]}
    study = Study(arms, (1,), Parameters(firms=120, burn_in=2), 2006, build_country(country), extension=OWN)
    panel = run_arms(study).record(1, "none").panel
    one = run(country, until=8, seed=1, extension=OWN)
    of_year = np.array(one.history["sold"][4:8]).sum(axis=0)
    assert np.array_equal(panel.loc[panel["year"] == 2006, "sold"], of_year)
    assert panel["least"].max() == 5.0
    monkeypatch.chdir(tmp_path)
    text = """from model import Extension, Measure
extension = Extension("m", measures=Measure("lost", "firms.exiting"))
"""
    (tmp_path / "own.py").write_text(text, encoding="utf-8")
    values = {
        "name": "own",
        "extension": "own.py",
        "cities": "synthetic:12:3",
        "scenario": "none",
        "until": 2005,
        "parameters": {"firms": 60, "burn_in": 2},
        "design": {"factors": {"tax_rate": [0.1, 0.2]}},
        "record": {"metrics": ["lost", "firms"]},
    }
    sweep = from_values(values, tmp_path / "store")
    assert schemas(sweep.experiment)["metrics"].names == ["run", "year", "lost", "firms"]
    sweep.run(workers=0)
    assert (sweep.finals["lost"] >= 0.0).all()


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        (Measure("x", "firm.age"), "there is no table 'firm'"),
        (Measure("x", "firms.aged"), "firms has no column 'aged'"),
        (Measure("x", "firms.age", how="median"), "how cannot be 'median': it is one of sum, mean, max, min"),
        (Measure("x", "nation.product", by="city"), "nation has no column that holds rows of cities"),
        (Measure("wage", "firms.age"), "its name is taken by a column of cities, a measure or a parameter"),
        (Measure("Wage", "firms.age"), "its name must be lower-case"),
    ],
)
def test_mistakes_are_one_sentence(measure, said):
    with pytest.raises(ExtensionError, match=said):
        extended(Extension("own", measures=measure))
