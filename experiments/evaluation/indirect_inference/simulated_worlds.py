"""Worlds with a known effect: panels of the audit's design, drawn from the posterior ensemble.

World n takes a member of the ensemble, a country, a way of choosing hosts, a size of the centres and a
strength of spillovers, all drawn by n; from number 300 on spillovers are the audit's strong ones. One world
in eight has centres that sell next to nothing, so that a panel, not the prior, has to say that there is an
effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from agents.user_error import UserError
from experiments.ensemble.member_run import with_factors
from experiments.ensemble.members import shipped_ensemble
from experiments.evaluation.audit import SPILLOVERS, STATES, AuditSettings
from experiments.evaluation.estimator_registry import controls_of
from experiments.evaluation.indirect_inference.panel_statistics import panel_statistics
from experiments.evaluation.simulated_panel import make_panel, with_flaws
from experiments.evaluation.site_selection import WAYS, Sites, draw_scenario
from experiments.evaluation.true_effects import find_true_effects, run_with, some_hosts
from experiments.storage.json_lines import append_line, read_lines
from experiments.study.study import Study, changed, twins
from experiments.study.worker_pool import iter_results
from model.engine.draws import stream_key, uniform
from model.scenarios.scenario import quarter_of

Row = dict[str, Any]  # plain values by name

TRUTH = "log_expected_innovations"  # whose effects are the target, whatever the observed outcome
EFFECTS = ("total", "own", "on_others")
NOTHING = 1e-4  # size of centres without an effect, to a standard one
NULL_SHARE = 1 / 8
SIZES = (0.25, 2.0)
FIRST_COUNTRY = 10_000  # seeds of the worlds' countries; the audit's are 1, 2, …
ANY_STRENGTH = 300  # worlds with the member's spillovers or any others, in turn; later ones have strong ones
OWN_EVERY = 2  # worlds, for one in which a host is left out to find its own effect
LINES = "worlds.jsonl"
SPREAD = {
    "interoperability_friction": (0.0, 0.8),
    "talent_mobility": (0.01, 0.2),
    "home_reach": (80.0, 500.0),
}
"""Strength of spillovers in every other world: the ensemble's ranges, widened to the audit's ``strong``."""

FACTS = ("cell", "world", "member", "sites", "size", *SPREAD, *EFFECTS, "data")
"""Columns of worlds that no economist sees; all others are statistics."""


@dataclass(frozen=True)
class SimulatedWorld:
    """A world to run: what differs from the audit's country with default parameters."""

    number: int
    member: int | None
    way: str
    size: float
    changes: Mapping[str, float]


def draw_world(number: int) -> SimulatedWorld:
    """Draw the world of a number, from 0."""

    def draw(what: str) -> float:
        return uniform(stream_key(number, f"evaluation.world.{what}", 0), 0)

    member = int(draw("member") * len(shipped_ensemble().members))
    nothing = draw("nothing") < NULL_SHARE
    size = NOTHING if nothing else SIZES[0] + draw("size") * (SIZES[1] - SIZES[0])
    changes = {name: low + draw(name) * (high - low) for name, (low, high) in SPREAD.items()}
    if number >= ANY_STRENGTH:
        changes = SPILLOVERS["strong"]
    elif number % 2 == 0:
        changes = {}
    return SimulatedWorld(number, member, tuple(WAYS)[number % len(WAYS)], size, changes)


def run_world(
    world: SimulatedWorld, settings: AuditSettings, seed: int, country: int, hosts: int = 1
) -> list[Row]:
    """Run a world; return a row for each state of the data: facts, true effects, statistics.

    hosts: whose own effect is found by a further run each.
    """
    study = replace(settings, country_seed=country).study(1)
    if world.member is not None:
        values = shipped_ensemble().values(world.member)
        study = replace(study, parameters=with_factors(study.parameters, values))
    start, cities = study.parameters.start_year, study.country.cities
    without = run_with(study, seed, [], **world.changes)
    sites = Sites(world.way, settings.hosts, settings.first, settings.last, size=world.size)
    openings = draw_scenario(sites, cities, start, seed, without).openings
    treated = run_with(study, seed, openings, **world.changes)
    chosen = some_hosts(openings, hosts, seed, quarter_of(f"{settings.until}Q4", start)) if hosts else []
    truth = find_true_effects(_changed(study, world.changes), seed, openings, treated, without, chosen)
    panel = make_panel(treated, cities, openings, study.parameters, seed)
    known = {
        "world": world.number,
        "member": -1 if world.member is None else world.member,
        "sites": world.way,
        "size": world.size,
        **{name: world.changes.get(name, float(getattr(study.parameters, name))) for name in SPREAD},
        "total": truth.total_effect(TRUTH),
        "own": truth.own_effect(TRUTH),
        "on_others": truth.spillover(TRUTH),
    }
    rows = []
    for name, state in STATES.items():
        seen = with_flaws(panel, state.flaws, seed)
        rows.append({**known, "data": name, **panel_statistics(seen, state.outcome, controls_of(seen))})
    return rows


def _changed(study: Study, changes: Mapping[str, float]) -> Study:
    return replace(study, arms=twins(changed(study.scenario, dict(changes))))


@dataclass(frozen=True)
class Job:
    """A world to run. ``cell``: empty for one of the ensemble, else the audit's size of spillovers."""

    number: int
    cell: str = ""
    settings: AuditSettings = field(default_factory=AuditSettings)

    @property
    def world(self) -> SimulatedWorld:
        """The world; of a cell with default parameters, hosts chosen in each way in turn."""
        if not self.cell:
            return draw_world(self.number)
        return SimulatedWorld(
            self.number, None, tuple(WAYS)[self.number % len(WAYS)], 1.0, SPILLOVERS[self.cell]
        )

    def rows(self) -> list[Row] | str:
        """Return the rows of the world, or why it could not be run."""
        seed = 1 + self.number if not self.cell else 1 + self.number // len(WAYS)
        country = FIRST_COUNTRY + self.number if not self.cell else seed
        try:
            found = run_world(self.world, self.settings, seed, country, self.number % OWN_EVERY == 0)
        except (UserError, ArithmeticError) as error:
            return f"{type(error).__name__}: {error}"
        return [{"cell": self.cell, **row} for row in found]


def run_worlds(
    folder: Path, jobs: Sequence[Job], workers: int = 1, finished: Callable[[str], None] = lambda name: None
) -> pd.DataFrame:
    """Run the worlds that a folder does not have yet and return the rows of all that it has.

    Each world is a line of ``worlds.jsonl``; after an interruption the same call continues. Worlds that fail
    are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / LINES
    there = {(one["cell"], one["number"]) for one in read_lines(file)}
    missing = [job for job in jobs if (job.cell, job.number) not in there]
    with closing(iter_results(Job.rows, missing, max(1, min(workers, len(missing))))) as ending:
        for job, rows in ending:
            append_line(file, {"cell": job.cell, "number": job.number, "rows": rows})
            finished(f"{job.cell or 'world'} {job.number}")
    known = [row for line in read_lines(file) if isinstance(line["rows"], list) for row in line["rows"]]
    return pd.DataFrame(known).sort_values(["cell", "world", "data"], kind="stable", ignore_index=True)
