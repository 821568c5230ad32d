"""One run: its record, with and without an extension."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.study.one_run import FLOWS, model_of, run_one
from model import Parameters
from model.economy.regional_schema import REGIONAL
from model.records import RECORDED


def test_a_column_that_no_rule_reads_has_no_effect(university_study):
    plain = replace(university_study, extension=None, parameters=Parameters(firms=80, burn_in=2))
    one, other = run_one(university_study, 1, "with").panel, run_one(plain, 1, "with").panel
    assert list(one.columns) == [*other.columns, "graduates"]
    assert one[other.columns].equals(other)


def test_flows_are_what_is_counted_by_quarter_and_nothing_else():
    """A wage, money/person/quarter, is a price: it is averaged."""
    units = {column.name: column.unit for column in REGIONAL.tables["cities"]}
    by_quarter = {n for n in RECORDED if units[n].endswith("/quarter") and units[n].count("/") == 1}
    assert by_quarter == FLOWS
    assert {"gdp", "real_gdp", "spending", "compute_bill", "government_bill", "centre_investment"} <= FLOWS
    assert not {"people", "talent", "labour_wage", "price_level"} & FLOWS


def test_a_year_has_the_sum_of_flows_and_the_mean_of_stocks(university_study):
    plain = replace(university_study, extension=None, parameters=Parameters(firms=80, burn_in=2))
    model = model_of(plain, 1, "with")
    model.run_until(plain.until)
    last = run_one(plain, 1, "with").panel
    last = last[last["year"] == plain.until]
    for name, over in (("real_gdp", np.sum), ("people", np.mean), ("labour_wage", np.mean)):
        assert last[name].to_numpy() == pytest.approx(over(model.history[name][-4:], axis=0))
