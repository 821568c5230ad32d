"""The plans in every world, a member of the ensemble with a seed: one history, then a fork for each plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from experiments.ensemble.member_run import with_factors
from experiments.ensemble.members import Ensemble
from experiments.questions.decision.forks import Forks
from experiments.questions.decision.plans import NOTHING, PLANS, Plan, national_gdp
from experiments.study.study import Study
from experiments.study.worker_pool import iter_results
from model.regional_model import RegionalModel

Array = NDArray[np.float64]
NEAR_KM = 300.0
HORIZON = 10  # years from the decision on
SPENDING = ("centre_investment", "voucher_paid")  # of the city


@dataclass(frozen=True)
class AskingCity:
    """A city that asks, and its money.

    city: Its row; year: at whose start it decides; budget and scale, the country's GDP of a year: 100 m CNY.
    """

    city: int
    year: int
    budget: float
    scale: float

    @property
    def until(self) -> int:
        """The last year that counts."""
        return self.year + HORIZON - 1

    @property
    def share(self) -> float:
        """The budget over the country's GDP of a year."""
        return self.budget / self.scale


@dataclass(frozen=True)
class World:
    """What the plans do in one world, against doing nothing; money is 100 m CNY, all years together.

    gains: plan → (city, neighbours, others, country); cost: plan → spending of the city; cities: plan
    → effect on the GDP of each city in the last five years, %, (C,); firms: plan → effect on the sales of
    the city's smaller half and of its largest tenth of firms in the last quarter, %.
    """

    member: int
    seed: int
    gains: Mapping[str, tuple[float, ...]]
    cost: Mapping[str, float]
    cities: Mapping[str, Array]
    firms: Mapping[str, tuple[float, ...]]


def run_worlds(
    study: Study,
    found: Ensemble,
    question: AskingCity,
    members: int,
    workers: int = 1,
    finished: Callable[[str], None] = lambda name: None,
) -> list[World]:
    """Run every member, taken evenly from the ensemble, with a seed of its own; failures are left out."""
    seeds = study.seeds
    jobs = [
        (one, seeds[place % len(seeds)], tuple(sorted(found.values(one).items())))
        for place, one in enumerate(found.evenly(members))
    ]
    worlds = []
    for job, outcome in iter_results(partial(_world, study, question), jobs, workers):
        if isinstance(outcome, World):
            worlds.append(outcome)
        finished(f"member {job[0]}" if isinstance(outcome, World) else f"member {job[0]}: {outcome}")
    return sorted(worlds, key=lambda world: world.member)


def _world(
    study: Study, question: AskingCity, job: tuple[int, int, tuple[tuple[str, float], ...]]
) -> World | str:
    member, seed, values = job
    try:
        forks = Forks(history_of(study, question.year, seed, dict(values)))
        return world_of(forks, question, PLANS, member)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def history_of(study: Study, year: int, seed: int, values: Mapping[str, float]) -> RegionalModel:
    """Run a member with a seed until the start of a year, when the city decides."""
    parameters = with_factors(study.parameters, values)
    history = RegionalModel(
        parameters, study.scenario, seed, country=study.country, extension=study.extension
    )
    history.run_until(year - 1)
    return history


def world_of(forks: Forks, question: AskingCity, plans: Sequence[Plan], member: int) -> World:
    """Carry out every plan from one history and compare it with doing nothing."""
    history = forks.history
    city_id = int(history.cities["city_id"].iloc[question.city])
    # 100 m CNY for money of the model, in which prices are a share of income, and at constant prices.
    money, real = (question.scale / national_gdp(history, name) for name in ("gdp", "real_gdp"))
    far = history.country.distances[question.city]
    groups = (far == 0.0, (far > 0.0) & (far <= NEAR_KM), far > NEAR_KM, far >= 0.0)
    cohorts = _cohorts(history, question.city)
    base: RegionalModel | None = None
    gains, cost, cities, firms = {}, {}, {}, {}
    for plan in plans:
        run = forks.run(plan, city_id, question.share, question.until)
        base = run if base is None else base
        change = _since(run, history, "real_gdp") - _since(base, history, "real_gdp")
        totals = real * change.sum(axis=0)
        gains[plan.name] = tuple(float(totals[group].sum()) for group in groups)
        spent = sum(_since(run, history, name) - _since(base, history, name) for name in SPENDING)
        cost[plan.name] = float(money * np.asarray(spent)[:, question.city].sum())
        late, usual = (_since(one, history, "real_gdp")[-20:].sum(axis=0) for one in (run, base))
        cities[plan.name] = 100.0 * (late / np.where(usual > 0, usual, 1.0) - 1.0) * (usual > 0)
        firms[plan.name] = tuple(_sales_change(run, base, rows) for rows in cohorts)
    assert plans[0].name == NOTHING
    return World(member, history.seed, gains, cost, cities, firms)


def _since(run: RegionalModel, history: RegionalModel, name: str) -> Array:
    """Return a measure of cities in the quarters since the decision, (Q, C)."""
    return np.array(run.history[name][len(history.history[name]) :])


def _cohorts(history: RegionalModel, city: int) -> tuple[Array, Array]:
    """Return rows of the city's firms at the decision: the smaller half by sales, and the largest tenth."""
    firm = history.state["firms"]
    here = np.flatnonzero((firm["alive"] > 0.5) & (firm["city"].astype(int) == city))
    order = here[np.argsort(firm["revenue"][here], kind="stable")]
    return order[: len(order) // 2], order[len(order) - max(1, len(order) // 10) :]


def _sales_change(run: RegionalModel, base: RegionalModel, rows: Array) -> float:
    """Return the effect on the sales of the firms, by their founders' rows, in the last quarter, %."""
    sales, usual = (
        float((one.state["firms"]["revenue"] * (one.state["firms"]["alive"] > 0.5))[rows].sum())
        for one in (run, base)
    )
    return 100.0 * (sales / usual - 1.0) if usual > 0 else float("nan")
