"""The members in the shipped country, with the default number of firms: their figures and effects there.

The smaller country of the waves finds the members; the shipped figures are those of the whole one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from experiments.ensemble.member_run import cities_by_year, pair_of
from experiments.matching.waves import Waves
from experiments.measures.findings import distance_signs
from experiments.measures.robust_effects import group_estimates
from experiments.storage.json_lines import append_line, read_lines
from experiments.sweep.factors import case_of
from experiments.sweep.measures import effects_of
from experiments.validation.economy_run import record_economy
from experiments.validation.matched_figures import decade_of, distances, measured_figures
from model.country.country import shipped_country
from model.parameters import Parameters
from model.regional_model import RegionalModel

Plain = dict[str, Any]  # of a file: plain values by name

RUNS = "whole.jsonl"
ROBUST = ("median", "trimmed")


def run_whole(waves: Waves, until: float, report: Callable[[str], None] = print) -> list[Plain]:
    """Run the default and all members in the shipped country until a time; return the lines."""
    file = waves.folder / RUNS
    lines = read_lines(file)
    known = {one["point"] for one in lines}
    points = {one["point"]: one for one in waves.points}
    for member in waves.members:
        if time.time() > until:
            break
        if member["point"] in known:
            continue
        line = _run(waves, points[member["point"]])
        lines.append(line)
        append_line(file, line)
        report(f"{len(lines)} of {len(waves.members)} in the whole country, {time.process_time():.0f} s")
    return lines


def _run(waves: Waves, point: Plain) -> Plain:
    country = shipped_country()
    case = case_of(waves.experiment, waves.values(point["u"]))
    parameters = case.parameters.changed(firms=Parameters.model_fields["firms"].default)
    treated, control = (
        RegionalModel(parameters, scenario, point["seed"], country=country)
        for scenario in (case.scenario, case.scenario.twin())
    )
    economy = record_economy(treated, case.until)
    control.run_until(case.until)
    decade = decade_of(economy, cities_by_year(treated, case.until), country.cities)
    figures = measured_figures(economy, decade)
    pair = pair_of(treated, control, case.until)
    effects = effects_of(pair, country) | distance_signs(pair, country.cities)
    for name, group in (("hosts", pair.host_flags()), ("others", ~pair.host_flags())):
        found = group_estimates(pair, group)
        effects |= {f"effect_{name}_{how}": found[how] for how in ROBUST}
    off = distances(figures, waves.noise, waves.figures)
    return {
        "point": point["point"],
        "seed": point["seed"],
        "worst": float(off.max()),
        "figures": figures,
        "effects": effects,
    }
