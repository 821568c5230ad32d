"""Coverage of the ranges out of sample: members that are left out of them, run with new seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.ensemble.member_run import pair_of, with_factors
from experiments.ensemble.members import Ensemble
from experiments.ensemble.parameter_range import INTERVAL
from experiments.study.study import WITH, WITHOUT, Study
from experiments.sweep.measures import effects_of
from model.regional_model import RegionalModel

Plain = dict[str, Any]  # of a file: plain values by name
HEADLINES = ("effect_hosts", "effect_others", "effect_national", "effect_gdp", "change_gdp_theil_per_head")


def effects_with_seed(study: Study, values: Mapping[str, float], seed: int) -> dict[str, float]:
    """Return the headlines of a member with a seed."""
    parameters = with_factors(study.parameters, dict(values))
    treated, control = (
        RegionalModel(parameters, study.arms[arm], seed, country=study.country) for arm in (WITH, WITHOUT)
    )
    treated.run_until(study.until)
    control.run_until(study.until)
    found = effects_of(pair_of(treated, control, study.until), study.country)
    return {name: float(found[name]) for name in HEADLINES}


def coverage(found: Ensemble, lines: Sequence[Plain]) -> pd.DataFrame:
    """Return the share of runs within the 5 to 95 % of the members not run again: effect, covered, se, runs.

    lines: member, seed and effects of each run. se: binomial.
    """
    again = {line["member"] for line in lines}
    rest = found.members[~found.members.index.isin(again)]
    rows = []
    for name in HEADLINES:
        low, high = np.nanquantile(rest[name].to_numpy(dtype=float), INTERVAL)
        inside = [bool(low <= line["effects"][name] <= high) for line in lines]
        share = float(np.mean(inside))
        error = float(np.sqrt(share * (1.0 - share) / len(inside)))
        rows.append(
            {"effect": name, "covered": share, "se": error, "runs": len(inside), "members": len(rest)}
        )
    return pd.DataFrame(rows)
