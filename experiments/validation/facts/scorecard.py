"""The scorecard: each fact judged in each seed, kept on disk seed by seed, so that a long one continues."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from agents.user_error import UserError
from experiments.ensemble.member_run import cities_by_year, pair_of, shared_quarters, twin_of
from experiments.measures.findings import by_seed
from experiments.storage.json_lines import append_line, read_lines
from experiments.study.one_run import model_of
from experiments.study.run_key import model_fingerprint, run_key
from experiments.study.study import WITH, WITHOUT, Run, Study
from experiments.study.worker_pool import iter_results
from experiments.validation.economy_run import record_economy
from experiments.validation.facts.firm_histories import FirmHistories
from experiments.validation.facts.growth_of_cities import city_figures, effect_figures
from experiments.validation.facts.thirty_facts import ScoredFact, scored_facts
from experiments.validation.matched_figures import decade_of, measured_figures
from model.extensions.extended_model import extended
from model.regional_model import RegionalModel

Figures = dict[str, float]
STORE = "seeds.jsonl"


def seed_figures(study: Study, seed: int) -> Figures | str:
    """Run a seed with and without the centres; return all figures, or why a run failed."""
    try:
        treated = model_of(study, *Run(seed, WITH))
        histories, common = FirmHistories(treated), shared_quarters(treated)
        controls = [] if common else [model_of(study, *Run(seed, WITHOUT))]

        def watch(model: RegionalModel) -> None:
            histories(model)
            if model.quarter == common:
                controls.append(twin_of(model))

        economy = record_economy(treated, study.until, watch)
        control = controls[0] if controls else treated  # no centre opens
        control.run_until(study.until)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    table, yearly = study.country.cities, cities_by_year(treated, study.until)
    pair = pair_of(treated, control, study.until)
    found = measured_figures(economy, decade_of(economy, yearly, table)) | histories.figures()
    found |= city_figures(economy.years, yearly, table) | effect_figures(pair, table)
    signs = by_seed([pair], table).iloc[0].to_dict()
    return {name: float(value) for name, value in (found | signs).items()}


def study_key(study: Study) -> str:
    """Return what the figures of a seed hang on but the seed: code, country, parameters, last year."""
    whole = extended(study.extension)
    of_runs = run_key(study.scenario, study.parameters, 0, study.until, study.country, whole, ())
    return f"{of_runs} {model_fingerprint()}"


def run_seeds(
    study: Study,
    folder: Path,
    workers: int = 1,
    finished: Callable[[str], None] = lambda name: None,
) -> dict[int, Figures]:
    """Return the figures of every seed, run where the folder does not have them yet.

    Raises UserError if the folder holds seeds of another study or model.
    """
    file, key = folder / STORE, study_key(study)
    known = read_seeds(file, key)
    missing = [seed for seed in study.seeds if seed not in known]
    folder.mkdir(parents=True, exist_ok=True)
    for seed, figures in iter_results(partial(seed_figures, study), missing, workers):
        if isinstance(figures, dict):
            known[seed] = figures
            plain = {k: (v if math.isfinite(v) else None) for k, v in figures.items()}
            append_line(file, {"key": key, "seed": seed, "figures": plain})
        finished(f"seed {seed}" if isinstance(figures, dict) else f"seed {seed}: {figures}")
    return {seed: known[seed] for seed in study.seeds if seed in known}


def read_seeds(file: Path, key: str) -> dict[int, Figures]:
    """Return the seeds that a file holds; a last line that was cut short does not count."""
    found: dict[int, Figures] = {}
    for row in read_lines(file):
        if row["key"] != key:
            raise UserError(f"{file} holds seeds of another study or model: name another folder with --out")
        found[int(row["seed"])] = row["figures"]
    return found


def scorecard(seeds: Mapping[int, Figures], facts: Sequence[ScoredFact] | None = None) -> pd.DataFrame:
    """Return a row for each fact: group to source of ``ScoredFact``, mean, sd, p5, p95, passed and seeds.

    p5, p95: percentiles of the seeds; passed: share of the seeds in which the figure is defined that pass.
    """
    rows = []
    for one in scored_facts() if facts is None else facts:
        passed = [one.passes(figures) for figures in seeds.values()]
        known = [value for value in passed if value is not None]
        values = pd.Series([figures.get(one.measure) for figures in seeds.values()], dtype=float).replace(
            [math.inf, -math.inf], math.nan
        )
        rows.append(
            {
                "group": one.group,
                "id": one.id,
                "quantity": one.quantity,
                "published": one.published,
                "low": one.low,
                "high": one.high,
                "mean": values.mean(),
                "sd": values.std(),
                "p5": values.quantile(0.05),
                "p95": values.quantile(0.95),
                "passed": sum(known) / len(known) if known else math.nan,
                "seeds": len(known),
                "claimed": one.claimed,
                "cause": one.cause,
                "source": one.source,
            }
        )
    return pd.DataFrame(rows)


def pass_rate(card: pd.DataFrame, claimed: bool = True) -> float:
    """Return the share of fact × seed that passes, of facts that are claimed or of all."""
    used = card[card["claimed"] | (not claimed)]
    used = used[used["seeds"] > 0]
    return float((used["passed"] * used["seeds"]).sum() / max(used["seeds"].sum(), 1))


def pass_error(
    seeds: Mapping[int, Figures], claimed: bool = True, facts: Sequence[ScoredFact] | None = None
) -> float:
    """Return the standard error of ``pass_rate`` over seeds, whose facts are not independent; NaN of one."""
    chosen = [one for one in (scored_facts() if facts is None else facts) if one.claimed or not claimed]
    shares = []
    for figures in seeds.values():
        known = [value for one in chosen if (value := one.passes(figures)) is not None]
        shares.append(sum(known) / max(len(known), 1))
    return float(pd.Series(shares).sem())


def missed(card: pd.DataFrame, least: float = 0.9) -> Iterable[dict[str, object]]:
    """Return the facts that fewer seeds pass, the worst first."""
    low = card[(card["passed"] < least) & (card["seeds"] > 0)]
    return low.sort_values("passed", kind="stable").to_dict("records")
