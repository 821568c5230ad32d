"""Compute that makes other capital work: an external effect between the firms of a city.

How rules are written and named: see ``agents/firm.py``. The mechanism exists only in runs in which the
parameter ``compute_synergy`` is above 0.
"""

from agents.columns import Column
from agents.elementary import log

ON = "compute_synergy"

CITY_COLUMNS = (
    Column("compute_depth", "log points", "productivity that the city's compute gives its capital", when=ON),
)
NATION_COLUMNS = (Column("compute_use", "compute/quarter", "effective compute that cities use", when=ON),)


def compute_depth(compute_use, firms, nation_compute_use, nation_firms, compute_synergy):
    """Productivity that compute gives other capital of the city, e·ln((h + h̄)/2h̄), log points.

    h: compute a firm of the city uses, h̄: a firm of the country; 0 at the mean, never below −e·ln 2. The
    external effect of compute on capital of document 003, between cities instead of in one.
    """
    mean = nation_compute_use / (nation_firms + 1e-9) + 1e-9
    own = compute_use / (firms + 1e-9)
    return compute_synergy * log((own + mean) / (2.0 * mean))
