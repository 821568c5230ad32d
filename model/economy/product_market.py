"""The product market: gravity trade along a chain of tiers (M4)."""

from agents.elementary import power
from model.engine.matrix_products import add_product, write_product


def clear_products(
    city_market,
    city_tier_supply,
    city_tier_demand,
    city_tier_competition,
    city_tier_unit_revenue,
    city_tier_purchase_ratio,
    tier_weight_basic,
    pair_final_reach,
    pair_intermediate_reach,
    scratch_city,
    scratch_ratio,
    intermediate_share,
    market_size_elasticity,
):
    """Compute the revenue of a unit of supply of each tier and city, from final goods up the chain.

    Q_ck is the supply of city c in tier k, φ_cj the share of it that reaches city j, Π_jk = Σ_c φ_cj·Q_ck the
    supply that meets demand M_jk of j; a unit of supply earns Σ_j φ_cj·M_jk/Π_jk. Final demand is the city's
    market times (Π_j/Π̄)^ι, larger where more supply arrives; upstream demand is a share of the sales of the
    city's own firms one tier down, times their purchases relative to average firms (the purchase ratio, 1
    without rungs). All demand that any supply reaches is spent, so payments equal sales.

    Arrays: city (C,), city × tier (C·T,), pairs (C·C,), all written in place.
    """
    cities = len(city_market)
    tiers = len(tier_weight_basic)
    for back in range(tiers):
        tier = tiers - 1 - back
        reach = pair_final_reach if back == 0 else pair_intermediate_reach
        for j in range(cities):
            scratch_city[j] = 0.0
        for c in range(cities):
            scratch_ratio[c] = city_tier_supply[c * tiers + tier]
        add_product(reach, scratch_ratio, scratch_city)
        mean = 0.0
        for j in range(cities):
            mean += scratch_city[j]
        mean = mean / cities
        for j in range(cities):
            cell = j * tiers + tier
            reached = scratch_city[j]
            demand = 0.0
            if back == 0:
                if reached > 0.0:
                    demand = city_market[j] * power(reached / mean, market_size_elasticity)
            else:
                below = cell + 1
                share = intermediate_share * city_tier_purchase_ratio[below]
                demand = share * city_tier_unit_revenue[below] * city_tier_supply[below]
            city_tier_demand[cell] = demand
            city_tier_competition[cell] = reached
            scratch_ratio[j] = demand / reached if reached > 0.0 else 0.0
        write_product(reach, scratch_ratio, scratch_city)
        for c in range(cities):
            city_tier_unit_revenue[c * tiers + tier] = scratch_city[c]
