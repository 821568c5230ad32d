"""``computeleap panel``, ``evaluate`` and ``audit``: read the command line; what they do is elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from viz.cli.options import Force, LinksFile, argument, option


def add_commands(app: typer.Typer) -> None:
    """The three commands of the causal evaluation, in the order of their use."""
    for command in (panel, evaluate, audit):
        app.command()(command)


def panel(
    results: Annotated[Path, argument("A results folder of computeleap run.", metavar="RESULTS")],
    out: Annotated[Path, option("Where to write it: .csv or .parquet.", metavar="FILE")],
    seed: Annotated[int | None, option("One of its seeds. Default: the first.")] = None,
    sites: Annotated[
        Literal["random", "wealth", "shocks"] | None,
        option("Draw the hosts anew, by lot, wealth or recent luck, and run the country with them."),
    ] = None,
    hosts: Annotated[int, option("Hosts to draw with --sites. Default: 20.", min=1)] = 20,
    omit: Annotated[
        list[str] | None, option("Leave a column out; may be given many times.", metavar="NAME")
    ] = None,
    control_noise: Annotated[
        float, option("Error of controls, in their standard deviations. Default: 0.", min=0.0)
    ] = 0.0,
    outcome_noise: Annotated[
        float, option("Error of logarithmic outcomes, log points. Default: 0.", min=0.0)
    ] = 0.0,
    wrong_dates: Annotated[
        float, option("Share of openings recorded a year off. Default: 0.", min=0.0, max=1.0)
    ] = 0.0,
    links: LinksFile = None,
    force: Force = False,
) -> None:
    """Write a run as the panel of a paper, city by year, with its codebook."""
    from viz.cli.evaluation_commands import make_panel_file

    flaws = {
        "control_noise": control_noise, "outcome_noise": outcome_noise, "wrong_dates": wrong_dates,
        "omitted": tuple(omit or ()),
    }  # fmt: skip
    make_panel_file(results, out, seed, sites, hosts, flaws, links, force)


def evaluate(
    source: Annotated[
        Path, argument("A results folder, or a table of real cities: .csv, .parquet.", metavar="SOURCE")
    ],
    out: Annotated[
        Path | None, option("Folder for the report. Default: SOURCE-evaluation.", metavar="FOLDER")
    ] = None,
    outcome: Annotated[str, option("Outcome. Default: log_innovations.")] = "log_innovations",
    learner: Annotated[
        str, option("Of double machine learning: lasso+boosting (default), lasso, boosting or forest.")
    ] = "lasso+boosting",
    seeds: Annotated[int | None, option("Only the first seeds. Default: all.", min=1)] = None,
    workers: Annotated[int | None, option("Processes at once. Default: one for each core.", min=1)] = None,
    also: Annotated[
        Literal["doubleml"] | None,
        option("Add the estimators of another package: doubleml (extra: causal).", "--also"),
    ] = None,
    beside: Annotated[str | None, option("Old name of --also.", "--with", hidden=True)] = None,
    links: LinksFile = None,
    treatment: Annotated[str, option("Own table: 1 where a centre operates. Default: centre.")] = "centre",
    city: Annotated[str, option("Own table: the city. Default: city_id.")] = "city_id",
    year: Annotated[str, option("Own table: the year. Default: year.")] = "year",
    controls: Annotated[
        str | None, option("Own table: controls, separated by commas.", metavar="NAMES")
    ] = None,
    channels: Annotated[
        str | None, option("Own table: channels, separated by commas.", metavar="NAMES")
    ] = None,
    moderators: Annotated[
        str | None, option("Own table: traits to split cities by, separated by commas.", metavar="NAMES")
    ] = None,
    force: Annotated[bool, option("Write to a folder that holds other files too.", "--force")] = False,
) -> None:
    """Evaluate a panel as a paper would; of simulated runs, beside what is true."""
    if beside is not None:
        raise typer.BadParameter(f"--with is now --also: write --also {beside}")
    from viz.cli.evaluation_commands import evaluate_source

    def names(text: str | None) -> tuple[str, ...] | None:
        return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())

    roles = {
        "outcome": outcome, "treatment": treatment, "city": city, "year": year, "controls": names(controls),
        "channels": names(channels), "moderators": names(moderators),
    }  # fmt: skip
    evaluate_source(source, out, roles, learner, seeds, workers, links, force, also == "doubleml")


def audit(
    out: Annotated[Path, option("Folder of the audit; it goes on from what is there.", metavar="FOLDER")],
    panels: Annotated[int, option("Panels of every cell. Default: 200.", min=2)] = 200,
    cities: Annotated[int, option("Cities of the made-up country. Default: 100.")] = 100,
    firms: Annotated[int, option("Firms. Default: 3000.")] = 3_000,
    until: Annotated[int, option("Last year. Default: 2020.", min=2016, max=2100)] = 2020,
    hosts: Annotated[int, option("Cities with a centre. Default: 20.")] = 20,
) -> None:
    """Hold the estimators to many simulated panels whose true effect is known."""
    from viz.cli.evaluation_commands import run_audit_command

    run_audit_command(out, panels, cities=cities, firms=firms, until=until, hosts=hosts)
