"""Diffusion of experience in techniques of production between cities."""

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
    """Compute the experience effective in a city, (C,): its own and, with weight ψ, that of all cities.

    (1 − ψ)·Q_c + ψ·Σ_d w_cd·Q_d / Σ_d w_cd with w_cd = exp(−distance/δ), over all cities including c. With
    ψ = 0 every city has its own; with ψ = 1 and a long reach all have the country's mean.
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
