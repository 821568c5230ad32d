"""How experience in techniques of production reaches other cities."""

from agents.elementary import exp


def share_experience(
    city_old_experience,
    city_new_experience,
    city_old_reached,
    city_new_reached,
    pair_distance,
    experience_diffusion,
    experience_reach,
):
    """Experience that counts in a city, (C,): its own and, by the share ψ, what is common.

    (1 − ψ)·Q_c + ψ·Σ_d w_cd·Q_d / Σ_d w_cd with w_cd = exp(−distance/δ), over all cities with c itself: ψ = 0
    leaves every city with its own, ψ = 1 and a long reach gives all the country's mean.
    """
    cities = len(city_old_experience)
    for c in range(cities):
        weights, old, new = 0.0, 0.0, 0.0
        for d in range(cities):
            weight = exp(-pair_distance[c * cities + d] / experience_reach)
            weights += weight
            old += weight * city_old_experience[d]
            new += weight * city_new_experience[d]
        own = 1.0 - experience_diffusion
        city_old_reached[c] = own * city_old_experience[c] + experience_diffusion * old / weights
        city_new_reached[c] = own * city_new_experience[c] + experience_diffusion * new / weights
