"""From the folder of an ensemble to the two files that are shipped: the members, and how they were made."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.ensemble.members import ABOUT, DEFAULT, FIGURE, TABLE
from experiments.ensemble.members import PLACE as AT
from experiments.matching.waves import KEPT, SEEDS, Waves
from experiments.matching.whole_country import RUNS
from experiments.measures.findings import distance_signs
from experiments.measures.twin_pairs import Pair
from experiments.storage import parquet
from experiments.storage.json_lines import read_lines
from experiments.storage.provenance import versions
from experiments.study.run_key import rules_fingerprint
from experiments.validation.matched_figures import CUT, LEFT_OUT
from model.country.country import shipped_country
from model.parameters import Parameters

Plain = dict[str, Any]  # of a file: plain values by name

PLACE = Path("experiments") / "ensemble" / "data"
COMMAND = "python -m experiments.matching FOLDER --ship"


def whole_runs(waves: Waves) -> list[Plain]:
    """Return the runs of members in the whole country; none unless all members have been run there."""
    found = read_lines(waves.folder / RUNS)
    return found if len(found) == len(waves.members) else []


def ensemble_rows(waves: Waves) -> pd.DataFrame:
    """Return the rows of ``members.Ensemble``, from the whole country if all members have been run there."""
    points = {one["point"]: one for one in waves.points}
    rows = []
    for run in whole_runs(waves) or waves.members:
        point = points[run["point"]]
        at_default = point["u"] is None
        places = [float("nan")] * len(waves.factors) if at_default else point["u"]
        figures = run["figures"] if "figures" in run else point["figures"]
        rows.append(
            {
                "point": point["point"],
                "wave": DEFAULT if at_default else point["wave"],
                "seed": point["seed"],
                **{AT + name: place for name, place in zip(waves.factors, places, strict=True)},
                **{FIGURE + one.id: figures[one.id] for one in waves.figures},
                **run["effects"],
                **({} if "C13" in run["effects"] else _signs(waves, point["point"], point["seed"])),
            }
        )
    frame = pd.DataFrame(rows)
    real = frame.select_dtypes("float64").columns
    return frame.astype(dict.fromkeys(real, "float32"))


def _signs(waves: Waves, point: int, seed: int) -> dict[str, float]:
    """Return the effects by distance that are no effect of a sweep."""
    with np.load(waves.folder / f"member-{point}.npz") as kept:
        arms: list[Plain] = [
            {name: kept[f"{arm}_{name}"].astype(float) for name in KEPT if f"{arm}_{name}" in kept}
            for arm in ("with", "without")
        ]
        pair = Pair(seed, np.arange(len(arms[0]["innovation"])), kept["hosts"], *arms)
    return distance_signs(pair, waves.country.cities)


def write_ensemble(waves: Waves, folder: Path) -> None:
    """Write the table and ``members.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = ensemble_rows(waves).sort_values("point", kind="stable", ignore_index=True)
    parquet.write(rows, folder / TABLE, "zstd")
    whole = bool(whole_runs(waves))
    about = {
        "rules": rules_fingerprint(),
        "version": versions()["computeleap"],
        "date": datetime.date.today().isoformat(),
        "command": COMMAND,
        "seed": waves.root,
        "scenario": waves.experiment.scenario,
        "cities": len(shipped_country().cities) if whole else waves.cities,
        "firms": Parameters().firms if whole else waves.firms,
        "matched_on": {"cities": waves.cities, "firms": waves.firms},
        "last_year": waves.experiment.until,
        "points": len(waves.points) - SEEDS,
        "found": waves.found,
        "cut": CUT,
        "seeds": SEEDS,
        "matched": [
            {"id": one.id, "value": one.value, "tolerance": one.tolerance, "noise": waves.noise[one.id]}
            for one in waves.figures
        ],
        "left_out": LEFT_OUT,
    }
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
