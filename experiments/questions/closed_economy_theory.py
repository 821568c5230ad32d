"""Theory of the closed economy of document 003: mark-up, split of compute, growth in three readings.

Pure functions of parameters. The model does not import them: its agents have to find these numbers.

The economy: Y = A·(H̄K)^α·H^β·X^(1−α−β) with H̄ constant (= 1, else it is part of A), X = H_X/η and
H + H_X = H_T. Of investment I a share τ goes to compute: K̇ = (1−τ)I − δK, Ḣ_T = τI − δH_T. So K/H_T
goes to (1−τ)/τ, and with W = K + H_T: K = (1−τ)W, H_T = τW on the balanced path.

**Mark-up and split.** A price taker buys services until (1−α−β)Y/X = p, so X ∝ p^(−1/(α+β)) with K and H
given: an elasticity of 1/(α+β). Marginal revenue p·(1−α−β) equals marginal cost ηω, so
p/(ηω) = 1/(1−α−β). Then H_X = ηX = (1−α−β)Y·η/p = (1−α−β)²·Y/ω, while H = βY/ω, so
H_X/H = (1−α−β)²/β.

``closed_external_effect`` above 0 has no balanced path (Y is of degree above 1 in what accumulates): the
functions then raise ValueError.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from model.parameters import Parameters

Floats = NDArray[np.float64]
Formula = Literal["private", "planner", "appendix"]
FORMULAS: tuple[Formula, ...] = ("private", "planner", "appendix")


def services_share(parameters: Parameters) -> float:
    """1 − α − β: the elasticity of output to compute services."""
    return 1.0 - parameters.closed_capital_share - parameters.closed_compute_share


def markup(parameters: Parameters) -> float:
    """p/(ηω) = 1/(1−α−β), ratio."""
    return 1.0 / services_share(parameters)


def compute_ratio(parameters: Parameters) -> float:
    """H_X/H = (1−α−β)²/β, ratio."""
    return services_share(parameters) ** 2 / parameters.closed_compute_share


def provider_share(parameters: Parameters) -> float:
    """γ = H_X/H_T = (1−α−β)²/(β + (1−α−β)²), fraction."""
    ratio = compute_ratio(parameters)
    return ratio / (1.0 + ratio)


def output_per_wealth(parameters: Parameters, tau: ArrayLike | None = None) -> Floats:
    """Y/W on the balanced path, 1/year, at τ (any shape; by default the parameter's).

    Y/W = A·(1−τ)^α·τ^(1−α)·(1−γ)^β·(γ/η)^(1−α−β): in τ a single peak at 1 − α.
    """
    if parameters.closed_external_effect > 0.0:
        raise ValueError("there is no balanced growth with closed_external_effect above 0; set it to 0")
    share = _tau(parameters, tau)
    alpha, beta, gamma = (
        parameters.closed_capital_share,
        parameters.closed_compute_share,
        provider_share(parameters),
    )
    split = (1.0 - gamma) ** beta * (gamma / parameters.closed_service_compute) ** (1.0 - alpha - beta)
    scale: Any = parameters.closed_productivity * split
    return np.asarray(scale * (1.0 - share) ** alpha * share ** (1.0 - alpha))


def rentals(parameters: Parameters, tau: ArrayLike | None = None) -> tuple[Floats, Floats]:
    """r = αY/K and ω = βY/H on the balanced path, 1/year, at τ.

    With K = (1−τ)W and H = (1−γ)τW: r = α·(Y/W)/(1−τ), ω = β·(Y/W)/((1−γ)τ).
    """
    share, per_wealth = _tau(parameters, tau), output_per_wealth(parameters, tau)
    direct = (1.0 - provider_share(parameters)) * share
    return (
        parameters.closed_capital_share * per_wealth / (1.0 - share),
        parameters.closed_compute_share * per_wealth / direct,
    )


def return_on_investment(formula: Formula, parameters: Parameters, tau: ArrayLike | None = None) -> Floats:
    """Return the reading's return on a unit of investment, 1/year: see ``growth_rate``. Raises ValueError."""
    if formula not in FORMULAS:
        raise ValueError(f"formula {formula!r} is unknown: it is one of {', '.join(FORMULAS)}")
    if formula == "planner":
        return output_per_wealth(parameters, tau)
    share = _tau(parameters, tau)
    capital, compute = rentals(parameters, tau)
    if formula == "private":
        return np.asarray((1.0 - share) * capital + share * compute)
    part = parameters.closed_compute_share + services_share(parameters) ** 2
    return np.asarray((1.0 - share) * capital / parameters.closed_capital_share + share * compute / part)


def growth_rate(
    formula: Formula = "private", parameters: Parameters | None = None, tau: ArrayLike | None = None
) -> Floats:
    """Growth of consumption, and on the balanced path of everything, 1/year: g = (return − δ − ρ)/σ.

    The readings differ in the return on a unit of investment, of which 1−τ becomes capital and τ compute:

    - ``private``: the owner's return, (1−τ)r + τω = [α + β + (1−α−β)²]·Y/W. The household of a market
      economy maximises ∫ e^(−ρt)·C^(1−σ)/(1−σ) dt; from Ẇ = Y − C − δW, and with rentals and the
      provider's profit as given, Ċ/C = ((1−τ)r + τω − δ − ρ)/σ.
    - ``planner``: the economy's return. With the split of compute given Y = Z(τ)·W is linear in wealth,
      and a unit of it brings Z = Y/W = Y/(K + H_T). The planner also counts the provider's profit,
      (1−α−β)(α+β)·Y.
    - ``appendix``: as printed in document 003, (1−τ)r/α + τω/(β + (1−α−β)²). But r/α = Y/K and
      ω/(β + (1−α−β)²) = Y/H_T are *average* products of the whole output, and (1−τ)/K = τ/H_T = 1/W on
      the balanced path: each term is Y/W by itself, together twice the planner's. Output is counted twice.

    ``parameters``: by default ``Parameters()``; ``tau``: τ of any shape, by default the parameter's.
    Balanced growth with consumption above 0 needs g + δ < Y/W; lifetime utility is finite if ρ > (1−σ)g.

    Raises ValueError for an unknown formula, τ outside (0, 1) or an external effect above 0.
    """
    given = parameters or Parameters()
    profit = return_on_investment(formula, given, tau) - given.closed_depreciation
    return np.asarray((profit - given.closed_discount_rate) / given.closed_risk_aversion)


def saving_needed(formula: Formula, parameters: Parameters, tau: ArrayLike | None = None) -> Floats:
    """Share of output that has to be invested to grow at the reading's rate, (g + δ)/(Y/W).

    Above 1 the rate is not feasible.
    """
    growth = growth_rate(formula, parameters, tau)
    return np.asarray((growth + parameters.closed_depreciation) / output_per_wealth(parameters, tau))


def best_tau(parameters: Parameters) -> float:
    """τ* = 1 − α, where Y/W and so growth in each reading peaks.

    d ln(Y/W)/dτ = (1−α)/τ − α/(1−τ), above 0 if and only if τ < 1 − α.
    """
    return 1.0 - parameters.closed_capital_share


def growth_rises(parameters: Parameters, tau: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Whether growth rises in τ. In prices: ω > r·(β + (1−α−β)²)/(1−α).

    From τ < 1−α with K/H_T = (1−τ)/τ, r = αY/K and ω = (β + (1−α−β)²)·Y/H_T.
    """
    part = parameters.closed_compute_share + services_share(parameters) ** 2
    capital, compute = rentals(parameters, tau)
    return np.asarray(compute > capital * part / (1.0 - parameters.closed_capital_share))


def growth_rises_as_printed(parameters: Parameters, tau: ArrayLike | None = None) -> NDArray[np.bool_]:
    """The condition printed in document 003, ω > r·(β + (1−α−β)²)/α.

    It is the derivative of the printed rate with r and ω held fixed. Both move with τ: on the balanced
    path the condition says K > H_T, that is τ < ½ whatever the parameters.
    """
    part = parameters.closed_compute_share + services_share(parameters) ** 2
    capital, compute = rentals(parameters, tau)
    return np.asarray(compute > capital * part / parameters.closed_capital_share)


def _tau(parameters: Parameters, tau: ArrayLike | None) -> Floats:
    share = np.asarray(parameters.closed_compute_investment if tau is None else tau, dtype=np.float64)
    if not ((share > 0.0) & (share < 1.0)).all():
        raise ValueError(f"τ must lie between 0 and 1, both excluded, not {share}")
    return share
