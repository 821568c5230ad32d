"""The power market: worked numbers."""

from __future__ import annotations

import pytest

from model.economy.power_market import dispatch_power
from tests.support.call_market import after

# City 0 in grid 0, cities 1 and 2 in grid 2. Centre 0 does batch work alone, centre 1 half of each.
POWER = {
    "provider_city": [0, 1],
    "provider_load": [4.0, 2.0],
    "provider_power_use": [20.0, 10.0],
    "provider_green_share": [0.25, 0.5],
    "provider_green_power": [9.0, 9.0],
    "provider_curtailed_power": [9.0, 9.0],
    "provider_certificates": [9.0, 9.0],
    "provider_electricity_price": [9.0, 9.0],
    "offer_provider": [0, 1, 1],
    "offer_service": [0, 0, 1],
    "offer_load": [4.0, 1.0, 1.0],
    "service_real_time": [0.0, 1.0],
    "city_gdp": [1000.0, 300.0, 200.0],
    "city_grid": [0, 2, 2],
    "city_power_price": [0.6, 0.4, 0.4],
    "city_electricity_price": [9.0] * 3,
    "grid_curtailed": [0.01, 0.0, 0.5],
    "grid_load": [9.0] * 3,
    "grid_flexible": [9.0] * 3,
    "grid_other": [9.0] * 3,
    "power_intensity": 0.1,
    "power_response": 1.0,
    "flexible_share": 0.5,
    "curtailed_price": 0.2,
    "certificate_quota": 0.0,
    "green_certificate_price": 0.1,
}


def test_load_raises_the_price_of_its_grid():
    found = after(dispatch_power, **POWER)
    # 20 on 100 of the other load, 10 on 50, in the whole grid
    assert found.city_electricity_price == pytest.approx([0.72, 0.48, 0.48])
    assert after(dispatch_power, **{**POWER, "power_response": 0.0}).city_electricity_price == [0.6, 0.4, 0.4]


def test_flexible_batch_work_uses_what_would_be_curtailed_and_no_more():
    found = after(dispatch_power, **POWER)
    # 10 could wait in grid 0, where 1 is curtailed; in grid 2, 2.5 of 25
    assert found.provider_curtailed_power == pytest.approx([1.0, 2.5])
    # a twentieth and a quarter of their power at a fifth of the price
    assert found.provider_electricity_price == pytest.approx([0.72 * 0.96, 0.48 * 0.8])
    assert found.provider_green_power == pytest.approx(
        [20.0 * (0.25 + 0.75 * 0.05), 10.0 * (0.5 + 0.5 * 0.25)]
    )
    assert found.provider_certificates == [0.0, 0.0]


def test_below_the_quota_a_centre_buys_certificates():
    found = after(dispatch_power, **{**POWER, "certificate_quota": 0.6})
    assert found.provider_certificates == pytest.approx([20.0 * (0.6 - 0.2875), 0.0])
    assert found.provider_green_power == pytest.approx([12.0, 6.25])
    assert found.provider_electricity_price[0] == pytest.approx(0.72 * 0.96 + 0.1 * 0.3125)
