"""The score of a group of mutants: one line to print, and the artefact under build/."""

from __future__ import annotations

import datetime
import json
import math
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.version import VERSION
from tests import ROOT

ARTEFACT = ROOT / "build" / "mutants.json"
ENOUGH = 0.85


def estimate(parts: list[tuple[int, int, int]]) -> tuple[float, float, float]:
    """Share of all mutants that would be killed, and its 95 % interval, from a sample of each module.

    ``parts``: (mutants of the module, tried, killed). Modules weigh by their mutants; what is tried
    of a module is drawn without replacement. A module's variance is that of one killed and one survivor
    more, so that none looks certain. [Cochran 1977, Sampling Techniques, chapter 5]
    """
    whole = sum(size for size, tried, _ in parts if tried)
    share = sum(size / whole * killed / tried for size, tried, killed in parts if tried)
    variance = 0.0
    for size, tried, killed in parts:
        if tried:
            part = (killed + 1) / (tried + 2)
            variance += (size / whole) ** 2 * part * (1.0 - part) / tried * (1.0 - tried / size)
    half = 1.959964 * math.sqrt(variance)
    return round(share, 4), round(max(0.0, share - half), 4), round(min(1.0, share + half), 4)


def counted(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many were tried, killed, ended for their time or memory, and survived."""
    hung = sum(row["outcome"] == "hang" for row in rows)
    killed = hung + sum(row["outcome"] == "killed" for row in rows)
    return {"tried": len(rows), "killed": killed, "hung": hung, "survived": len(rows) - killed}


def summary(rows: list[dict[str, Any]], places: Mapping[str, int], seed: int) -> dict[str, Any]:
    """Counts of a group and of its modules, its score with interval, and its survivors.

    ``places``: number of mutants of each module of the group, tried or not.
    """
    modules = {
        module: {"mutants": size, **counted([row for row in rows if row["module"] == module])}
        for module, size in places.items()
    }
    share, *interval = estimate([(one["mutants"], one["tried"], one["killed"]) for one in modules.values()])
    survivors = [row for row in rows if row["outcome"] not in ("killed", "hang")]
    return {
        **counted(rows),
        "mutants": sum(places.values()),
        "seed": seed,
        "score": share,
        "interval": interval,
        "version": VERSION,
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "modules": modules,
        "survivors": [
            {name: row.get(name, "") for name in ("module", "line", "was", "is")} for row in survivors
        ],
    }


def line(group: str, found: Mapping[str, Any]) -> str:
    """The score in one line."""
    low, high = (100.0 * end for end in found["interval"])
    return (
        f"mutants of {group}: {100.0 * found['score']:.1f} % killed "
        f"({found['killed']:,} of {found['tried']:,} tried, {found['mutants']:,} in all; "
        f"95 % interval {low:.1f} to {high:.1f} %)"
    )


def write(group: str, found: Mapping[str, Any], path: Path = ARTEFACT) -> None:
    """Put the summary of a group into the artefact, next to those of the other groups."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(known | {group: found}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
