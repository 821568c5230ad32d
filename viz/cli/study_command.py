"""``computeleap study``: runs of many arms, then tables, figures and a results folder."""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from experiments.study.settings import Settings
from viz.cli.run_command import (
    SUMMARY,
    checked_folder,
    make_study,
    progress,
    seeds_in_words,
    warm_kernels,
    worker_count,
)
from viz.cli.signals import exit_code, finishing, leaving_at_once
from viz.cli.validate_command import RUNS
from viz.terminal import UserError, say


def run_study(study: Any, scenarios: Sequence[str], settings: Settings, force: bool = False) -> None:
    """Run the arms of a study, show its tables, write them with figures and ``summary.json``.

    study: an ``experiments.questions.study_catalogue.StudyKind``. Raises UserError, ScenarioError or InputError for what the
    person can mend; typer.Exit with 130 after Ctrl-C and with 1 if runs failed.
    """
    target = checked_folder(settings.folder, force)
    with leaving_at_once():
        from experiments.study.run_study import run_arms
        from model.scenarios.scenario_catalogue import find_scenario
        from viz.cli.study_tables import show_study

        whole = settings.extended
        chosen = [find_scenario(name, whole.scenarios, whole.parameters) for name in dict.fromkeys(scenarios)]
        if study.drawn_hosts:
            refuse_chosen_hosts(chosen)
        plan = plan_of(study, chosen, settings)
        runs = len(plan.arms) * len(plan.seeds)
        workers = min(worker_count(settings), runs)
        say(
            f"{study.name}: {study.question} {', '.join(one.name for one in chosen)}; "
            f"{seeds_in_words(settings)}; {len(plan.arms)} arms, {runs} runs, {workers} at once"
        )
        warm_kernels(make_study(settings) if settings.extension else None)
    started = time.perf_counter()
    with progress(runs) as finished:
        results = run_arms(plan, workers, finished, RUNS)
    if results.interrupted:
        say(
            f"interrupted: {len(results.records)} of {runs} runs are kept in {RUNS}; the same command goes on"
        )
        raise typer.Exit(exit_code())
    if not results.records:
        raise RuntimeError(f"no run ended: {next(iter(results.failures.values()))}")
    with finishing():
        tables = study.tables(results, [one.name for one in chosen])
        seconds = time.perf_counter() - started
        write(target, study, tables, summary(study, chosen, plan, results, seconds))
    show_study(study.name, tables)
    typer.echo(f"The results are in {settings.folder} ({SUMMARY}, figures and Parquet tables).")
    if results.failures:
        (seed, arm), why = next(iter(results.failures.items()))
        say(f"{len(results.failures)} of {runs} runs failed; seed {seed} {arm}: {why}")
        raise typer.Exit(1)


def refuse_chosen_hosts(scenarios: Sequence[Any]) -> None:
    """Raise UserError for a scenario whose hosts are not drawn by lot."""
    for one in scenarios:
        if one.centres != "random":
            raise UserError(
                f"the hosts of {one.name} are not drawn by lot, so what tells them apart is not what made "
                "the effect differ: take random_hosts"
            )


def plan_of(study: Any, scenarios: Sequence[Any], settings: Settings) -> Any:
    """The plan of a study: its arms in the country of the settings."""
    from experiments.study.run_study import Plan

    own = make_study(settings)
    return Plan(
        study.arms(scenarios, settings.parameters), own.seeds, own.parameters, own.until, own.cities,
        own.centres, own.network, own.threads, study.measures, own.extension,
    )  # fmt: skip


def summary(study: Any, scenarios: Sequence[Any], plan: Any, results: Any, seconds: float) -> dict[str, Any]:
    """Contents of ``summary.json``."""
    from experiments.results.write_results import rules_fingerprint, versions
    from experiments.study.run_study import name_of
    from model.extensions.extended_model import extended

    return {
        "study": study.name,
        "question": study.question,
        "scenarios": [one.name for one in scenarios],
        "seeds": list(plan.seeds),
        "arms": {
            name: dict(arm.parameters) if arm.centres != "none" else {**arm.parameters, "centres": "none"}
            for name, arm in plan.arms.items()
        },
        "cities": len(plan.cities),
        "last_year": plan.until,
        "parameters": plan.parameters.model_dump(),
        "failures": {name_of(run): why for run, why in results.failures.items()},
        "seconds": round(seconds, 1),
        "date": datetime.date.today().isoformat(),
        "versions": versions(),
        "rules": rules_fingerprint(extended(plan.extension).rules),
        "extensions": extended(plan.extension).facts(plan.parameters),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }


def write(target: Path, study: Any, tables: Mapping[str, Any], told: Mapping[str, Any]) -> None:
    """Write tables, figures and summary to the folder, whole or not at all."""
    from experiments.results.write_results import ResultsFolder
    from experiments.storage import parquet
    from viz.figures.run_figures import write_figures
    from viz.figures.study_figures import FIGURES

    try:
        with ResultsFolder(target) as folder:
            for name, frame in tables.items():
                parquet.write(frame, folder / f"{name}.parquet")
            text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False)
            (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")
            write_figures(folder / "figures", FIGURES[study.name](tables))
    except OSError as error:
        raise UserError(f"the results cannot be written to {target}: {error.strerror or error}") from None
