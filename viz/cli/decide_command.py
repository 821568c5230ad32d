"""``computeleap decide``: should a city build? Plans compared over the ensemble, on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from viz.cli.options import ForceFolder, Seeds, StudyOptions, argument, option, takes_study_options
from viz.cli.progress import progress
from viz.cli.signals import exit_now, on_signal
from viz.terminal import echo, echo_err, show_table

if TYPE_CHECKING:
    import pandas as pd

ENOUGH = 12  # worlds; of five in a row the sign test makes p = 0.06


@takes_study_options
def decide(
    city: Annotated[str, argument("Name of the city, English or Chinese, or its code.", metavar="CITY")],
    budget: Annotated[float, option("Budget, bn CNY.", min=0.01)] = 2.0,
    at: Annotated[int, option("Year at whose start the city decides.", metavar="YEAR")] = 2026,
    good: Annotated[
        Literal["city", "area", "country"],
        option("Whose gain counts; area: also cities within 300 km.", "--for", metavar="city|area|country"),
    ] = "city",
    language: Annotated[Literal["en", "zh"], option("Language of the page.", metavar="en|zh")] = "en",
    members: Annotated[int, option("Members of the ensemble; each is one world.", min=2)] = 20,
    scenario: Annotated[str, option("Scenario of the country.", metavar="SCENARIO")] = "actual",
    seeds: Seeds = None,
    *,
    shared: StudyOptions,
    out: Annotated[
        Path | None, option("Folder for the results.", default="results/decide/CITY", metavar="FOLDER")
    ] = None,
    force: ForceFolder = False,
) -> None:
    """Compare plans of a city over the ensemble: net gain, regret, winners and losers, on one page."""
    with on_signal(exit_now):
        from experiments.ensemble.members import shipped_ensemble
        from experiments.questions.decision.choice import decision_table
        from experiments.questions.decision.decision_files import write_decision
        from experiments.questions.decision.one_page import decision_record
        from experiments.questions.decision.plans import PLANS
        from experiments.questions.decision.question import asked
        from experiments.questions.decision.worlds import run_worlds
        from experiments.study.prepare import make_study, warm_kernels, worker_count

        settings = shared.settings(scenario=scenario, seeds=seeds or members)
        study = make_study(settings)
        question = asked(study.country, city, 10.0 * budget, at, study.parameters.start_year)
        name = str(study.country.cities["name_en"].iloc[question.city])
        folder = out or Path("results") / "decide" / name.replace(" ", "_")
        warm_kernels(study, echo_err)
        workers = worker_count(settings, members)
        echo_err(f"{name}: {len(PLANS)} plans in {members} worlds, {at} to {question.until}")
        with progress(members, workers) as finished:
            worlds = run_worlds(study, shipped_ensemble(), question, members, workers, finished)
    if len(worlds) < 2:
        echo_err("fewer than two worlds ended: nothing can be said")
        raise typer.Exit(1)
    if len(worlds) < ENOUGH:
        echo_err(f"fewer than {ENOUGH} worlds: a sign test of half of them tells no plans apart")
    told = decision_record(worlds, PLANS, question, good, study.country)
    page = write_decision(folder, told, force, language)
    _show(told, decision_table(worlds, good))
    rest = ", ".join(plan for plan in told["not_told_apart"] if plan != told["choice"])
    why = f" (not told apart from {rest})" if rest and told["choice"] == told["least_regret"] else ""
    echo(f"Robust choice: {told['choice']}{why}. The page is {page}.")


def _show(told: dict[str, Any], table: pd.DataFrame) -> None:
    rows = [
        [
            row["plan"],
            *(f"{0.1 * row[name]:+.2f}" for name in ("city", "neighbours", "others", "cost", "net")),
            f"{0.1 * row['low']:+.2f} to {0.1 * row['high']:+.2f}",
            f"{100 * row['loss']:.0f} %",
            f"{0.1 * row['regret']:.2f}",
            f"{0.1 * row['worst']:.2f}",
            f"{100 * row['best']:.0f} %",
        ]
        for row in told["table"]
    ]
    columns = [
        "plan",
        "city",
        "near",
        "others",
        "spending",
        "net",
        "90 %",
        "loses in",
        "regret",
        "worst",
        "best in",
    ]
    show_table(f"Plans of {told['city']['en']}, bn CNY", columns, rows, ["90 %"], table)
