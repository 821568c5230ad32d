"""The base year as observed: productivities, amenities and research conditions of cities, recovered.

As in quantitative spatial economics [Redding & Rossi-Hansberg 2017, Annual Review of Economics 9], what the
model does not explain of the base year is the residual at which it has exactly the observed figures: the GDP
of every city gives its productivity, its people their amenities, patents the conditions of research. These
procedures act in the burn-in, that of productivity in the first reported quarter too; afterwards the
residuals are constant.
"""

from agents.elementary import exp, log
from model.economy.product_market import offer_goods, sell_goods


def recover_productivity(
    city_market,
    city_market_observed,
    city_spending,
    city_goods_share,
    city_centre_income,
    city_productivity,
    city_labour_wage,
    city_tier_supply,
    city_tier_advantage,
    city_tier_demand,
    city_tier_competition,
    city_tier_unit_revenue,
    city_tier_purchase_ratio,
    city_tier_upstream,
    tier_weight_basic,
    pair_final_reach,
    pair_intermediate_reach,
    scratch_city,
    scratch_ratio,
    nation_quarter,
    intermediate_share,
    quality_elasticity,
    local_services,
):
    """Find productivities, (C,), at which every city's GDP is its share of the country's in the base year.

    GDP less services and compute is what firms must earn, at least a fiftieth of it. Each round raises ln A
    by ln(wanted/earned)/θ: four rounds in a quarter of the burn-in; in its last and the next at most 400,
    until all agree to 1e-11. The mean of ln A is 0. Cities without firms keep their own; what these would
    earn goes to the cities whose figure is an estimate, in proportion, so that observed figures stay exact,
    and to all where there are none of these. Where the figure is out of reach, as for firms of a tier from
    which no city buys, advantages stay within e^±50.
    """
    if nation_quarter[0] > 0.0 or quality_elasticity <= 0.0:
        return
    cities = len(city_market)
    tiers = len(tier_weight_basic)
    total, market = 0.0, 0.0
    for c in range(cities):
        total += city_spending[c] + city_centre_income[c]
        market += city_market[c]
    most = 50.0 / quality_elasticity
    for _ in range(400 if nation_quarter[0] >= -1.0 else 4):
        offer_goods(
            city_tier_supply,
            city_tier_advantage,
            city_tier_competition,
            city_tier_upstream,
            city_productivity,
            city_labour_wage,
            tier_weight_basic,
            pair_final_reach,
            pair_intermediate_reach,
            scratch_city,
            scratch_ratio,
            intermediate_share,
            quality_elasticity,
        )
        sell_goods(
            city_spending,
            city_goods_share,
            city_tier_supply,
            city_tier_advantage,
            city_tier_demand,
            city_tier_competition,
            city_tier_unit_revenue,
            city_tier_purchase_ratio,
            city_tier_upstream,
            tier_weight_basic,
            pair_final_reach,
            pair_intermediate_reach,
            scratch_city,
            scratch_ratio,
            intermediate_share,
            local_services,
        )
        wants, estimated, earns, busy = 0.0, 0.0, 0.0, 0.0
        for c in range(cities):
            earned = 0.0
            for k in range(tiers):
                cell = c * tiers + k
                bought = city_tier_upstream[cell] * intermediate_share * city_tier_purchase_ratio[cell]
                earned += (1.0 - bought) * city_tier_unit_revenue[cell] * city_tier_supply[cell]
            gdp = city_market[c] / market * total
            wanted = gdp - local_services * city_spending[c] - city_centre_income[c]
            scratch_city[c] = wanted if wanted > 0.02 * gdp else 0.02 * gdp
            scratch_ratio[c] = earned
            if earned > 0.0 and scratch_city[c] > 0.0:
                wants += scratch_city[c]
                estimated += 0.0 if city_market_observed[c] > 0.5 else scratch_city[c]
                earns += earned
                busy += 1.0
        left = earns - (wants - estimated)  # for cities whose figure is an estimate
        of_observed, of_estimated = 1.0, 1.0
        if left > 0.0 and estimated > 0.0:
            of_estimated = left / estimated
        elif busy > 0.0:
            of_observed = of_estimated = earns / wants
        worst, mean = 0.0, 0.0
        for c in range(cities):
            if scratch_ratio[c] > 0.0 and scratch_city[c] > 0.0:
                share = of_observed if city_market_observed[c] > 0.5 else of_estimated
                ratio = scratch_city[c] * share / scratch_ratio[c]
                worst = max(worst, abs(ratio - 1.0))
                ratio = ratio if ratio < 4.0 else 4.0
                ratio = ratio if ratio > 0.25 else 0.25
                city_productivity[c] += log(ratio) / quality_elasticity
                mean += city_productivity[c] / busy
        for c in range(cities):
            if scratch_ratio[c] > 0.0 and scratch_city[c] > 0.0:
                city_productivity[c] = min(max(city_productivity[c] - mean, -most), most)
        if worst < 1e-11:
            break


