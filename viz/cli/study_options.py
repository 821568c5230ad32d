"""``computeleap study``: reads the command line; what a study does is in ``viz.cli.study_command``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from viz.cli.options import (
    CentresFile,
    Changes,
    CitiesFile,
    Extensions,
    Firms,
    FirstSeed,
    LinksFile,
    Seeds,
    Until,
    Workers,
    argument,
    option,
)

studies = typer.Typer(
    name="study",
    help="Questions put to the model: runs of many arms, a table and a figure for each.",
    no_args_is_help=True,
)
Scenarios = Annotated[
    list[str] | None, argument("Scenarios to ask it of; the default is in docs/experiments.md.")
]
Out = Annotated[
    Path | None, option("Folder for the results. Default: results/studies/STUDY.", metavar="FOLDER")
]
Replace = Annotated[bool, option("Replace a results folder that holds other files too.", "--force")]


def _study(name: str, question: str) -> None:
    """Add the command of one study; all take the same options."""

    def command(
        scenarios: Scenarios = None,
        seeds: Seeds = None,
        first_seed: FirstSeed = None,
        until: Until = None,
        firms: Firms = None,
        cities: CitiesFile = None,
        centres: CentresFile = None,
        links: LinksFile = None,
        changes: Changes = None,
        extension: Extensions = None,
        workers: Workers = None,
        out: Out = None,
        force: Replace = False,
    ) -> None:
        from experiments.questions.question_catalogue import QUESTIONS
        from experiments.study.settings import merge_settings
        from viz.cli.study_command import run_study

        study = QUESTIONS[name]
        given = {
            "seeds": seeds or study.seeds, "first_seed": first_seed, "until": until, "firms": firms,
            "cities": cities, "centres": centres, "links": links, "workers": workers,
            "out": out or Path("results") / "studies" / name, "extension": extension,
        }  # fmt: skip
        run_study(study, scenarios or study.scenarios, merge_settings(None, given, changes or ()), force)

    command.__doc__ = question
    studies.command(name)(command)


_study("splits", "For whom does a centre work: the six splits of the source study (C7-C12).")
_study("ablation", "Which mechanism makes which finding: each switched off in turn.")
_study("regimes", "Where do centres close the gap between cities, and where do they widen it.")
_study("layouts", "Who builds where, and who may use it: layouts, and given sites with given access.")
_study("oversupply", "How much compute is too much: capacity from a quarter to eight times the default.")
