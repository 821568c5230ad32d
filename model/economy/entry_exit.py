"""Entry, exit and relocation of firms, as firms (``agents.firm``) and founders have decided."""

from agents.elementary import log


def renew_firms(
    firm_alive,
    firm_entering,
    firm_exiting,
    firm_relocating,
    firm_city,
    firm_home,
    firm_tier,
    firm_city_tier,
    firm_customer,
    firm_prospect,
    firm_prospect_tier,
    firm_age,
    firm_quality,
    firm_adopter,
    firm_innovation_probability,
    firm_revenue,
    firm_digital_revenue,
    firm_research_spending,
    firm_compute_spending,
    firm_labour_spending,
    firm_innovated,
    firm_lines,
    firm_value_added,
    firm_profit,
    city_entrants,
    city_exits,
    city_arrivals,
    tier_weight_basic,
    nation_mean_supply,
    quality_elasticity,
    entry_gap,
):
    """Close, move and found firms, and count them by city.

    The founder of a firm that closes may start another one from the next quarter on. Entrants start at home,
    ``entry_gap`` below the quality at which a firm has the country's mean supply, without compute, and with
    nothing of an earlier firm in their row.
    """
    start = -entry_gap
    if quality_elasticity > 0.0 and nation_mean_supply[0] > 0.0:
        start += log(nation_mean_supply[0]) / quality_elasticity
    tiers = len(tier_weight_basic)
    for c in range(len(city_entrants)):
        city_entrants[c] = 0.0
        city_exits[c] = 0.0
        city_arrivals[c] = 0.0
    for i in range(len(firm_alive)):
        if firm_alive[i] > 0.5:
            if firm_exiting[i] > 0.5:
                firm_alive[i] = 0.0
                firm_adopter[i] = 0.0
                firm_innovation_probability[i] = 0.0
                city_exits[firm_city[i]] += 1.0
            elif firm_relocating[i] > 0.5 and firm_prospect[i] != firm_city[i]:
                firm_city[i] = firm_prospect[i]
                firm_city_tier[i] = firm_prospect_tier[i]
                city_arrivals[firm_city[i]] += 1.0
        elif firm_entering[i] > 0.5:
            firm_alive[i] = 1.0
            firm_age[i] = 0.0
            firm_quality[i] = start
            firm_adopter[i] = 0.0
            firm_innovation_probability[i] = 0.0
            firm_revenue[i] = 0.0
            firm_digital_revenue[i] = 0.0
            firm_research_spending[i] = 0.0
            firm_compute_spending[i] = 0.0
            firm_labour_spending[i] = 0.0
            firm_innovated[i] = 0.0
            firm_lines[i] = 0.0
            firm_value_added[i] = 0.0
            firm_profit[i] = 0.0
            firm_city[i] = firm_home[i]
            firm_city_tier[i] = firm_home[i] * tiers + firm_tier[i]
            city_entrants[firm_home[i]] += 1.0
    for i in range(len(firm_alive)):
        firm_prospect[i] = firm_city[firm_customer[i]]
        firm_prospect_tier[i] = firm_prospect[i] * tiers + firm_tier[i]
