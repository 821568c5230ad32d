"""Facts are measured as their rows say, judged by their bounds, and counted."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import experiments.validation.economy_facts as module
from experiments.measures.published_targets import target
from experiments.validation.economy_facts import MEASURES, count_row, fact_row, fact_rows, facts
from experiments.validation.rows import ValidationRuns
from tests.support.economies import YEARS, economy
from tests.support.validation_row import row


def by_id(identity: str) -> module.Fact:
    return next(one for one in facts() if one.id == identity)


def test_every_fact_has_a_measure_a_source_and_bounds() -> None:
    assert {one.id for one in facts()} == set(MEASURES)
    for one in facts():
        assert one.source, one.id
        assert one.why, one.id
        assert one.low <= one.value <= one.high, one.id
    assert {one.number for one in facts()} == {*range(17)}  # 0: beyond the list; 17 and 18 are other rows
    assert by_id("G13").value == target("G13").value
    assert by_id("G13").high == target("G13").high
    assert by_id("E18").high == 0.26


def test_rates_and_growth_by_hand() -> None:
    grown = economy(
        {
            "entrants": 8.0,
            "firms": 100.0,
            "research": 3.0,
            "gdp": 120.0,
            "eflops": 2.0 ** (YEARS - 2005.0),
            "adoption": 1.0 / (1.0 + np.exp(-(YEARS - 2016.0) / 3.0)),
        }
    )
    assert MEASURES["X4-entry"](grown) == pytest.approx(0.08)
    assert MEASURES["X5"](grown) == pytest.approx(0.025)
    assert MEASURES["X12"](grown) == pytest.approx(1.0)
    assert MEASURES["X11-bend"](grown) == 2016.0
    assert MEASURES["X11-2005"](grown) == pytest.approx(1.0 / (1.0 + math.exp(11.0 / 3.0)))


def test_compute_per_money_doubles_more_slowly_at_constant_prices() -> None:
    """Prices halve every two years, and the price level every six: at constant prices every three."""
    priced = economy(
        {"list_intelligent": 2.0 ** (-(YEARS - 2005) / 2.0), "price_level": 2.0 ** (-(YEARS - 2005) / 6.0)}
    )
    assert MEASURES["X13-list-income"](priced) == pytest.approx(2.0)
    assert MEASURES["X13"](priced) == pytest.approx(3.0)


def test_a_fact_is_judged_by_its_bounds() -> None:
    found = [economy({}, {"tail": value}) for value in (1.2, 1.3)]
    good = fact_row(by_id("X1"), found)
    assert (good.verdict, good.measured, good.seeds, good.reason) == ("holds", 1.25, 2, "")
    assert good.published == "1.06 (1 to 1.5)"
    bad = fact_row(by_id("X1"), [economy({}, {"tail": value}) for value in (3.0, 3.1)])
    assert bad.verdict == "fails"
    assert "entry" in bad.reason
    unknown = fact_row(by_id("X1"), [economy({})])
    assert (unknown.verdict, unknown.seeds) == ("not claimed", 0)
    late = fact_row(by_id("X12"), [economy({"eflops": 1.0}, years=np.arange(2005, 2012))])
    assert late.verdict == "not claimed"


def test_a_fact_counts_if_all_its_rows_hold() -> None:
    def of(identity: str, verdict: str, **more: Any) -> Any:
        return row(id=identity, verdict=verdict, reason="", **more)

    both = [of("X4-entry", "holds"), of("X4-exit", "holds"), of("X1", "holds"), of("G13", "holds")]
    assert count_row(both).measured == 2.0  # facts 4 and 1; G13 is outside the list
    one = count_row([*both[:1], of("X4-exit", "fails"), of("X1", "holds")])
    assert (one.measured, one.verdict) == (1.0, "fails")
    assert "fact 4" in one.reason
    others = [
        of("E5", "holds", quantity="beta slope 2010-22"),
        of("E5", "fails", quantity="beta slope 2000-10"),
        of("D1", "holds"),
        of("D1", "fails", scenario="random_hosts"),
    ]
    assert count_row(others).measured == 2.0
    every = [of(fact.id, "holds") for fact in facts()]
    assert count_row([*every, *others]).measured == 18.0
    assert count_row(every).verdict == "holds"


def test_facts_are_measured_in_a_full_validation(context: ValidationRuns) -> None:
    assert fact_rows(context) == []
    rows = fact_rows(context.changed(quick=False))
    assert [one.id for one in rows] == [one.id for one in facts()]
    entry = next(one for one in rows if one.id == "X11-2005")
    assert entry.seeds == 2
    assert 0.0 <= entry.measured <= 1.0
