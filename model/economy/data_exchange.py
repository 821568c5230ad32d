"""Data between cities: barriers, treaties that lower them, and rights without which nobody shares."""

from agents.elementary import power


def exchange_data(
    city_data_stock,
    city_ip_protection,
    city_treaty,
    city_shared_data,
    treaty_data,
    data_barrier,
    treaty_barrier,
    data_rights,
):
    """Write the data of other cities that the firms of a city can use, (1 − b)·Σ_other D·p^ρ, data.

    Data are non-rival: giving takes nothing away. b: barrier between two cities, a lower one within a treaty
    (of the cities of a province). p: protection of rights where the data are, ρ: how much owners ask for it.
    """
    everywhere = 0.0
    for t in range(len(treaty_data)):
        treaty_data[t] = 0.0
    for c in range(len(city_data_stock)):
        offered = city_data_stock[c] * power(city_ip_protection[c], data_rights)
        city_shared_data[c] = offered
        everywhere += offered
        treaty_data[int(city_treaty[c])] += offered
    for c in range(len(city_data_stock)):
        partners = treaty_data[int(city_treaty[c])] - city_shared_data[c]
        others = everywhere - treaty_data[int(city_treaty[c])]
        shared = (1.0 - data_barrier) * others + (1.0 - treaty_barrier) * partners
        city_shared_data[c] = shared if shared > 0.0 else 0.0
