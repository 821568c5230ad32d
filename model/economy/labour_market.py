"""The labour market: people choose a city of work, attached to their home (M3)."""

from model.engine.matrix_products import write_product_in_order


def move_talent(
    city_talent_endowment,
    city_talent,
    city_attraction,
    pair_closeness,
    pair_workers,
    scratch_city,
    nation_quarter,
    talent_mobility,
):
    """Let a share of every home city's talent reconsider where to work.

    M_hc += μ·(N_h·π_hc − M_hc) with π_hc = π⁰_hc·A_c / Σ_d π⁰_hd·A_d, where M_hc are the people of home h who
    work in city c, N_h those whose home is h, π⁰ closeness and A attraction. The workers of a home are a
    stock that adds up to N_h in every quarter, so the country's talent is constant. In the burn-in a third
    reconsiders, so that talent reaches the places of the base year.

    Arrays: city (C,), pairs home × city (C·C,).
    """
    cities = len(city_talent)
    moving = talent_mobility
    if nation_quarter[0] < 0.0 and 0.0 < moving < 0.33:
        moving = 0.33
    for c in range(cities):
        city_talent[c] = 0.0
    write_product_in_order(pair_closeness, city_attraction, scratch_city)  # Σ_d π⁰_hd·A_d of every home
    for h in range(cities):
        closeness = pair_closeness[h * cities : (h + 1) * cities]
        workers = pair_workers[h * cities : (h + 1) * cities]
        scale = city_talent_endowment[h] / scratch_city[h] if scratch_city[h] > 0.0 else 0.0
        for c in range(cities):
            chosen = scale * closeness[c] * city_attraction[c]
            workers[c] += moving * (chosen - workers[c])
            city_talent[c] += workers[c]


def settle_graduated(city_graduated, city_talent_endowment, city_talent, pair_workers):
    """Give graduates a home and a first job in the city that taught them; arrays as in move_talent."""
    cities = len(city_talent)
    for c in range(cities):
        city_talent_endowment[c] += city_graduated[c]
        city_talent[c] += city_graduated[c]
        pair_workers[c * cities + c] += city_graduated[c]


def move_people(city_people, city_people_attraction, nation_quarter, nation_people, people_mobility):
    """Let a share of people choose where to live, by the pull of cities; their number is constant.

    In the burn-in they stay where the base year has them.
    """
    pull, people = 0.0, 0.0
    for c in range(len(city_people)):
        pull += city_people_attraction[c]
        people += city_people[c]
    nation_people[0] = people
    if pull > 0.0 and nation_quarter[0] >= 0.0:
        for c in range(len(city_people)):
            chosen = people * city_people_attraction[c] / pull
            city_people[c] += people_mobility * (chosen - city_people[c])


def balance_talent(talent_endowment, closeness, pull, workers, here):
    """Find the pulls (C,) at which every city employs as much talent as it is home to.

    Iterative proportional fitting: each city's pull is scaled by the talent that belongs there over the
    talent that comes, until all agree to 1e-10 (at most 200 rounds). Writes ``pull``, the talent ``here``,
    (C,), and the ``workers`` by home and city, (C·C,). [Deming & Stephan 1940, Annals of Mathematical
    Statistics 11(4)]
    """
    cities = len(pull)
    for _ in range(200):
        for c in range(cities):
            here[c] = 0.0
        for h in range(cities):
            row = h * cities
            total = 0.0
            for c in range(cities):
                workers[row + c] = closeness[row + c] * pull[c]
                total += workers[row + c]
            scale = talent_endowment[h] / total if total > 0.0 else 0.0
            for c in range(cities):
                workers[row + c] *= scale
                here[c] += workers[row + c]
        worst = 0.0
        for c in range(cities):
            factor = talent_endowment[c] / here[c] if here[c] > 0.0 else 1.0
            worst = max(worst, abs(factor - 1.0))
            pull[c] *= factor
        if worst < 1e-10:
            break
