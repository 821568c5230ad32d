"""``computeleap validate --facts``: the scorecard of facts, judged seed by seed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from experiments.measures.number_text import sized
from viz.cli.progress import progress
from viz.cli.signals import exit_now, on_signal
from viz.terminal import check_target, echo, echo_err, show_table, write_file

if TYPE_CHECKING:
    import pandas as pd

    from experiments.study.settings import Settings

SCORECARD = Path("results") / "facts" / "scorecard.json"


def show_scorecard(settings: Settings, target: Path) -> None:
    """Run the seeds that are missing in the folder of the target, show pass rates and write them."""
    with on_signal(exit_now):
        from experiments.storage.json_file import json_text
        from experiments.study.prepare import make_study, warm_kernels, worker_count
        from experiments.validation.facts.card_page import record
        from experiments.validation.facts.scorecard import run_seeds, scorecard

        check_target(target, (".json",), force=True)
        study = make_study(settings)
        warm_kernels(study, echo_err)
        workers = worker_count(settings, len(study.seeds))
        with progress(len(study.seeds), workers) as finished:
            seeds = run_seeds(study, target.parent, workers, finished)
    card = scorecard(seeds)
    contents = record(card, study, seeds)
    write_file(target, (".json",), lambda part: part.write_text(json_text(contents), encoding="utf-8"), True)
    show_card(card)
    claimed, whole = contents["pass_claimed"], contents["pass_all"]
    echo(
        f"{100 * claimed:.1f} % of fact × seed passes on the {int(card['claimed'].sum())} facts that are "
        f"claimed, {100 * whole:.1f} % on all {len(card)} ({len(seeds)} seeds). They are in {target}."
    )


def show_card(card: pd.DataFrame) -> None:
    """Show facts by group, then the causes of those that most seeds miss."""
    from experiments.validation.facts.scorecard import missed

    for group, own in card.groupby("group", sort=False):
        rows = [
            [
                row["id"],
                row["quantity"],
                row["published"],
                sized(row["mean"]),
                sized(row["sd"]),
                f"{100 * row['passed']:.0f} %" if row["seeds"] else "",
                "" if row["claimed"] else "not claimed",
            ]
            for row in own.to_dict("records")
        ]
        columns = ["id", "fact", "published", "mean", "s.d.", "pass", "claim"]
        show_table(f"Facts: {group}", columns, rows, ["fact", "published", "claim"], own)
    for row in missed(card):
        echo(f"{row['id']}: {row['cause'] or 'within the chance of a seed'}.")
