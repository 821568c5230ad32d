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
    quads = cities // 4
    for quad in range(quads):
        h = 4 * quad
        row = h * cities
        # Four homes side by side: the sum of one would wait for itself at every addition.
        first = pair_closeness[row : row + cities]
        second = pair_closeness[row + cities : row + 2 * cities]
        third = pair_closeness[row + 2 * cities : row + 3 * cities]
        fourth = pair_closeness[row + 3 * cities : row + 4 * cities]
        a, b, d, e = 0.0, 0.0, 0.0, 0.0
        for c in range(cities):
            pull = city_attraction[c]
            a += first[c] * pull
            b += second[c] * pull
            d += third[c] * pull
            e += fourth[c] * pull
        for k in range(4):
            home = h + k
            pull = a if k == 0 else (b if k == 1 else (d if k == 2 else e))
            scale = city_talent_endowment[home] / pull if pull > 0.0 else 0.0
            near = pair_closeness[home * cities : (home + 1) * cities]
            workers = pair_workers[home * cities : (home + 1) * cities]
            move_home(scale, near, workers, city_attraction, city_talent, talent_mobility)
    for h in range(4 * quads, cities):
        near = pair_closeness[h * cities : (h + 1) * cities]
        pull = 0.0
        for c in range(cities):
            pull += near[c] * city_attraction[c]
        scale = city_talent_endowment[h] / pull if pull > 0.0 else 0.0
        workers = pair_workers[h * cities : (h + 1) * cities]
        move_home(scale, near, workers, city_attraction, city_talent, talent_mobility)


def move_home(scale, near, workers, attraction, talent, mobility):
    """Move the people of one home, and count them where they work; all of shape (C,).

    ``scale·near·attraction`` would choose each city; ``workers``, written, are those who work there.
    """
    for c in range(len(talent)):
        chosen = scale * near[c] * attraction[c]
        stay = workers[c]
        moved = stay + mobility * (chosen - stay)
        workers[c] = moved
        talent[c] += moved


def settle_talent(talent_endowment, closeness, pull, workers, here):
    """Find pulls (C,) at which every city keeps as much talent as calls it home, and who then works where.

    Iterative proportional fitting: each city's pull is scaled by the talent that belongs there over
    the talent that comes, until all agree to 1e-10 (at most 200 rounds). Writes ``pull``, ``here`` (C,)
    and ``workers`` (C·C,). [Deming & Stephan 1940, Annals of Mathematical Statistics 11(4)]
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
