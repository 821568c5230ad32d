"""The product market: gravity trade along a chain of tiers (M4)."""

from agents.elementary import exp, log, power
from agents.firm import MOST_WORTH
from model.engine.matrix_products import add_product, write_product

LEAST_ADVANTAGE, MOST_ADVANTAGE = 1e-43, 1e43  # of prices too; beyond, an index may pass all numbers


def offer_goods(
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
):
    """Bring the supply of every tier to the cities that it reaches, from the first tier to final goods.

    A unit of supply counts (A_c/cost)^θ times, its advantage: A_c the city's productivity, cost w^(1−s)·P^s.
    w is the price of local labour and land, which rise together, P_j = Π_j^(−1/θ) the price index of goods of
    the tier before that reach the city. Progress upstream therefore makes goods downstream cheaper. Firms
    that no such goods reach work without them (s = 0).
    """
    cities = len(city_productivity)
    tiers = len(tier_weight_basic)
    for tier in range(tiers):
        for c in range(cities):
            cell = c * tiers + tier
            inputs = city_tier_competition[cell - 1] if tier > 0 else 0.0
            city_tier_upstream[cell] = 1.0 if inputs > 0.0 else 0.0
            bought = city_tier_upstream[cell] * intermediate_share
            own = city_productivity[c] - (1.0 - bought) * log(city_labour_wage[c] + 1e-300)
            advantage = exp(min(max(quality_elasticity * own, -MOST_WORTH), MOST_WORTH))
            advantage *= power(inputs, bought) if inputs > 0.0 else 1.0
            advantage = min(max(advantage, LEAST_ADVANTAGE), MOST_ADVANTAGE)
            city_tier_advantage[cell] = advantage
            scratch_ratio[c] = city_tier_supply[cell] * advantage
            scratch_city[c] = 0.0
        reach = pair_final_reach if tier == tiers - 1 else pair_intermediate_reach
        add_product(reach, scratch_ratio, scratch_city)
        for j in range(cities):
            city_tier_competition[j * tiers + tier] = scratch_city[j]


def sell_goods(
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
):
    """Divide the demand of every city over the supply that reaches it, from final goods up the chain.

    A unit of supply of city c earns (advantage)·Σ_j φ_cj·M_jk/Π_jk. Final demand M is the city's spending on
    goods; upstream demand is a share of the sales of the city's own firms one tier down, times their
    purchases relative to average firms (the purchase ratio, 1 without rungs). A city that no final goods
    reach spends all on services.
    """
    cities = len(city_spending)
    tiers = len(tier_weight_basic)
    for back in range(tiers):
        tier = tiers - 1 - back
        reach = pair_final_reach if back == 0 else pair_intermediate_reach
        for j in range(cities):
            cell = j * tiers + tier
            reached = city_tier_competition[cell]
            demand = 0.0
            if back == 0:
                city_goods_share[j] = 1.0 - local_services if reached > 0.0 else 0.0
                demand = city_goods_share[j] * city_spending[j]
            else:
                below = cell + 1
                share = city_tier_upstream[below] * intermediate_share * city_tier_purchase_ratio[below]
                demand = share * city_tier_unit_revenue[below] * city_tier_supply[below]
            city_tier_demand[cell] = demand
            scratch_ratio[j] = demand / reached if reached > 0.0 else 0.0
        write_product(reach, scratch_ratio, scratch_city)
        for c in range(cities):
            cell = c * tiers + tier
            city_tier_unit_revenue[cell] = city_tier_advantage[cell] * scratch_city[c]


def clear_products(
    city_spending,
    city_goods_share,
    city_productivity,
    city_labour_wage,
    city_goods_price,
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
    quality_elasticity,
    local_services,
):
    """Compute the revenue of a unit of supply of each tier and city, and the price index of goods by city.

    Q_ck is the supply of city c in tier k, φ_cj the share of it that reaches city j, and
    Π_jk = Σ_c φ_cj·(A_c/cost)^θ·Q_ck the supply that meets demand M_jk of j. All demand that any supply
    reaches is spent, so payments equal sales. The price index of final goods is Π^(−1/θ) (CES, elasticity of
    substitution 1 + θ).

    Arrays: city (C,), city × tier (C·T,), pairs (C·C,), all written in place.
    """
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
    tiers = len(tier_weight_basic)
    for j in range(len(city_spending)):
        reached = city_tier_competition[j * tiers + tiers - 1]
        if reached > 0.0 and quality_elasticity > 0.0:
            price = power(reached, -1.0 / quality_elasticity)
            city_goods_price[j] = min(max(price, LEAST_ADVANTAGE), MOST_ADVANTAGE)
