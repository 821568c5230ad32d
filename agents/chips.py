"""Scarce chips: from a date part of advanced compute runs on domestic chips, dearer ones that get better.

How rules are written and named: see ``agents/firm.py``. The mechanism exists only in runs in which the
parameter ``chip_cutoff`` is above 0. It is a cost of intelligent compute and supercomputing, which falls with
all that was computed on domestic chips: learning by doing. [Arrow 1962, Review of Economic Studies 29(3)]
"""

from agents.columns import Column
from agents.elementary import power

ON = "chip_cutoff"

KIND_COLUMNS = (
    Column("chip_bound", "0 or 1", "1 if the kind needs the best chips", when=ON),
    Column("use", "compute/quarter", "compute that cities use", when=ON),
    Column("cutoff_use", "compute/quarter", "the same in the quarter before the cutoff", when=ON),
    Column("domestic_volume", "ratio", "years of that use computed on domestic chips", when=ON),
    Column("chip_factor", "ratio", "cost of a unit of compute, to that with the best chips", 1.0, when=ON),
)


def cutoff_use(cutoff_use, use, nation_quarter, start_year, chip_cutoff):
    """Use in the quarter before the cutoff, compute/quarter."""
    return use if nation_quarter <= 4.0 * (chip_cutoff - start_year) else cutoff_use


def domestic_volume(
    domestic_volume, use, cutoff_use, chip_bound, nation_quarter, start_year, chip_cutoff, chip_imports
):
    """Compute done on domestic chips, V + (1 − m)·use/(4·use at cutoff), years of that use. m: imports."""
    after = nation_quarter > 4.0 * (chip_cutoff - start_year) and cutoff_use > 1e-9
    done = (1.0 - chip_imports) * chip_bound * use / (4.0 * cutoff_use) if after else 0.0
    return domestic_volume + done


def chip_factor(
    domestic_volume,
    chip_bound,
    nation_quarter,
    start_year,
    chip_cutoff,
    chip_imports,
    chip_penalty,
    chip_learning,
):
    """Cost of a unit of compute to that with the best chips, 1 + (1 − m)·g·(1 + V)^−b, ratio.

    g: extra cost of work on domestic chips when they are new, b: elasticity of learning, m: part of the work
    for which the best chips may still be had.
    """
    if nation_quarter < 4.0 * (chip_cutoff - start_year):
        return 1.0
    dearer = chip_penalty * power(1.0 + domestic_volume, -chip_learning)
    return 1.0 + chip_bound * (1.0 - chip_imports) * dearer
