"""``computeleap page``: a scenario as one HTML file that runs the model in any browser, without Python."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

from viz.cli.options import (
    ConfigFile,
    Force,
    ScenarioName,
    StudyOptions,
    flag,
    option,
    takes_study_options,
)
from viz.terminal import check_target, echo, echo_err, write_file

ENDINGS = (".html", ".htm")
SEEDS = 4  # one that is watched, three in the background


@takes_study_options
def page(
    scenario: ScenarioName = None,
    seeds: Annotated[int | None, option("Seeds that the page offers.", default="4")] = None,
    *,
    shared: StudyOptions,
    config: ConfigFile = None,
    out: Annotated[
        Path | None, option("The file to write.", default="SCENARIO.html", metavar="FILE.html")
    ] = None,
    force: Force = False,
    plain: Annotated[
        bool, flag("Use no vector instructions, for browsers older than 2023; slower.", "--no-simd")
    ] = False,
) -> None:
    """Write a scenario as one HTML file that runs the model in any browser, offline."""
    from experiments.browser.browser_bundle import browser_bundle
    from viz.reports.browser_page import browser_page

    wanted = seeds or (None if config else SEEDS)
    settings = shared.settings(config, scenario=scenario, seeds=wanted)
    file = out or Path(f"{settings.scenario_to_run.name}.html")
    check_target(file, ENDINGS, force)
    echo_err("compiling the rules for a browser (once, a minute or two)")
    text = browser_page(browser_bundle(settings, vectors=not plain))
    write_file(file, ENDINGS, partial(Path.write_text, data=text, encoding="utf-8"), force)
    echo(f"{file} ({len(text.encode()) / 1e6:.1f} MB) opens in any browser and asks nothing of any network.")
