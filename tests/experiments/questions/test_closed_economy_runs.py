"""Theory of the closed economy by itself, and the rows that hold it against the agents."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.questions import closed_economy_runs as closed
from experiments.questions import closed_economy_theory as theory
from model.parameters import Parameters
from tests import ROOT
from tests.support.long_version import LONG, examples

RULES = settings(max_examples=examples(15, 60), deadline=None)
POINTS = st.builds(
    Parameters,
    closed_capital_share=st.floats(0.1, 0.45),
    closed_compute_share=st.floats(0.1, 0.45),
    closed_service_compute=st.floats(0.1, 10.0),
    closed_compute_investment=st.floats(0.05, 0.95),
    closed_productivity=st.floats(0.1, 5.0),
    closed_risk_aversion=st.floats(0.5, 5.0),
)


def test_the_readings_at_the_studys_numbers():
    """Figures of the study that preceded the model, α = .35, β = .40, η = 1.5, τ = .4."""
    given = Parameters()
    assert theory.markup(given) == pytest.approx(4.0, rel=1e-12)
    assert theory.compute_ratio(given) == pytest.approx(0.15625, rel=1e-12)
    assert theory.provider_share(given) == pytest.approx(0.13514, abs=5e-6)
    assert float(theory.growth_rate("appendix", given)) == pytest.approx(0.103, abs=5e-4)
    assert float(theory.growth_rate("planner", given)) == pytest.approx(0.0315, abs=5e-5)
    assert float(theory.growth_rate("private", given)) == pytest.approx(0.0181, abs=5e-5)
    assert float(theory.saving_needed("appendix", given)) == pytest.approx(1.07, abs=5e-3)
    assert theory.best_tau(given) == pytest.approx(0.65, rel=1e-12)


@RULES
@given(POINTS)
def test_the_printed_return_is_twice_the_planners(given):
    printed = theory.return_on_investment("appendix", given)
    assert printed == pytest.approx(2.0 * theory.return_on_investment("planner", given), rel=1e-12)
    parts = given.closed_capital_share + given.closed_compute_share + theory.services_share(given) ** 2
    private = theory.return_on_investment("private", given)
    assert private == pytest.approx(parts * theory.output_per_wealth(given), rel=1e-12)


@RULES
@given(POINTS)
def test_prices_and_profits_use_up_output(given):
    """αY + ωH + pX = Y: rentals of capital and compute, and the provider's profit."""
    r, omega = theory.rentals(given)
    tau = given.closed_compute_investment
    output = theory.output_per_wealth(given)
    direct = (1.0 - theory.provider_share(given)) * tau
    services = theory.provider_share(given) * tau / given.closed_service_compute
    price = theory.markup(given) * given.closed_service_compute * omega
    assert r * (1.0 - tau) + omega * direct + price * services == pytest.approx(output, rel=1e-12)


@RULES
@given(POINTS, st.floats(0.05, 0.95))
def test_growth_rises_where_its_slope_says_so(given, tau):
    if abs(tau - theory.best_tau(given)) < 1e-3:
        return
    for formula in theory.FORMULAS:
        below, above = theory.growth_rate(formula, given, [tau - 1e-5, tau + 1e-5])
        assert (above > below) == bool(theory.growth_rises(given, tau))
    assert bool(theory.growth_rises(given, tau)) == (tau < theory.best_tau(given))


@RULES
@given(POINTS, st.floats(0.05, 0.95).filter(lambda tau: abs(tau - 0.5) > 1e-9))
def test_the_printed_condition_is_a_share_below_one_half(given, tau):
    assert bool(theory.growth_rises_as_printed(given, tau)) == (tau < 0.5)


def test_bad_input_is_answered_with_a_sentence():
    with pytest.raises(ValueError, match="formula 'social' is unknown: it is one of private, planner"):
        theory.growth_rate("social")
    with pytest.raises(ValueError, match="τ must lie between 0 and 1"):
        theory.growth_rate("private", tau=1.0)
    with pytest.raises(ValueError, match="at least 2 quarters, not 1"):
        closed.limit_of(closed.closed_path(quarters=1), closed.closed_parameters())


def test_the_models_code_does_not_know_the_solution():
    """No module of the model or of the agents imports the theory (its layer forbids it) or repeats it."""
    import agents.closed_economy
    import model.economy.closed_economy_markets

    for module in (agents.closed_economy, model.economy.closed_economy_markets):
        assert "closed_theory" not in vars(module)
        assert not {"markup", "compute_ratio", "provider_share", "growth_rate"} & set(vars(module))


@pytest.fixture(scope="module")
def rows():
    return closed.validation_rows()


@LONG
def test_the_rows_say_what_is_met_and_what_not(rows):
    verdicts = {row.id: row.verdict for row in rows}
    missed = {name for name, verdict in verdicts.items() if verdict == "not met"}
    assert missed == {"I2 planner", "I2 appendix", "I3 printed condition"}
    assert len(verdicts) == len(rows) == 14
    assert all(row.note for row in rows if row.verdict == "not met")
    assert {row.kind for row in rows} == {"analytic"}


@LONG
def test_the_page_has_every_row_with_its_verdict(rows):
    page = (ROOT / "docs/closed_economy.md").read_text(encoding="utf-8")
    for row in rows:
        line = next(line for line in page.splitlines() if line.startswith(f"| {row.id} |"))
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[5].split(":")[0].split(" (")[0] == row.verdict
        if row.unit == "sign":
            assert [{"+": 1.0, "−": -1.0}[cell] for cell in cells[2:4]] == [row.published, row.measured]
        else:
            said = [float(cell.replace("−", "-")) for cell in cells[2:4]]
            assert said == pytest.approx([row.published, row.measured], rel=1e-5)


@LONG
def test_the_rows_hold_to_a_millionth(rows):
    found = {row.id: row for row in rows}
    for name in (
        "I1 markup",
        "I1 ratio",
        "I1 share",
        "I2 private",
        "I2 doubled",
        "I2 balance",
        "I4 gap below",
    ):
        assert found[name].measured == pytest.approx(found[name].published, rel=1e-6, abs=1e-6)
    assert found["I2 doubled"].published == 2.0


@LONG
def test_rows_come_as_a_table(rows):
    table = closed.rows_table(rows)
    assert " ".join(table.columns) == "id kind what published measured tolerance unit verdict note"
    assert table["id"].is_unique


def test_a_value_out_of_tolerance_is_not_met():
    assert closed.TheoryRow("x", "", 1.0, 1.1, 0.05, "ratio").verdict == "not met"
    assert closed.TheoryRow("x", "", 1.0, 1.1, 0.15, "ratio").verdict == "met"
    assert closed.TheoryRow("x", "", 1.0, float("nan"), 0.15, "ratio").verdict == "not met"


def test_growth_by_tau_has_theory_next_to_the_agents():
    table = closed.growth_by_tau([0.3, 0.6])
    assert list(table.columns) == ["tau", "private", "planner", "appendix", "measured"]
    assert np.allclose(table["measured"], table["private"], atol=1e-6)
    assert (table["appendix"] > table["planner"]).all()
