"""The group ``computeleap sweep``: registers its commands."""

from __future__ import annotations

import typer

from viz.cli import sweep_analysis, sweep_growth, sweep_run, sweep_show

sweep_commands = typer.Typer(
    help="Run an experiment over many points and seeds, from a laptop to a cluster; see docs/sweeps.md.",
    no_args_is_help=True,
)
for command in (
    sweep_show.presets,
    sweep_show.measures,
    sweep_show.plan,
    sweep_run.run,
    sweep_show.status,
    sweep_run.retry,
    sweep_run.debug,
    sweep_growth.extend,
    sweep_growth.merge,
    sweep_growth.compact,
    sweep_growth.recompute,
    sweep_show.effects,
    sweep_show.query,
    sweep_analysis.sensitivity,
    sweep_analysis.discover,
    sweep_analysis.calibrate,
    sweep_analysis.optimise,
    sweep_show.export,
):
    sweep_commands.command()(command)
