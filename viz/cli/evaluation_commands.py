"""``computeleap panel``, ``evaluate`` and ``audit``: panels of city-years and estimators on them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from agents.user_error import UserError
from experiments.measures.number_text import number, sized
from experiments.storage.atomic_write import check_can_write
from experiments.study.counted import counted
from viz.cli.completion import folders
from viz.cli.options import Force, LinksFile, argument, flag, option
from viz.cli.progress import progress
from viz.cli.signals import exit_code, exit_now, on_signal
from viz.terminal import check_target, echo, echo_err, show_table, write_file

if TYPE_CHECKING:
    import pandas as pd

    from experiments.evaluation.evaluate import Evaluation
    from experiments.evaluation.observed_panel import ColumnRoles

TABLES = {
    "baseline": "Baseline",
    "doubleml": "Estimators of the package doubleml",
    "further": "Further designs",
    "policy": "Total, own and spillover effects (indirect inference, 90 % intervals)",
    "channels": "Channels",
    "mediation": "Moderated mediation, bootstrap of cities",
    "splits": "Splits of the cities",
    "bands": "By distance to the nearest centre",
    "gap": "Gap",
}
ENDINGS = (".csv", ".parquet")


def panel(
    results: Annotated[
        Path, argument("A results folder of computeleap run.", metavar="RESULTS", autocompletion=folders)
    ],
    out: Annotated[Path, option("Where to write it: .csv or .parquet.", metavar="FILE")],
    seed: Annotated[int | None, option("One of its seeds.", default="the first")] = None,
    sites: Annotated[
        Literal["random", "wealth", "shocks"] | None,
        option("Draw other hosts, at random, by wealth or after a good year, and run the country with them."),
    ] = None,
    hosts: Annotated[int, option("Hosts to draw with --sites.", min=1)] = 20,
    omit: Annotated[list[str] | None, option("Leave a column out; repeatable.", metavar="NAME")] = None,
    control_noise: Annotated[float, option("Error of controls, in standard deviations.", min=0.0)] = 0.0,
    outcome_noise: Annotated[float, option("Error of logarithmic outcomes, log points.", min=0.0)] = 0.0,
    wrong_dates: Annotated[
        float, option("Share of openings recorded a year early or late.", min=0.0, max=1.0)
    ] = 0.0,
    links: LinksFile = None,
    force: Force = False,
) -> None:
    """Write a run as a panel, city by year, with its codebook."""
    from experiments.evaluation.codebook import codebook
    from experiments.evaluation.rerun import check_repeatable, read_repeatable
    from experiments.evaluation.simulated_panel import Flaws, make_panel, with_flaws
    from experiments.evaluation.site_selection import Sites, draw_scenario
    from experiments.evaluation.true_effects import run_with
    from experiments.study.study import WITH, WITHOUT

    flaws = Flaws(control_noise, outcome_noise, wrong_dates, tuple(omit or ()))
    check_target(out, ENDINGS, force)
    book = out.with_name(f"{out.stem}_codebook.csv")
    if book.exists() and not force:
        raise UserError(f"{book} already exists; --force replaces it")
    found = read_repeatable(results, links)
    chosen = found.seeds[0] if seed is None else seed
    if chosen not in found.seeds:
        raise UserError(f"seed {chosen} is not in {results}: it has {_listed(found.seeds)}")
    study, cities = found.study, found.cities
    openings, yearly = found.openings(chosen), found.rows(chosen, WITH)
    if sites is not None:
        with on_signal(exit_now):
            check_repeatable(found)
            start, untreated = study.parameters.start_year, found.rows(chosen, WITHOUT)
            openings = draw_scenario(Sites(sites, hosts), cities, start, chosen, untreated).openings
            yearly = run_with(study, chosen, openings)
    table = with_flaws(make_panel(yearly, cities, openings, study.parameters, chosen), flaws, chosen)
    entries = codebook()
    kept = entries[entries["name"].isin(table.columns)]
    as_csv = out.suffix.lower() == ".csv"
    write = partial(table.to_csv if as_csv else table.to_parquet, index=False)
    write_file(out, ENDINGS, write, force)
    write_file(book, (".csv",), partial(kept.to_csv, index=False), force)
    treated = table.loc[table["centre"] > 0, "city_id"].nunique()
    echo(
        f"{table['city_id'].nunique()} cities, {table['year'].nunique()} years, {treated} with a centre, "
        f"seed {chosen}: {out}; its codebook: {book}"
    )


def _listed(seeds: tuple[int, ...]) -> str:
    shown = [str(seed) for seed in seeds]
    return ", ".join(shown if len(shown) <= 8 else [*shown[:6], "…", shown[-1]])


def evaluate(
    source: Annotated[
        Path, argument("A results folder, or your table of cities and years.", metavar="SOURCE")
    ],
    out: Annotated[
        Path | None, option("Folder for the report.", default="SOURCE-evaluation", metavar="FOLDER")
    ] = None,
    outcome: Annotated[str, option("Outcome.")] = "log_innovations",
    learner: Annotated[
        str, option("Learner of double machine learning: lasso+boosting, lasso, boosting or forest.")
    ] = "lasso+boosting",
    seeds: Annotated[
        int | None, option("Use only this many of the first seeds.", default="all", min=1)
    ] = None,
    workers: Annotated[int | None, option("Processes to use.", default="one per core", min=1)] = None,
    also: Annotated[
        Literal["doubleml", "further", "total", "mediation"] | None,
        option(
            "Add estimators: doubleml (extra: causal), further designs (extra: evaluation), total effects, "
            "moderated mediation."
        ),
    ] = None,
    links: LinksFile = None,
    treatment: Annotated[str, option("Column of your table: 1 where a centre operates.")] = "centre",
    city: Annotated[str, option("Column of your table: the city.")] = "city_id",
    year: Annotated[str, option("Column of your table: the year.")] = "year",
    controls: Annotated[
        str | None, option("Columns of your table: controls, separated by commas.", metavar="NAMES")
    ] = None,
    channels: Annotated[
        str | None, option("Columns of your table: channels, separated by commas.", metavar="NAMES")
    ] = None,
    moderators: Annotated[
        str | None,
        option(
            "Columns of your table: traits by which cities are split, separated by commas.", metavar="NAMES"
        ),
    ] = None,
    sheet: Annotated[
        str | None, option("Sheet of your workbook.", default="the first", metavar="NAME")
    ] = None,
    instruments: Annotated[
        str | None,
        option("Columns of your table: instruments, separated by commas; fixed ones enter by year."),
    ] = None,
    weights: Annotated[str | None, option("Column of your table: weights of further fixed effects.")] = None,
    cluster: Annotated[
        str | None, option("Column of your table: clusters of errors, or two, joined by +.")
    ] = None,
    effects: Annotated[
        str | None,
        option("Further fixed effects, separated by commas; combinations are joined by ^: province^year."),
    ] = None,
    force: Annotated[bool, flag("Write even to a folder that holds other files.", "--force")] = False,
) -> None:
    """Estimate effects on a panel; for simulated runs, compare them with the truth."""
    observed = not source.is_dir()
    by_default = _folder_of(source)
    target = out or by_default
    check_evaluation_folder(target, force)
    with on_signal(exit_now):
        from experiments.evaluation.estimators.doubleml_adapter import check_doubleml
        from experiments.evaluation.estimators.learners import check_learner
        from experiments.evaluation.further_tables import FurtherRoles, check_further
        from experiments.evaluation.observed_panel import ColumnRoles, evaluate_observed
        from experiments.storage.atomic_write import WholeFolder
        from viz.reports.evaluation_report import write_evaluation

        check_learner(learner)
        if also == "doubleml":
            check_doubleml()
        further = None
        if also == "further" or instruments or weights or cluster or effects:
            check_further()
            further = FurtherRoles(_names(instruments) or (), weights, cluster, _names(effects) or ())
    roles = ColumnRoles(
        outcome, treatment, city, year, _names(controls), _names(channels), _names(moderators), further
    )
    if observed:
        echo_err(f"{source}: evaluating an observed panel")
        found = evaluate_observed(
            source,
            roles,
            learner,
            doubleml=also == "doubleml",
            sheet=sheet,
            policy=also == "total",
            mediation=also == "mediation",
        )
    else:
        found = _evaluate_results(source, roles, learner, seeds, workers, links, also)
    with WholeFolder(target) as folder:
        write_evaluation(folder, found)
    show_evaluation(found.table, observed)
    echo(f"The report is in {target} (report.html, evaluation.json and Parquet tables).")


def _folder_of(source: Path) -> Path:
    """Return the folder of the evaluation of a results folder or a table. Raises UserError."""
    if not source.exists():
        raise UserError(f"{source}: there is no such results folder or table")
    named = source if source.name else source.absolute()  # the current folder
    if not named.name:
        raise UserError(f"{source}: there are no results; name a results folder or a table")
    return named.with_name(f"{named.name if source.is_dir() else named.stem}-evaluation")


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())


def _evaluate_results(
    source: Path,
    roles: ColumnRoles,
    learner: str,
    seeds: int | None,
    workers: int | None,
    links: Path | None,
    also: str | None,
) -> Evaluation:
    from experiments.evaluation.evaluate import EvaluationOptions
    from experiments.evaluation.evaluate import evaluate as evaluate_results
    from experiments.evaluation.further_tables import FurtherRoles
    from experiments.evaluation.observed_panel import ColumnRoles
    from experiments.evaluation.simulated_panel import MEASURES
    from experiments.results.read_results import read_results
    from experiments.study.cores import available_cores
    from experiments.study.prepare import warm_kernels

    if roles != ColumnRoles(roles.outcome, further=roles.further) or roles.further not in (
        None,
        FurtherRoles(),
    ):
        raise UserError(
            "--treatment, --city, --year, --controls, --channels, --moderators, --instruments, --weights, "
            "--cluster and --effects need a table of your own"
        )
    if roles.outcome not in MEASURES:
        raise UserError(f"--outcome cannot be {roles.outcome!r}: choose one of {', '.join(MEASURES[:5])}")
    with on_signal(exit_now):
        warm_kernels(notify=echo_err)
    options = EvaluationOptions(
        roles.outcome,
        learner,
        doubleml=also == "doubleml",
        further=roles.further is not None,
        policy=also == "total",
        mediation=also == "mediation",
    )
    stored = len(read_results(source).seeds)
    total = stored if seeds is None else min(seeds, stored)
    count = min(workers or available_cores(), total)
    echo_err(f"{source}: evaluating seeds: {total}, processes: {count}")
    with progress(total, count) as finished:
        return evaluate_results(source, options, links, count, seeds, finished)


def check_evaluation_folder(target: Path, force: bool) -> None:
    """Raise UserError for an existing folder that holds files that do not belong to an evaluation."""
    check_can_write(target.resolve())
    if target.exists() and not target.is_dir():
        raise UserError(f"{target} is a file: name a folder with --out")
    if target.exists() and any(target.iterdir()) and not (target / "evaluation.json").exists() and not force:
        raise UserError(
            f"{target} holds files that do not belong to an evaluation: name another folder with --out"
        )


def show_evaluation(table: pd.DataFrame, observed: bool) -> None:
    """Show the main tables in the terminal; of simulated runs means over seeds, so that a row adds up."""
    from experiments.evaluation.moderated_mediation import REFUSAL

    for name, title in TABLES.items():
        part = table[(table["table"] == name) & table["estimate"].notna()]
        if not len(part):
            continue
        several = not observed and part["seeds"].max() > 1
        columns = ["", "mean estimate" if several else "estimate", "s.d. over seeds" if several else "s.e."]
        rows = []
        for row in part.to_dict("records"):
            shown = (row["mean"], row["sd"]) if several else (row["estimate"], row["se"])
            cells = [row["item"], sized(shown[0], 3, True), _error(row, shown[1])]
            if not observed:
                true = row["mean_own"] if row["mean_own"] == row["mean_own"] else row["mean_total"]
                cells += [sized(true, 3, True), sized(row["bias"], 3, True), number(row["coverage"], 2)]
            rows.append(cells)
        seeds = f", {counted(int(part['seeds'].max()), 'seed')}" if not observed else ""
        show_table(
            title + seeds, columns + ([] if observed else ["true", "bias", "coverage"]), rows, (), part
        )
        if name == "mediation":
            echo(REFUSAL)
        if name == "further" and "note" in table:
            noted = table[(table["table"] == name) & table["note"].map(bool) & table["note"].notna()]
            for row in noted.to_dict("records"):
                echo(f"{row['item']}: {row['note']}")


def _error(row: dict[str, Any], error: float) -> str:
    """Return the standard error, or the interval of an estimate that has only that."""
    if error != error and row["low"] == row["low"]:
        return f"{sized(row['low'], 3, True)} to {sized(row['high'], 3, True)}"
    return sized(error, 3)


def audit(
    out: Annotated[Path, option("Folder of the audit; an interrupted one continues.", metavar="FOLDER")],
    panels: Annotated[int, option("Panels per cell.", min=2)] = 200,
    cities: Annotated[int, option("Cities of the synthetic country.")] = 100,
    firms: Annotated[int, option("Firms.")] = 3_000,
    until: Annotated[int, option("Last year.", min=2016, max=2100)] = 2020,
    hosts: Annotated[int, option("Cities with a centre.")] = 20,
    slow_every: Annotated[
        int, option("Try the default estimator in one of so many panels; it is the dearest.", min=1)
    ] = 5,
    process: Annotated[
        list[str] | None,
        option("Add panels of your own: a function of the seed; repeatable.", metavar="FILE.py:NAME"),
    ] = None,
    workers: Annotated[int | None, option("Processes to use.", default="one per core", min=1)] = None,
) -> None:
    """Test the estimators on many simulated panels whose true effect is known."""
    check_can_write(out.resolve())
    with on_signal(exit_now):
        from experiments.evaluation.audit import AuditSettings, read_audit, run_audit, scores
        from experiments.evaluation.site_selection import Sites
        from experiments.study.cores import available_cores
        from experiments.study.prepare import warm_kernels
        from viz.reports.audit_report import write_audit_report

        settings = AuditSettings(cities, firms, until, hosts, slow_every=slow_every)
        Sites("random", settings.hosts, settings.first, settings.last)
        warm_kernels(notify=echo_err)
    echo_err(
        f"auditing {panels} panels of every cell in {out}; after an interruption the same command continues"
    )
    try:
        count = min(workers or available_cores(), panels)
        with progress(panels, count) as finished:
            own = tuple(process or ())
            rows = run_audit(out, panels, settings, lambda number: finished(str(number)), count, own)
    except KeyboardInterrupt:
        rows = read_audit(out)
        echo_err(f"interrupted: {rows['number'].nunique()} of {panels} panels are finished and kept")
        raise typer.Exit(exit_code()) from None
    write_audit_report(out / "report", scores(rows), settings)
    echo(f"{rows['number'].nunique()} panels of every cell; the report is in {out / 'report'}.")
