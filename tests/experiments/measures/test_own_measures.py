"""What extensions measure, with and without centres, from results to the report."""

import numpy as np
import pytest

from experiments.measures.effect_tables import all_tables, pairs
from experiments.results.write_results import summary
from experiments.study.run_arms import run_arms
from experiments.study.run_cache import read_record, write_record
from experiments.study.study import WITH, WITHOUT, Study, twins
from model import Column, Extension, Measure, Opening, Parameters, Scenario, after, for_each
from model.country.country import build_country
from viz.figures.run_figures import all_figures
from viz.reports.run_report import report_html


def double_wage(wage):
    return 2.0 * wage


OWN = Extension(
    "own",
    columns={"cities": Column("double_wage", "money/talent/quarter", "twice the wage")},
    events=after("wage", for_each("twice", "cities", double_wage)),
    measures=[
        Measure("sold", "firms.revenue", by="city", yearly="sum", unit="money/year", meaning="sales <all>"),
        Measure("dearest", "providers.price", how="max"),
    ],
)


@pytest.fixture(scope="module")
def results(country):
    scenario = Scenario("one", "one centre", openings=(Opening("A", city=0, kind="super", quarter=2),))
    whole = build_country(country)
    parameters = Parameters(firms=120, burn_in=2)
    return run_arms(Study(twins(scenario), (1, 2), parameters, 2006, whole, extension=OWN))


def test_measures_by_group_are_those_of_the_panel(results, tmp_path):
    found = all_tables(results)["own_measures"].set_index(["measure", "group"])
    sums = {
        (pair.seed, arm): getattr(pair, side)["sold"].mean(axis=0)
        for pair in pairs(results)
        for arm, side in ((WITH, "with_centres"), (WITHOUT, "without"))
    }
    effect = np.mean([sums[seed, WITH][0] - sums[seed, WITHOUT][0] for seed in (1, 2)])
    host = found.loc["sold", "host cities"]
    assert host["mean"] == pytest.approx(effect, rel=1e-9)
    assert host["seeds"] == 2
    level = np.mean([sums[seed, WITHOUT].sum() for seed in (1, 2)])
    assert found.loc[("sold", "whole country"), "without"] == pytest.approx(level)
    wages = found.loc[("double_wage", "other cities"), "without"]
    of_city = np.mean([pair.without["wage"].mean(axis=0)[1:].mean() for pair in pairs(results)])
    assert wages == pytest.approx(2.0 * of_city)
    # Nothing is by city where the measure is of the country.
    assert found.loc["dearest"].index.tolist() == ["whole country"]
    record = results.record(1, WITH)
    assert read_record(write_record(record, tmp_path / "run")).national.equals(record.national)


def test_measures_are_in_the_report_and_its_figures(results):
    tables = all_tables(results)
    assert all_figures(tables)["own_measures"].axes[0].get_title(loc="left") == "sold, money/year"
    page = report_html(summary(results, tables, 1.0), tables, {}, results.centres)
    assert "Measures of extensions" in page
    assert "<code>sold</code> sales &lt;all&gt;" in page
    years = tables["own_over_time"]
    assert years[years["measure"] == "dearest"]["year"].tolist() == [2005, 2006]
