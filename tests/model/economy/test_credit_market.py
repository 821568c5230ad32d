"""The lender to builders: worked numbers."""

from __future__ import annotations

import pytest

from model.economy.credit_market import lend
from tests.support.call_market import after

BOOKS = {
    "provider_built": [1.0, 1.0, 1.0, 0.0],
    "provider_failing": [0.0, 0.0, 1.0, 0.0],
    "provider_cost": [10.0, 10.0, 5.0, 10.0],
    "nation_product": [1000.0],
    "nation_lender_equity": [8.0],
    "nation_loans": [12.0],
    "nation_loan_losses": [0.0],
    "nation_credit_premium": [0.02],
    "nation_city_credit": [7.0],
    "lender_leverage": 2.0,
    "lender_capital": 0.01,
    "loan_share": 0.5,
    "loan_margin": 0.02,
    "loan_recovery": 0.4,
    "credit_slope": 0.03,
}


def test_builders_borrow_and_what_failed_ones_owe_is_lost_in_part():
    found = after(lend, **BOOKS)
    assert found.nation_loans == [10.0]
    assert found.nation_loan_losses == pytest.approx([0.6 * 2.5])
    equity = 8.0 + 0.25 * 0.04 * 12.0 - 1.5
    assert found.nation_lender_equity == pytest.approx([equity])
    used = 10.0 / (2.0 * equity)
    assert found.nation_credit_premium == pytest.approx([0.03 * used / (1.0 - used)])
    assert found.nation_city_credit == pytest.approx([0.5 * (1.0 - used)])


def test_equity_starts_at_its_largest_and_is_never_less_than_a_tenth_of_it():
    assert after(lend, **{**BOOKS, "nation_lender_equity": [0.0]}).nation_lender_equity == pytest.approx(
        [8.62]
    )
    assert after(lend, **{**BOOKS, "nation_lender_equity": [99.0]}).nation_lender_equity == [10.0]
    lost = after(lend, **{**BOOKS, "provider_cost": [100.0, 10.0, 500.0, 10.0]})
    assert lost.nation_lender_equity == [1.0]
    assert lost.nation_credit_premium == pytest.approx([0.03 * 19.0])  # credit is as good as refused
