"""Peaks of demand within a quarter: centres that serve many cities have lower ones."""

from agents.elementary import power


def pool_peaks(
    city_offer_flow,
    offer_provider,
    offer_service,
    offer_load,
    service_real_time,
    provider_load,
    provider_peak_ratio,
    peak_load,
    peak_correlation,
):
    """Write the load of each centre in the peak, to its mean: 1 + π·r·√(ρ + (1 − ρ)·H), ratio.

    π: what the peak adds to the real-time work of one city, r: share of real-time work, which cannot wait, ρ:
    correlation of the peaks of two cities, H: concentration of that work over cities (Herfindahl). What is
    not common to all cities pools by the root of their number. [Eppen 1979, Management Science 25(5)]
    """
    offers = len(offer_provider)
    cities = len(city_offer_flow) // offers if offers > 0 else 0
    for p in range(len(provider_load)):
        provider_peak_ratio[p] = 1.0
    for o in range(offers):
        p = offer_provider[o]
        if service_real_time[offer_service[o]] > 0.5 and offer_load[o] > 0.0:
            squares = 0.0
            for c in range(cities):
                part = city_offer_flow[c * offers + o] / offer_load[o]
                squares += part * part
            pooled = peak_correlation + (1.0 - peak_correlation) * squares
            at_once = offer_load[o] / provider_load[p]
            provider_peak_ratio[p] = 1.0 + peak_load * at_once * power(pooled, 0.5)
