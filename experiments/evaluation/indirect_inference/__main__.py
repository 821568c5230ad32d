"""``python -m experiments.evaluation.indirect_inference FOLDER``: runs the worlds, or continues.

With ``--ship`` what the folder holds becomes the worlds of this version, and FILE gets how well they judge.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from functools import partial
from pathlib import Path

import pandas as pd

from experiments.evaluation.audit import SPILLOVERS, AuditSettings
from experiments.evaluation.indirect_inference.policy_effects import (
    ABOUT,
    TABLE,
    cell_scores,
    left_out_scores,
)
from experiments.evaluation.indirect_inference.simulated_worlds import Job, run_worlds
from experiments.evaluation.site_selection import WAYS
from experiments.storage import parquet
from experiments.storage.json_file import json_text
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint

DATA = Path("experiments") / "evaluation" / "indirect_inference" / "data"
CELL = "strong"
COMMAND = "python -m experiments.evaluation.indirect_inference FOLDER --ship FILE"


def main(arguments: list[str] | None = None) -> None:
    """Run worlds of the ensemble and panels of the audit's cells with strong spillovers."""
    parser = argparse.ArgumentParser(prog="python -m experiments.evaluation.indirect_inference")
    parser.add_argument("folder", type=Path, help="folder of what was run")
    parser.add_argument("--worlds", type=int, default=600, help="worlds of the ensemble (default 600)")
    parser.add_argument("--panels", type=int, default=200, help="panels of each cell (default 200)")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    parser.add_argument("--ship", type=Path, metavar="FILE", help=f"write {DATA}, and scores to a file")
    given = parser.parse_args(arguments)
    jobs = [Job(number) for number in range(given.worlds)]
    jobs += [Job(number, CELL) for number in range(len(WAYS) * given.panels)]
    jobs.sort(key=lambda job: job.number)
    rows = run_worlds(given.folder, jobs, given.workers, partial(print, file=sys.stderr, flush=True))
    print(f"{rows.loc[rows['cell'] == '', 'world'].nunique()} worlds, {len(rows)} rows")
    if given.ship:
        ship(rows, DATA, given.ship)


def ship(rows: pd.DataFrame, folder: Path, scores: Path) -> None:
    """Write the worlds, how they were made, and how well effects that are known are found."""
    folder.mkdir(parents=True, exist_ok=True)
    worlds = rows[(rows["cell"] == "") & (rows["data"] != "flawed")]
    real = worlds.select_dtypes("float64").columns
    parquet.write(worlds.astype(dict.fromkeys(real, "float32")), folder / TABLE, "zstd")
    about = {
        "rules": rules_fingerprint(),
        "version": versions()["computeleap"],
        "date": datetime.date.today().isoformat(),
        "command": COMMAND,
        "worlds": int(worlds["world"].nunique()),
        "settings": vars(AuditSettings()),
        "spillover": SPILLOVERS[CELL],
    }
    (folder / ABOUT).write_text(json_text(about), encoding="utf-8")
    tables = {"left_out": left_out_scores(rows), "cells": cell_scores(rows)}
    scored = {
        name: [
            {key: None if value != value else value for key, value in row.items()}
            for row in table.to_dict("records")
        ]
        for name, table in tables.items()
    }
    scores.write_text(json_text({**about, **scored}), encoding="utf-8")


if __name__ == "__main__":
    main()
