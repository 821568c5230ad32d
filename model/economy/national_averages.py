"""National averages that agents compare themselves with."""


def national_means(
    nation_firms,
    nation_revenue,
    nation_mean_revenue,
    nation_budget,
    nation_budget_per_firm,
    nation_mean_talent,
    city_talent,
):
    """Write mean sales per firm, free budget per firm (of the last quarter) and mean talent per city."""
    firms = nation_firms[0]
    if firms > 0.0:
        nation_mean_revenue[0] = nation_revenue[0] / firms
        nation_budget_per_firm[0] = nation_budget[0] / firms
    talent = 0.0
    for c in range(len(city_talent)):
        talent += city_talent[c]
    nation_mean_talent[0] = talent / len(city_talent)
