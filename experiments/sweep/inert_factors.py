"""Factors that change nothing: those that their scenario does not read, and those that no result shows."""

from __future__ import annotations

from experiments.sweep.store import schemas
from experiments.sweep.sweep import Sweep
from model.scenarios.scenario_catalogue import find_scenario

# Field of a scenario → the rules of siting that read it (`model.scenarios.siting`).
READ_BY = {
    "scenario.hosts": ("random", "richest", "poorest"),
    "scenario.opens": ("random", "richest", "poorest", "hubs"),
    "scenario.industry": ("random", "richest", "poorest", "hubs"),
}


def unread_factors(sweep: Sweep) -> list[str]:
    """Return a sentence for each factor that no scenario of the experiment reads."""
    experiment = sweep.experiment
    factors = experiment.design.factors
    if "scenario.centres" in factors:
        return []
    names = {experiment.scenario}
    for name in ("scenario", "layout"):
        levels = factors.get(name)
        if levels is not None:
            names = {str(level) for level in sweep.design[name].unique()}
    scenarios = [find_scenario(name, experiment.extended.scenarios) for name in sorted(names)]
    return [
        f"{factor} changes nothing in the scenario {', '.join(one.name for one in scenarios)}, "
        f"whose centres are {', '.join(sorted({one.centres for one in scenarios}))}"
        for factor, readers in READ_BY.items()
        if factor in factors and not any(one.centres in readers for one in scenarios)
    ]


def idle_factors(sweep: Sweep) -> list[str]:
    """Return the factors of a factorial design at whose values all stored results are the same."""
    finals, design = sweep.finals, sweep.design
    factors = [name for name in design.columns if name != "point"]
    if sweep.experiment.design.kind != "factorial" or not sweep.experiment.common_random_numbers:
        return []
    measures = [name for name in schemas(sweep.experiment)["finals"].names if name != "run"]
    idle = []
    for factor in factors:
        others = [name for name in factors if name != factor]
        groups = finals.groupby([*others, "replication"], dropna=False)
        if groups[factor].nunique().max() > 1 and (groups[measures].nunique(dropna=False) <= 1).all(
            axis=None
        ):
            idle.append(factor)
    return idle
