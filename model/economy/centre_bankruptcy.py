"""Bankruptcy of centres: those that fail (``agents.centre_solvency.failing``) close.

Only in runs with ``building_slots``.
"""


def close_bankrupt_centres(
    provider_failing,
    provider_operating,
    provider_opens,
    provider_taken,
    provider_built,
    provider_capacity,
    provider_equity,
    provider_load,
    provider_utilisation,
    nation_failures,
):
    """Close every failing centre for good: its row is free again and its contracts end."""
    nation_failures[0] = 0.0
    for p in range(len(provider_failing)):
        if provider_failing[p] > 0.5:
            provider_failing[p] = 0.0
            provider_operating[p] = 0.0
            provider_opens[p] = 1e9  # no date
            provider_taken[p] = 0.0
            provider_built[p] = 0.0
            provider_capacity[p] = 0.0
            provider_equity[p] = 0.0
            provider_load[p] = 0.0
            provider_utilisation[p] = 0.0
            nation_failures[0] += 1.0
