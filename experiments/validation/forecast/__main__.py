"""``python -m experiments.validation.forecast``: run the forecast contest; write its numbers and its page."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path
from typing import Any

import numpy as np

from experiments.ensemble.members import shipped_ensemble
from experiments.storage.json_file import json_text
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint
from experiments.validation.forecast.contest import Contest, contests, scores
from experiments.validation.forecast.contest_page import page
from experiments.validation.forecast.model_forecast import run_members, without_institutions
from model.country.country import shipped_country

Plain = dict[str, Any]  # of a file: plain values by name

NUMBERS, PAGE = Path("docs/bench/forecast.json"), Path("docs/forecast.md")
COMMAND = "python -m experiments.validation.forecast"


def record(found: list[Contest], members: int, firms: int) -> Plain:
    """Return the contests with their scores, and how they were made, as plain values."""
    return {
        "date": datetime.date.today().isoformat(),
        "command": f"{COMMAND} --members {members}",
        "rules": rules_fingerprint(),
        "version": versions()["computeleap"],
        "members": members,
        "firms": firms,
        "contests": [
            {
                "name": one.name,
                "told": one.told,
                "scores": scores(one).replace({np.nan: None}).to_dict("records"),
                "units": one.units,
                "observed": one.observed.round(5).tolist(),
                "forecasts": {name: values.round(5).tolist() for name, values in one.forecasts.items()},
            }
            for one in found
        ],
    }


def main(arguments: list[str] | None = None) -> None:
    """Run members, score all forecasts, and write the JSON and the page."""
    parser = argparse.ArgumentParser(prog=COMMAND)
    parser.add_argument("--members", type=int, default=24, help="members of the ensemble (default 24)")
    parser.add_argument("--firms", type=int, default=10_000, help="firms of a run (default 10000)")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--json", type=Path, default=NUMBERS, help=f"file of the numbers (default {NUMBERS})")
    parser.add_argument("--page", type=Path, default=PAGE, help=f"file of the page (default {PAGE})")
    given = parser.parse_args(arguments)
    country = shipped_country()
    blind = without_institutions(country)
    runs = run_members(shipped_ensemble(), blind, given.members, given.firms, given.workers)
    contents = record(contests(runs, country), len(runs), given.firms)
    given.json.write_text(json_text(contents), encoding="utf-8")
    given.page.write_text(page(contents), encoding="utf-8")


if __name__ == "__main__":
    main()