def recover_amenities(
    city_market,
    city_people,
    city_people_base,
    city_people_attraction,
    city_people_amenity,
    city_talent,
    city_labour_demand,
    city_amenity,
    city_labour_wage,
    city_goods_price,
    city_price_base,
    nation_quarter,
    local_services,
    wage_gradient,
    migration_gradient,
    people_mobility,
):
    """Find the amenities, (C,), at which people move and talent earns as in the base year.

    People: the pull of a city becomes its share of people, times 1 + (g/4m)·(ln GDP per head − mean), so that
    the population grows by g a year per log point of GDP per head. Talent: the places of talent are payrolls
    over wages proportional to (GDP per head)^φ; half of the gap between ln places and ln talent is added to
    the amenity in each quarter. The price of consumption in the base year becomes 1.
    """
    if nation_quarter[0] >= 0.0:
        return
    cities = len(city_market)
    places, talent, people, richness = 0.0, 0.0, 0.0, 0.0
    for c in range(cities):
        if city_people_base[c] > 0.0:
            people += city_people_base[c]
            richness += city_people_base[c] * log((city_market[c] + 1e-12) / city_people_base[c])
    for c in range(cities):
        services = local_services * log(city_labour_wage[c] + 1e-300)
        city_price_base[c] = (1.0 - local_services) * log(city_goods_price[c]) + services
        if city_people_attraction[c] > 0.0 and city_people_base[c] > 0.0:
            per_head = (city_market[c] + 1e-12) / city_people_base[c]
            leaning = 1.0
            if people_mobility > 0.0:
                leaning += migration_gradient / (4.0 * people_mobility) * (log(per_head) - richness / people)
            leaning = leaning if leaning > 0.1 else 0.1
            city_people_amenity[c] += log(leaning * city_people_base[c] / city_people_attraction[c])
            places += city_labour_demand[c] * exp(-wage_gradient * log(per_head))
            talent += city_talent[c]
    for c in range(cities):
        if (
            city_people_base[c] > 0.0
            and city_labour_demand[c] > 0.0
            and city_talent[c] > 0.0
            and places > 0.0
        ):
            per_head = (city_market[c] + 1e-12) / city_people_base[c]
            here = city_labour_demand[c] * exp(-wage_gradient * log(per_head)) / places * talent
            city_amenity[c] += 0.5 * log(here / city_talent[c])


def recover_research(
    city_innovation,
    city_research_advantage,
    city_research_group,
    research_group_share,
    scratch_group,
    nation_quarter,
    research_returns,
):
    """Find the research conditions, (C,), at which innovations are divided over regions as patents are.

    Regions are groups of cities, numbered from 0 (−1: no figure); ``research_group_share`` (G,) their shares.
    In each quarter ln X moves by a third of (1 − μ)·ln(share wanted/share), at most 0.2.
    """
    if nation_quarter[0] >= 0.0:
        return
    groups = len(research_group_share)
    total = 0.0
    for g in range(groups):
        scratch_group[g] = 0.0
    for c in range(len(city_innovation)):
        if city_research_group[c] >= 0:
            scratch_group[city_research_group[c]] += city_innovation[c]
            total += city_innovation[c]
    for c in range(len(city_innovation)):
        g = city_research_group[c]
        if g >= 0 and scratch_group[g] > 0.0 and research_group_share[g] > 0.0:
            step = log(research_group_share[g] * total / scratch_group[g]) * (1.0 - research_returns) / 3.0
            step = step if step < 0.2 else 0.2
            step = step if step > -0.2 else -0.2
            city_research_advantage[c] += step
