"""Runs of the closed economy compared with its theory: paths, measured limits, rows of the validation.

>>> from experiments.questions.closed_economy_runs import validation_rows
>>> [row.id for row in validation_rows() if row.verdict == "not met"]
['I2 planner', 'I2 appendix', 'I3 printed condition']
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from experiments.questions.closed_economy_theory import (
    FORMULAS,
    best_tau,
    compute_ratio,
    growth_rate,
    growth_rises,
    growth_rises_as_printed,
    markup,
    provider_share,
    services_share,
)
from model import Parameters, RegionalModel

QUARTERS = 1600  # groping, and K/H_T on the way to (1−τ)/τ, need about 1,200 at the least favourable shares
FIRMS = 20
EXACT = 1e-6
PEAK_STEP = 0.01  # τ on both sides of the peak
PEAK_TOLERANCE = 1e-3  # error of a parabola through three points
PROBE = 0.01  # half the distance of two τ between which a sign is measured


# Row → quantity, unit, note.
ROWS = {
    "I1 markup": ("price of services over their cost, 1/(1−α−β)", "ratio", ""),
    "I1 ratio": ("compute of the provider over compute used directly, (1−α−β)²/β", "ratio", ""),
    "I1 share": ("provider's share of compute", "fraction", ""),
    "I2 private": ("growth, return of the owner", "1/year", ""),
    "I2 planner": (
        "growth, return of the economy",
        "1/year",
        "a market economy grows slower: no investor counts the provider's profit",
    ),
    "I2 appendix": ("growth as printed", "1/year", "the print counts output twice"),
    "I2 doubled": ("printed return at measured rentals, over measured Y/W", "ratio", ""),
    "I2 balance": ("capital over compute, (1−τ)/τ", "ratio", ""),
    "I3 peak": ("τ at which growth is highest, 1−α", "fraction", ""),
    "I3 sign below": ("sign of ∂g/∂τ below τ*", "sign", ""),
    "I3 sign above": ("sign of ∂g/∂τ above τ*", "sign", ""),
    "I3 printed condition": (
        "sign of ∂g/∂τ between ½ and τ* by the printed condition",
        "sign",
        "the print holds r and ω fixed; on the balanced path its condition is τ < ½",
    ),
}


@dataclass(frozen=True)
class Limit:
    """The state of an economy in its last quarter, and growth over it.

    ``markup`` p/(ηω); ``ratio`` H_X/H; ``share`` H_X/H_T; ``growth``, ``capital_growth`` and
    ``compute_growth`` of W, K and H_T, 1/year; ``capital_per_compute`` K/H_T; ``output_per_wealth`` Y/W,
    ``capital_rental`` r and ``compute_rental`` ω, 1/year.
    """

    markup: float
    ratio: float
    share: float
    growth: float
    capital_growth: float
    compute_growth: float
    capital_per_compute: float
    output_per_wealth: float
    capital_rental: float
    compute_rental: float


@dataclass(frozen=True)
class TheoryRow:
    """A row of the validation: the value of theory or of document 003, and the value measured.

    ``verdict`` is ``met`` where the two differ by no more than ``tolerance``, else ``not met``; ``note``
    explains it.
    """

    id: str
    what: str
    published: float
    measured: float
    tolerance: float
    unit: str
    note: str = ""
    kind: str = "analytic"

    @property
    def verdict(self) -> str:
        """``met`` or ``not met``."""
        return "met" if abs(self.measured - self.published) <= self.tolerance else "not met"


def closed_parameters(parameters: Parameters | None = None, **changes: float) -> Parameters:
    """Return parameters of a closed economy: few firms (their number is irrelevant), no burn-in, changes."""
    base = parameters or Parameters(firms=FIRMS)
    return base.changed(**{"closed_economy": 1, "burn_in": 0, **changes})


def closed_path(
    parameters: Parameters | None = None, quarters: int = QUARTERS, seed: int = 1, **changes: float
) -> pd.DataFrame:
    """Run one closed economy; return a row a quarter with the columns of ``RegionalModel.panel``.

    quarters: how many to run. seed: of the draws. changes: single parameters.
    """
    model = RegionalModel(closed_parameters(parameters, **changes), "closed_economy", seed)
    for _ in range(quarters):
        model.step()
    return model.panel()


def limit_of(path: pd.DataFrame, parameters: Parameters) -> Limit:
    """Return the limit of a path of ``closed_path``: its last quarter, and growth over it.

    Raises ValueError for a path of fewer than two quarters.
    """
    if len(path) < 2:
        raise ValueError(f"growth needs at least 2 quarters, not {len(path)}")
    before, last = path.iloc[-2], path.iloc[-1]
    wealth, wealth_before = (row["capital_stock"] + row["compute_stock"] for row in (last, before))
    cost = parameters.closed_service_compute * last["direct_rental"]
    return Limit(
        markup=float(last["service_price"] / cost),
        ratio=float(last["rented_compute"] / last["direct_compute"]),
        share=float(last["rented_compute"] / last["compute_stock"]),
        growth=_yearly(wealth_before, wealth),
        capital_growth=_yearly(before["capital_stock"], last["capital_stock"]),
        compute_growth=_yearly(before["compute_stock"], last["compute_stock"]),
        capital_per_compute=float(last["capital_stock"] / last["compute_stock"]),
        # Output of the quarter was made with the stocks at its start.
        output_per_wealth=float(last["output"] / wealth_before),
        capital_rental=float(last["capital_rental"]),
        compute_rental=float(last["direct_rental"]),
    )


def closed_limit(
    parameters: Parameters | None = None, quarters: int = QUARTERS, seed: int = 1, **changes: float
) -> Limit:
    """Run a closed economy and return its limit. quarters, seed, changes: as of ``closed_path``.

    Raises ValueError for fewer than two quarters.
    """
    given = closed_parameters(parameters, **changes)
    return limit_of(closed_path(given, quarters, seed), given)


def growth_by_tau(tau: ArrayLike, parameters: Parameters | None = None, seed: int = 1) -> pd.DataFrame:
    """Return growth against τ, 1/year: a column for each reading of theory, ``measured``, a row for each τ.

    tau: (n,), share of investment that goes into compute, between 0 and 1. seed: of all runs.
    """
    given = closed_parameters(parameters)
    points = np.atleast_1d(np.asarray(tau, dtype=np.float64))
    measured = [
        closed_limit(given, seed=seed, closed_compute_investment=float(point)).growth for point in points
    ]
    columns: dict[str, ArrayLike] = {"tau": points}
    columns |= {formula: growth_rate(formula, given, points) for formula in FORMULAS}
    return pd.DataFrame({**columns, "measured": measured})


def validation_rows(parameters: Parameters | None = None, seed: int = 1) -> list[TheoryRow]:
    """Return rows I1 to I4: theory and document 003 against the agents' limits."""
    given = closed_parameters(parameters)
    limit = closed_limit(given, seed=seed)
    return [
        *_split_rows(given, limit),
        *_growth_rows(given, limit),
        *_threshold_rows(given, seed),
        *_gap_rows(given, seed),
    ]


