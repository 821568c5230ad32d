"""Supply chains as networks of partners: relatedness of rungs, new partners, indices of a city's chain."""

from agents.elementary import exp, log, power


def relate_rungs(
    firm_alive,
    firm_city_tier,
    firm_rung,
    firm_relatedness,
    city_market,
    tier_weight_basic,
    scratch_rungs,
    scratch_near,
    scratch_decay,
    relatedness_decay,
):
    """Compute the relatedness of a city's firms to the rung above a firm's own, (N,), 0 to 1.

    Σ φ^(|k − k'| + |v − v'|) · share of the city's firms in tier k' on rung v', where k is the firm's tier
    and v the rung above its own. ``scratch_…``: city × tier × rung, and powers of φ.
    """
    cities = len(city_market)
    tiers = len(tier_weight_basic)
    rungs = len(scratch_rungs) // (cities * tiers)
    cells = tiers * rungs
    for steps in range(len(scratch_decay)):
        scratch_decay[steps] = power(relatedness_decay, 1.0 * steps)
    for k in range(len(scratch_rungs)):
        scratch_rungs[k] = 0.0
    for i in range(len(firm_alive)):
        if firm_alive[i] > 0.5:
            scratch_rungs[firm_city_tier[i] * rungs + int(min(max(firm_rung[i], 0.0), rungs - 1.0))] += 1.0
    for c in range(cities):
        here = c * cells
        firms = 0.0
        for k in range(cells):
            firms += scratch_rungs[here + k]
            scratch_near[here + k] = 0.0
        for other in range(cells):
            there = scratch_rungs[here + other]
            if there > 0.0:
                for tier in range(tiers):
                    steps = abs(tier - other // rungs)
                    for rung in range(rungs):
                        near = scratch_decay[steps + abs(rung - other % rungs)] * there
                        scratch_near[here + tier * rungs + rung] += near
        for k in range(cells):
            scratch_near[here + k] = scratch_near[here + k] / firms if firms > 0.0 else 0.0
    for i in range(len(firm_alive)):
        above = int(min(max(firm_rung[i] + 1.0, 0.0), rungs - 1.0))
        firm_relatedness[i] = scratch_near[firm_city_tier[i] * rungs + above]


def rewire_partners(
    firm_alive,
    firm_city,
    firm_tier,
    firm_rung,
    firm_supplier,
    firm_customer,
    firm_supplier_search,
    firm_customer_search,
    firm_prospect,
    firm_prospect_tier,
    city_market,
    tier_weight_basic,
    tier_members,
    tier_first,
    pair_distance,
    rewiring_reach,
):
    """Let firms that search replace a partner by a better candidate; a rung is worth ``rewiring_reach`` km.

    The candidate is drawn among the founders of the old partner's tier and must be active. It replaces the
    partner if rung − distance/reach is higher, or if the partner has closed.
    """
    cities = len(city_market)
    for side in range(2):
        partners = firm_supplier if side == 0 else firm_customer
        search = firm_supplier_search if side == 0 else firm_customer_search
        for i in range(len(firm_alive)):
            if firm_alive[i] > 0.5 and search[i] > 0.0:
                old = partners[i]
                first = tier_first[firm_tier[old]]
                count = tier_first[firm_tier[old] + 1] - first
                pick = int((1.0 - search[i]) * count)
                new = tier_members[first + (pick if pick < count else count - 1)]
                here = firm_city[i] * cities
                better = (
                    firm_rung[new]
                    - firm_rung[old]
                    - (pair_distance[here + firm_city[new]] - pair_distance[here + firm_city[old]])
                    / rewiring_reach
                )
                if new != i and firm_alive[new] > 0.5 and (better > 0.0 or firm_alive[old] < 0.5):
                    partners[i] = new
    for i in range(len(firm_alive)):
        firm_prospect[i] = firm_city[firm_customer[i]]
        firm_prospect_tier[i] = firm_prospect[i] * len(tier_weight_basic) + firm_tier[i]


def trace_chains(
    firm_alive,
    firm_city,
    firm_tier,
    firm_rung,
    firm_revenue,
    firm_supplier,
    firm_customer,
    city_chain_position,
    city_chain_level,
    city_chain_length,
    city_chain_density,
    city_chain_locality,
    tier_weight_basic,
    tier_members,
    tier_first,
    scratch_length,
    scratch_sales,
):
    """Sum rungs, lengths, partners and sales by tier over a city's firms, (C,), for ``measure_chains``.

    The length of a firm is the number of tiers traced from it through its supplier, the supplier's supplier
    and so on, while these are active and one tier further upstream. ``scratch_sales``: city × tier.
    """
    tiers = len(tier_weight_basic)
    for k in range(len(scratch_sales)):
        scratch_sales[k] = 0.0
    for c in range(len(city_chain_level)):
        city_chain_position[c] = 0.0
        city_chain_level[c] = 0.0
        city_chain_length[c] = 0.0
        city_chain_density[c] = 0.0
        city_chain_locality[c] = 0.0
    for tier in range(tiers):
        for place in range(tier_first[tier], tier_first[tier + 1]):
            i = tier_members[place]
            if firm_alive[i] > 0.5:
                above = firm_supplier[i]
                traced = firm_tier[above] == tier - 1 and firm_alive[above] > 0.5
                scratch_length[i] = 1.0 + (scratch_length[above] if traced else 0.0)
    for i in range(len(firm_alive)):
        if firm_alive[i] > 0.5:
            c = firm_city[i]
            sales = firm_revenue[i]
            scratch_sales[c * tiers + firm_tier[i]] += sales
            city_chain_position[c] += firm_rung[i]
            city_chain_level[c] += firm_rung[i] * sales
            city_chain_length[c] += scratch_length[i] * sales
            for partner in (firm_supplier[i], firm_customer[i]):
                if firm_alive[partner] > 0.5 and partner != i:
                    city_chain_density[c] += 1.0
                    if firm_city[partner] == c:
                        city_chain_locality[c] += 1.0


def measure_chains(
    city_firms,
    city_revenue,
    city_digital_revenue,
    city_weighted_sales,
    city_firm_value_added,
    city_value_added,
    city_value_factor,
    city_chain_position,
    city_chain_level,
    city_chain_tiers,
    city_chain_length,
    city_chain_density,
    city_chain_locality,
    city_chain_mode,
    tier_weight_basic,
    scratch_sales,
):
    """Compute level, length, density and mode of a city's chain and its value added, (C,), in this quarter.

    Position and level: mean rung, by firms and by sales. Tiers: e^(entropy of the tiers' shares in sales).
    Length: mean by sales. Density: active partners per firm; locality: the share of them in the same city.
    Mode: share of sales by firms that work with compute. All are 0 in a city without sales. Value added is
    that of the national accounts; the value factor is what a unit of sales keeps, to the average firm's.
    """
    tiers = len(tier_weight_basic)
    for c in range(len(city_firms)):
        firms = city_firms[c]
        sales = city_revenue[c]
        links = city_chain_density[c]
        entropy = 0.0
        for tier in range(tiers):
            part = scratch_sales[c * tiers + tier] / sales if sales > 0.0 else 0.0
            entropy -= part * log(part) if part > 0.0 else 0.0
        city_chain_tiers[c] = exp(entropy) if sales > 0.0 else 0.0
        city_chain_locality[c] = city_chain_locality[c] / links if links > 0.0 else 0.0
        city_chain_density[c] = links / firms if firms > 0.0 else 0.0
        city_chain_position[c] = city_chain_position[c] / firms if firms > 0.0 else 0.0
        city_chain_level[c] = city_chain_level[c] / sales if sales > 0.0 else 0.0
        city_chain_length[c] = city_chain_length[c] / sales if sales > 0.0 else 0.0
        city_chain_mode[c] = city_digital_revenue[c] / sales if sales > 0.0 else 0.0
        city_value_added[c] = city_firm_value_added[c]
        city_value_factor[c] = city_weighted_sales[c] / sales if sales > 0.0 else 1.0
