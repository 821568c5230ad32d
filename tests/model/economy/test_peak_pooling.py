"""Peaks that pool: worked numbers."""

from __future__ import annotations

import pytest

from model.economy.peak_pooling import pool_peaks
from tests.support.call_market import after

# Centre 0 serves two cities alike, in batch (offer 0) and at once (offer 1); centre 1 one city at once.
PEAKS = {
    "city_offer_flow": [4.0, 2.0, 3.0, 0.0, 2.0, 0.0],
    "offer_provider": [0, 0, 1],
    "offer_service": [0, 1, 1],
    "offer_load": [4.0, 4.0, 3.0],
    "service_real_time": [0.0, 1.0],
    "provider_load": [8.0, 3.0],
    "provider_peak_ratio": [7.0, 7.0],
    "peak_load": 3.0,
    "peak_correlation": 0.0,
}


def test_batch_work_and_many_customers_flatten_the_peak():
    found = after(pool_peaks, **PEAKS)
    # half of the load at once, from two cities alike: 1 + 3 · ½ · √½
    assert found.provider_peak_ratio == pytest.approx([1.0 + 1.5 * 0.5**0.5, 4.0])


def test_what_is_common_to_all_cities_does_not_pool():
    # 1 + 3 · ½ · √(0.5 + 0.5 · ½), and 1 + 3 · ½
    assert after(pool_peaks, **{**PEAKS, "peak_correlation": 0.5}).provider_peak_ratio[0] == pytest.approx(
        1.0 + 1.5 * 0.75**0.5
    )
    assert after(pool_peaks, **{**PEAKS, "peak_correlation": 1.0}).provider_peak_ratio == pytest.approx(
        [2.5, 4.0]
    )


def test_a_centre_without_load_has_no_peak():
    found = after(pool_peaks, **{**PEAKS, "offer_load": [0.0] * 3, "city_offer_flow": [0.0] * 6})
    assert found.provider_peak_ratio == [1.0, 1.0]


def test_without_centres_there_is_nothing_to_do():
    none = {name: [] for name in PEAKS if name.startswith(("city", "offer", "provider"))}
    assert after(pool_peaks, **{**PEAKS, **none}).provider_peak_ratio == []
