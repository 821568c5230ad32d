"""The labour market: talent chooses a city of work, held by home (M3)."""


def move_talent(
    city_talent_endowment, city_talent, city_attraction, pair_closeness, pair_workers, talent_mobility
):
    """A share of each home's talent reconsiders; people of home h choose city c with π_hc ∝ π⁰_hc·pull_c.

    M_hc += m·(N_h·π_hc − M_hc): who lives where is a stock, so the talent of a home adds up to N_h in
    every quarter and the country's talent is constant. Arrays: city (C,), pairs (C·C,).
    """
    cities = len(city_talent)
    for c in range(cities):
        city_talent[c] = 0.0
    for h in range(cities):
        row = h * cities
        pull = 0.0
        for c in range(cities):
            pull += pair_closeness[row + c] * city_attraction[c]
        scale = city_talent_endowment[h] / pull if pull > 0.0 else 0.0
        for c in range(cities):
            chosen = scale * pair_closeness[row + c] * city_attraction[c]
            stay = pair_workers[row + c]
            moved = stay + talent_mobility * (chosen - stay)
            pair_workers[row + c] = moved
            city_talent[c] += moved
