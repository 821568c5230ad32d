"""``computeleap panel``, ``evaluate`` and ``audit``: a paper's panel, its tables, their worth."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from viz.cli.run_command import progress, warm_kernels
from viz.cli.signals import exit_code, leaving_at_once
from viz.number_text import number
from viz.terminal import UserError, check_can_write, check_target, say, show_table, write_file

TABLES = ("baseline", "doubleml", "channels", "splits", "bands", "gap")


def make_panel_file(
    results: Path,
    out: Path,
    seed: int | None,
    sites: str | None,
    hosts: int,
    flaws: Mapping[str, Any],
    links: Path | None,
    force: bool,
) -> None:
    """The panel of one seed as CSV or Parquet, and its codebook beside it.

    sites: draw the hosts anew, one of ``sites.WAYS``, and run the country with them. Raises InputError,
    ScenarioError, UserError.
    """
    from experiments.evaluation.codebook import codebook
    from experiments.evaluation.rerun import check_repeatable, read_results
    from experiments.evaluation.simulated_panel import Flaws, make_panel, with_flaws
    from experiments.evaluation.site_selection import Sites, draw_scenario
    from experiments.evaluation.true_effects import run_with
    from experiments.study.study import WITH, WITHOUT

    check_target(out, (".csv", ".parquet"), force)
    book = out.with_name(f"{out.stem}_codebook.csv")
    if book.exists() and not force:
        raise UserError(f"{book} is already there; --force replaces it")
    found = read_results(results, links)
    chosen = found.seeds[0] if seed is None else seed
    if chosen not in found.seeds:
        raise UserError(f"seed {chosen} is not in {results}: it has {_listed(found.seeds)}")
    study = found.study
    openings, yearly = found.openings(chosen), found.rows(chosen, WITH)
    if sites is not None:
        with leaving_at_once():
            check_repeatable(found)
            start = study.parameters.start_year
            way = Sites(sites, hosts)
            openings = draw_scenario(way, study.cities, start, chosen, found.rows(chosen, WITHOUT)).openings
            yearly = run_with(study, chosen, openings)
    panel = with_flaws(
        make_panel(yearly, study.cities, openings, study.parameters, chosen), Flaws(**flaws), chosen
    )

    def write(part: Path) -> None:
        if out.suffix.lower() == ".csv":
            panel.to_csv(part, index=False)
        else:
            panel.to_parquet(part, index=False)

    entries = codebook()
    own = entries[entries["name"].isin(panel.columns)]
    write_file(out, (".csv", ".parquet"), write, force)
    write_file(book, (".csv",), lambda part: own.to_csv(part, index=False), force)
    treated = panel.loc[panel["centre"] > 0, "city_id"].nunique()
    typer.echo(
        f"{panel['city_id'].nunique()} cities, {panel['year'].nunique()} years, {treated} with a centre, "
        f"seed {chosen}: {out}; what the columns mean: {book}"
    )


def _listed(seeds: tuple[int, ...]) -> str:
    shown = [str(seed) for seed in seeds]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:6], "…", shown[-1]])


def evaluate_source(
    source: Path,
    out: Path | None,
    roles: Mapping[str, Any],
    learner: str,
    seeds: int | None,
    workers: int | None,
    links: Path | None,
    force: bool,
    doubleml: bool = False,
) -> None:
    """Evaluate a results folder or a table of real cities; write the report. Raises InputError, UserError."""
    observed = not source.is_dir()
    if observed and not source.exists():
        raise UserError(f"{source}: there is no such results folder or table")
    named = source if source.name else source.absolute()  # the folder that one is in
    if not named.name:
        raise UserError(f"{source}: there are no results; name a results folder or a table")
    target = out or named.with_name(f"{named.stem if observed else named.name}-evaluation")
    checked_target(target, force)
    with leaving_at_once():
        from experiments.evaluation.estimators.doubleml_adapter import check_doubleml
        from experiments.evaluation.estimators.learners import check_learner
        from experiments.evaluation.evaluate import EvaluationOptions, evaluate
        from experiments.evaluation.observed_panel import ColumnRoles, evaluate_observed
        from experiments.evaluation.simulated_panel import MEASURES
        from experiments.results.write_results import ResultsFolder
        from viz.reports.evaluation_report import write_evaluation

        check_learner(learner)
        if doubleml:
            check_doubleml()
    if observed:
        say(f"{source}: evaluating an observed panel")
        found = evaluate_observed(source, ColumnRoles(**roles), learner, doubleml=doubleml)
    else:
        if any(value != vars(ColumnRoles())[name] for name, value in roles.items() if name != "outcome"):
            raise UserError(
                "--treatment, --city, --year, --controls, --channels and --moderators are of own tables"
            )
        if roles["outcome"] not in MEASURES:
            raise UserError(
                f"the panel has no outcome {roles['outcome']!r}: it has {', '.join(MEASURES[:5])}"
            )
        with leaving_at_once():
            warm_kernels()
        count = workers or max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)
        options = EvaluationOptions(roles["outcome"], learner, doubleml=doubleml)
        total = _seeds_in(source, seeds)
        say(f"{source}: evaluating seeds: {total}, processes: {min(count, total)}")
        with progress(total) as finished:
            found = evaluate(source, options, links, count, seeds, finished)
    with ResultsFolder(target) as folder:
        write_evaluation(folder, found)
    show_evaluation(found.table, observed)
    typer.echo(f"The report is in {target} (report.html, evaluation.json and Parquet tables).")


def _seeds_in(folder: Path, seeds: int | None) -> int:
    from experiments.evaluation.rerun import read_results

    there = len(read_results(folder).seeds)
    return there if seeds is None else min(seeds, there)


def checked_target(target: Path, force: bool) -> None:
    """Refuse a folder that is there and is no evaluation."""
    check_can_write(target.resolve())
    if target.exists() and not target.is_dir():
        raise UserError(f"{target} is a file: name a folder with --out")
    if target.exists() and any(target.iterdir()) and not (target / "evaluation.json").exists() and not force:
        raise UserError(f"{target} holds files that are no evaluation: name another folder with --out")


def show_evaluation(table: pd.DataFrame, observed: bool) -> None:
    """The main tables in the terminal."""
    for name in TABLES:
        part = table[(table["table"] == name) & table["estimate"].notna()]
        if not len(part):
            continue
        columns = (
            ["", "estimate", "s.e."] if observed else ["", "estimate", "s.e.", "true", "bias", "coverage"]
        )
        rows = []
        for row in part.to_dict("records"):
            cells = [row["item"], number(row["estimate"], 3, True), number(row["se"], 3)]
            if not observed:
                true = row["mean_own"] if row["mean_own"] == row["mean_own"] else row["mean_total"]
                cells += [number(true, 3, True), number(row["bias"], 3, True), number(row["coverage"], 2)]
            rows.append(cells)
        show_table(name.capitalize(), columns, rows)


def run_audit_command(folder: Path, panels: int, **settings: int) -> None:
    """Run or go on with an audit and write its report. Raises InputError, ScenarioError, ParameterError."""
    check_can_write(folder.resolve())
    with leaving_at_once():
        from experiments.evaluation.audit import AuditSettings, read_audit, run_audit, scores
        from experiments.evaluation.site_selection import Sites
        from viz.reports.audit_report import write_audit_report

        plan = AuditSettings(**settings)
        Sites("random", plan.hosts, plan.first, plan.last)
        warm_kernels()
    say(f"auditing {panels} panels of every cell in {folder}; the same command goes on after an interruption")
    try:
        with progress(panels) as finished:
            rows = run_audit(folder, panels, plan, lambda number: finished(str(number)))
    except KeyboardInterrupt:
        rows = read_audit(folder)
        say(f"interrupted: {rows['number'].nunique()} of {panels} panels are finished and kept")
        raise typer.Exit(exit_code()) from None
    write_audit_report(folder / "report", scores(rows), plan)
    typer.echo(f"{rows['number'].nunique()} panels of every cell; the report is in {folder / 'report'}.")
