"""Several plans with the same seeds, and the first plan's run without any centre, made in the background.

Only national measures are kept, so that a run takes little memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from experiments.measures.plan_accounts import Accounts, accounts
from model import Parameters
from model.country.country import Country
from model.scenarios.scenario import Scenario
from viz.app.explore import seed_sample
from viz.app.explore.run_options import ALL, LAST_STORY_YEAR, RunOptions
from viz.app.explore.seed_sample import RUNS, record_run, run_base
from viz.app.explore.seed_spread import Spread, series_of, spread
from viz.app.explore.snapshot import Totals

KEPT = 300  # runs whose national measures are kept
KNOWN: OrderedDict[Hashable, Totals] = OrderedDict()
MEASURES = ("innovation", "gdp", "recent_theil")


@dataclass(frozen=True)
class PlanArm:
    """An arm of the comparison, a run without its seed: a plan, or the first plan without any centre."""

    base: Hashable
    places: Hashable
    scenario: Scenario
    parameters: Parameters


class PlanSample:
    """The runs of some plans, ``seeds`` of each; the seed and the number of firms are those of the first."""

    def __init__(self, country: Country, plans: Sequence[RunOptions]) -> None:
        self.country, self.plans = country, tuple(plans)
        self.arms: list[PlanArm] = []
        for options in self.plans:
            parameters, scenario, seed = options.checked()
            base = run_base(country, options)
            if not self.arms:
                self.arms.append(PlanArm(base, ALL, scenario.twin(), parameters))
                self.seeds = range(seed, seed + 1 + seed_sample.OTHERS)
                self.until = 4 * (LAST_STORY_YEAR - parameters.start_year + 1)
            self.arms.append(PlanArm(base, scenario.places, scenario, parameters))

    def extend(self, quarter: int) -> None:
        """Run to a later quarter."""
        self.until = max(self.until, quarter)

    def _found(self, arm: PlanArm, seed: int) -> Totals | None:
        run = RUNS.get(arm.base, {}).get((seed, arm.places))
        return run.totals if run is not None else KNOWN.get((arm.base, arm.places, seed))

    def next_run(self) -> tuple[PlanArm, int] | None:
        """Return the first run that is missing, seed by seed; None if there is none."""
        for seed in self.seeds:
            for arm in self.arms:
                found = self._found(arm, seed)
                if found is None or len(found.innovation) <= self.until:
                    return arm, seed
        return None

    def run_one(self, go: Callable[[], bool]) -> bool:
        """Run the first missing run to its end, or until ``go`` says no; return whether it ended."""
        missing = self.next_run()
        if missing is None:
            return False
        arm, seed = missing
        made = record_run(
            self.country, arm.parameters, arm.scenario, seed, self.until, go, columns=("innovation",)
        )
        if made is None:
            return False
        KNOWN[arm.base, arm.places, seed] = made.totals
        while len(KNOWN) > KEPT:
            KNOWN.popitem(last=False)
        return True

    def ready(self, quarter: int) -> list[list[Totals]]:
        """Return the seeds with which all plans have come to a quarter: the twin, then each plan."""
        found = [[self._found(arm, seed) for arm in self.arms] for seed in self.seeds]
        return [
            [one for one in row if one is not None]
            for row in found
            if all(one is not None and len(one.innovation) > quarter for one in row)
        ]


# ── Numbers of plans over seeds ──────────────────────────────────────────────────────────────────


def plan_effects(ready: Sequence[Sequence[Totals]], measure: str, quarter: int) -> list[np.ndarray]:
    """Return the effect of each plan at the ends of quarters 1 to T, (S, T): against the first one's twin."""
    plans = range(1, len(ready[0])) if ready else ()
    return [np.array([series_of(row[k], row[0], measure, quarter) for row in ready]) for k in plans]


def plan_accounts(ready: Sequence[Sequence[Totals]], plan: int, quarter: int) -> dict[str, Spread]:
    """Return the accounts of a plan's centres over seeds, from the start to a quarter."""
    here = slice(1, quarter + 1)
    by_seed: list[Accounts] = [
        accounts(one.spent[here], one.income[here], one.power[here], one.green_power[here])
        for one in (row[plan + 1] for row in ready)
    ]
    names = ("spent", "power", "green", "carbon")
    return {name: spread(getattr(one, name) for one in by_seed) for name in names} if by_seed else {}