def rows_table(rows: list[TheoryRow]) -> pd.DataFrame:
    """Return rows as a table: id, kind, what, published, measured, tolerance, unit, verdict, note."""
    names = ("id", "kind", "what", "published", "measured", "tolerance", "unit", "verdict", "note")
    return pd.DataFrame([{name: getattr(row, name) for name in names} for row in rows])


def _row(identity: str, published: float, measured: float, tolerance: float = EXACT) -> TheoryRow:
    what, unit, note = ROWS[identity]
    return TheoryRow(identity, what, published, measured, tolerance, unit, note)


def _split_rows(given: Parameters, limit: Limit) -> list[TheoryRow]:
    return [
        _row("I1 markup", markup(given), limit.markup, EXACT * markup(given)),
        _row("I1 ratio", compute_ratio(given), limit.ratio),
        _row("I1 share", provider_share(given), limit.share),
    ]


def _growth_rows(given: Parameters, limit: Limit) -> list[TheoryRow]:
    tau = given.closed_compute_investment
    private, planner, appendix = (float(growth_rate(formula, given)) for formula in FORMULAS)
    # The printed return at the rentals that the agents came to.
    part = given.closed_compute_share + services_share(given) ** 2
    printed = (
        1.0 - tau
    ) * limit.capital_rental / given.closed_capital_share + tau * limit.compute_rental / part
    return [
        _row("I2 private", private, limit.growth),
        _row("I2 planner", planner, limit.growth),
        _row("I2 appendix", appendix, limit.growth),
        _row("I2 doubled", 2.0, printed / limit.output_per_wealth),
        _row("I2 balance", (1.0 - tau) / tau, limit.capital_per_compute),
    ]


def _threshold_rows(given: Parameters, seed: int) -> list[TheoryRow]:
    """The τ at which measured growth peaks, and the sign of its slope where the two conditions differ."""
    peak = best_tau(given)
    around = np.array([peak - PEAK_STEP, peak, peak + PEAK_STEP])
    low, middle, high = growth_by_tau(around, given, seed)["measured"]
    found = peak + PEAK_STEP * 0.5 * (low - high) / (low - 2.0 * middle + high)
    between, above = 0.5 * (0.5 + peak), 0.5 * (1.0 + peak)  # one between ½ and τ*, one above τ*
    below, after = _slope_sign(given, between, seed), _slope_sign(given, above, seed)
    return [
        _row("I3 peak", peak, float(found), PEAK_TOLERANCE),
        _row("I3 sign below", _sign(growth_rises(given, between)), below, 0.0),
        _row("I3 sign above", _sign(growth_rises(given, above)), after, 0.0),
        _row("I3 printed condition", _sign(growth_rises_as_printed(given, between)), below, 0.0),
    ]


def _gap_rows(given: Parameters, seed: int) -> list[TheoryRow]:
    """Two economies that differ in τ alone: growth of the gap ln(Y of the higher τ / Y of the lower)."""
    peak = best_tau(given)
    rows = []
    for place, low, high, note in (
        ("below", 0.5 * peak, 0.75 * peak, "the early mover stays ahead for good: gaps widen"),
        ("above", 0.25 * (1.0 + 3.0 * peak), 0.5 * (1.0 + peak), "more investment in compute falls behind"),
    ):
        theory = float(growth_rate("private", given, high) - growth_rate("private", given, low))
        slow, fast = growth_by_tau([low, high], given, seed)["measured"]
        what = f"growth at τ = {high:.3g} less growth at τ = {low:.3g}, {place} τ*"
        measured = float(fast - slow)
        rows.append(TheoryRow(f"I4 gap {place}", what, theory, measured, EXACT, "1/year", note))
    return rows


def _slope_sign(given: Parameters, tau: float, seed: int) -> float:
    low, high = growth_by_tau([tau - PROBE, tau + PROBE], given, seed)["measured"]
    return float(np.sign(high - low))


def _sign(rises: ArrayLike) -> float:
    return 1.0 if bool(rises) else -1.0


def _yearly(before: float, after: float) -> float:
    """Growth over a quarter, at the yearly rate 4·(after/before − 1)."""
    return float(4.0 * (after / before - 1.0))
