"""What is recorded every quarter: columns that exist, and totals of the country."""

from model.economy.regional_schema import REGIONAL
from model.records import BUILT_RECORDED, KIND_RECORDED, PROVIDER_RECORDED, RECORDED, TOTALS
from tests.support.small_run import run


def test_records_are_columns():
    for table, names in (
        ("cities", RECORDED),
        ("providers", PROVIDER_RECORDED + BUILT_RECORDED),
        ("kinds", KIND_RECORDED),
    ):
        assert all(REGIONAL.has(table, name) for name in names)


def test_totals_are_those_of_the_state(country):
    made = run(country)
    last = made.datacollector.get_model_vars_dataframe().iloc[-1]
    assert list(last.index) == list(TOTALS)
    assert last["active_firms"] == made.state["firms"]["alive"].sum()
    assert last["innovations"] == made.state["cities"]["innovation"].sum()
