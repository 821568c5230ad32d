"""The log-t test and convergence clubs: made-up paths whose answer is known, and a reference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import experiments.measures.convergence_clubs as search
from experiments.measures.convergence_clubs import LogT, clubs, hp_trend, log_t, long_run_variance

T = 30
TIME = np.arange(1, T + 1)[:, None]


def paths(power: float, seed: int = 3, noise: float = 0.002) -> np.ndarray:
    """Twelve cities whose distance from a common level goes with t^−power."""
    rng = np.random.default_rng(seed)
    return 4.0 + rng.normal(size=12) * TIME**-power + rng.normal(0, noise, (T, 12))


def test_distances_that_die_out_pass_and_those_that_stay_or_grow_do_not() -> None:
    assert log_t(paths(0.6)).converges
    assert not log_t(paths(0.0)).converges
    assert not log_t(paths(-0.3)).converges


def test_a_slow_fading_is_rejected_in_a_short_panel() -> None:
    """What docs/metrics.md warns of: 2 % a year over 13 years, without noise, though every gap closes."""
    logs = np.random.default_rng(1).normal(0, 0.6, 30)

    def fading(years: int, speed: float) -> np.ndarray:
        return np.exp(logs * np.exp(-speed * np.arange(years))[:, None])

    assert not log_t(fading(13, 0.02)).converges
    assert log_t(fading(100, 0.02)).converges


def test_the_slope_by_hand() -> None:
    """H_t = H_1·t^−2α exactly: the regression is of 2α·ln t − 2·ln ln t on ln t."""
    start = np.array([1.0, 3.0])
    y = 2.0 + (start - 2.0) * TIME**-0.5
    x = np.log(TIME[8:, 0])  # from [0.3·30] = 9
    expected = np.polyfit(x, x - 2.0 * np.log(x), 1)[0]
    assert log_t(y).slope == pytest.approx(expected)
    assert log_t(y).periods == T - 8


def test_against_the_reference_implementation() -> None:
    """b and t of the package convergence-clubs 0.1.2, log_t_test(H, time_trim=8/30, hac_method="FQSB").

    It starts one period after [rT] and has a bandwidth of its own: b to all digits, t near.
    """
    rng = np.random.default_rng(3)
    time = np.arange(1, T + 1)
    for power, slope, t in (
        (0.5, 0.2885000071258819, 9.747894206214132),
        (0.0, -0.720001174300812, -33.706287485379505),
        (-0.2, -1.1511459254675078, -66.61922015366214),
    ):
        d = rng.normal(0, 1, 12)
        y = 2 + d * time[:, None] ** -power * 0.3 + rng.normal(0, 0.01, (T, 12))
        found = log_t(y)
        assert found.slope == pytest.approx(slope, rel=1e-9)
        assert found.t == pytest.approx(t, rel=0.05)


def published_program(y: np.ndarray, trim: float) -> tuple[float, float]:
    """b and t as Phillips and Sul's own program finds them, written out by its steps."""
    spread = ((y / y.mean(axis=1, keepdims=True) - 1.0) ** 2).mean(axis=1)
    time = np.arange(round(len(y) * trim) + 1, len(y) + 1)
    x = np.column_stack([np.ones(len(time)), np.log(time)])
    outcome = np.log(spread[0] / spread[time - 1]) - 2.0 * np.log(np.log(time))
    coefficients = np.linalg.solve(x.T @ x, x.T @ outcome)
    u = outcome - x @ coefficients
    rho = (u[:-1] * u[1:]).sum() / (u[:-1] ** 2).sum()
    bandwidth = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * len(u)) ** 0.2
    fewer = len(u) - 1
    variance = u @ u / fewer
    for lag in range(1, fewer):
        z = 1.2 * np.pi * lag / bandwidth
        kernel = (np.sin(z) / z - np.cos(z)) * 3 / z**2
        variance += 2 * kernel * (u[: fewer - lag] @ u[lag:fewer]) / fewer
    return coefficients[1], coefficients[1] / np.sqrt(variance * np.linalg.inv(x.T @ x)[1, 1])


@pytest.mark.parametrize("power", [0.6, 0.0, -0.3])
def test_the_published_program_has_its_own_start_and_variance(power: float) -> None:
    y = paths(power)
    found = log_t(y, 1 / 3, published=True)
    assert (found.slope, found.t) == pytest.approx(published_program(y, 1 / 3), rel=1e-9)
    assert found.periods == log_t(y, 1 / 3).periods - 1


def three_clubs(seed: int = 4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    level = np.repeat([1.0, 2.0, 4.0], 6)
    return level * (1 + 0.2 * rng.normal(size=18) * TIME**-0.8) + rng.normal(0, 0.002, (T, 18))


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_three_made_up_clubs_are_found(seed: int) -> None:
    assert clubs(three_clubs(seed)).tolist() == [3] * 6 + [2] * 6 + [1] * 6


def test_made_up_clubs_are_found_by_the_published_program_too() -> None:
    assert clubs(three_clubs(), 1 / 3, published=True).tolist() == [3] * 6 + [2] * 6 + [1] * 6


def test_the_clubs_of_152_countries_are_the_published_ones() -> None:
    """GDP per head from 1970 to 2003, filtered, as the package convergence-clubs ships it."""
    data = pytest.importorskip("convergence_clubs.datasets", reason="convergence-clubs is not installed")
    y = data.load_filtered_gdp().to_numpy().T
    found = log_t(y, 1 / 3, published=True)
    assert found.slope == pytest.approx(-0.8748, abs=5e-5)
    assert found.t == pytest.approx(-159.56, abs=0.005)
    assert np.bincount(clubs(y, 1 / 3, published=True)).tolist() == [0, 50, 30, 21, 38, 11, 2]


def test_one_club_if_all_converge_and_none_for_a_city_that_goes_its_own_way() -> None:
    assert clubs(paths(0.6)).tolist() == [1] * 12
    alone = np.column_stack([three_clubs()[:, :6], 8.0 * 1.06 ** TIME[:, 0]])
    assert clubs(alone).tolist() == [1] * 6 + [0]
    gone = np.column_stack([paths(0.6), np.where(TIME[:, 0] < 20, 1.0, 0.0)])
    assert clubs(gone).tolist() == [1] * 12 + [0]


@given(st.permutations(range(18)), st.floats(0.01, 100.0))
def test_order_and_units_of_the_cities_do_not_matter(order: list[int], unit: float) -> None:
    y = three_clubs()
    assert clubs(unit * y[:, order]).tolist() == clubs(y)[order].tolist()


def test_the_members_of_a_club_converge() -> None:
    rng = np.random.default_rng(9)
    y = np.exp(np.cumsum(rng.normal(0.03, 0.03, (20, 40)), axis=0) + rng.normal(0, 0.5, 40))
    found = clubs(hp_trend(y))
    assert set(found) <= set(range(found.max() + 1))
    for number in range(1, found.max() + 1):
        assert (found == number).sum() >= 2
        assert log_t(hp_trend(y)[:, found == number]).converges


def test_cities_that_are_alike_have_converged() -> None:
    assert log_t(np.ones((10, 3))).t == math.inf
    merging = np.ones((10, 2))
    merging[:3, 1] = 2.0
    assert log_t(merging).converges
    parting = np.ones((10, 2))
    parting[3:, 1] = 2.0
    assert not log_t(parting).converges


def test_the_long_run_variance_of_noise_and_of_a_persistent_series() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(size=4000)
    assert long_run_variance(noise - noise.mean()) == pytest.approx(1.0, rel=0.15)
    series = np.zeros(4000)
    for k in range(1, 4000):
        series[k] = 0.5 * series[k - 1] + noise[k]
    assert long_run_variance(series - series.mean()) == pytest.approx(4.0, rel=0.2)  # 1/(1 − 0.5)²
    assert long_run_variance(np.zeros(5)) == 0.0


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        # ρ = (2 − 2 + 2)/6 = ⅓, bandwidth 1.3221·(2.25·4)^⅕ = 2.05170, kernel 0.70063, 0.16056, −0.08330:
        # (10 + 2·(0.70063·2 − 0.16056·5 + 0.08330·2))/4
        ([1.0, 2.0, -1.0, -2.0], 2.8825452590243015),
        # ρ = 1 counts as 0.97, bandwidth 40.768: (6 + 2·(0.99915·5 + 0.99658·4 + … + 0.97878))/6
        ([1.0] * 6, 5.970196665638485),
        # ρ = −1 counts as −0.97, bandwidth 1.43365: (6 − 2·(0.45905·5 + 0.07401·4 + …))/6
        ([1.0, -1.0] * 3, 0.13981453536451074),
        # no persistence, no bandwidth: the variance
        ([1.0, 0.0, -1.0, 0.0], 0.5),
    ],
)
def test_the_long_run_variance_by_hand(series: list[float], expected: float) -> None:
    assert long_run_variance(np.array(series)) == pytest.approx(expected, rel=1e-12)


def test_convergence_is_rejected_at_five_per_cent() -> None:
    assert [LogT(0.0, t, 20).converges for t in (-1.64, -1.65, -1.66, 0.0)] == [True, False, False, True]


def test_cities_that_were_alike_and_part_do_not_converge_however_late() -> None:
    parting = np.ones((12, 2))
    parting[1:, 1] = np.linspace(2.0, 3.0, 11)
    assert log_t(parting) == LogT(-math.inf, -math.inf, 10)  # periods 3 to 12
    crossing = np.column_stack([np.ones(12), np.full(12, 2.0)])
    crossing[1, 1] = 1.0  # alike once, before the periods that count
    assert math.isfinite(log_t(crossing).slope)


def test_neighbouring_clubs_that_converge_together_are_merged_with_each_other_alone() -> None:
    """The second and the third of three groups draw near to each other; the first stays away."""
    rng = np.random.default_rng(5)
    near = 2.0 + np.outer(TIME[:, 0] ** -0.6, 0.05 * rng.normal(size=12) + np.repeat([0.4, -0.4], 6))
    far = 6.0 + np.outer(TIME[:, 0] ** -0.6, 0.3 * rng.normal(size=6))
    assert clubs(np.column_stack([far, near])).tolist() == [1] * 6 + [2] * 12


def test_the_trend_keeps_straight_lines_and_meets_its_condition() -> None:
    line = np.outer(np.arange(10.0), [1.0, -2.0]) + 5.0
    assert hp_trend(line, 1600.0) == pytest.approx(line)
    y = np.random.default_rng(1).normal(size=(10, 2))
    assert hp_trend(y, 0.0) == pytest.approx(y)
    trend, bend = hp_trend(y, 6.25), np.diff(np.eye(10), n=2, axis=0)
    assert y - trend == pytest.approx(6.25 * bend.T @ bend @ trend)  # the derivative is zero
    assert hp_trend(y[:3]).shape == (3, 2)
    for few, smoothness in (([[1.0], [2.0]], 6.25), ([1.0, 2.0, 4.0], 6.25), (y, -0.5), (y * np.nan, 6.25)):
        with pytest.raises(ValueError, match="three periods"):
            hp_trend(few, smoothness)


def test_the_shortest_panel_has_eight_periods_of_which_five_are_kept() -> None:
    assert log_t(paths(0.6)[:8]).periods == 7  # from [0.3·8] = 2
    assert log_t(paths(0.6)[:8], 0.0).periods == 7  # from 2 at least, as ln ln 1 has no value
    assert log_t(paths(0.6)[:10], 0.6).periods == 5
    with pytest.raises(ValueError, match="of which 5 are kept"):
        log_t(paths(0.6)[:10], 0.7)


def test_two_cities_may_be_a_club_and_the_last_two_as_well() -> None:
    rng = np.random.default_rng(7)
    fades = TIME[:, 0] ** -0.8
    pairs = [level * (1.0 + side * 0.1 * fades) for level in (8.0, 4.0, 1.0) for side in (1.0, -1.0)]
    y = np.column_stack(pairs) + rng.normal(0, 1e-4, (T, 6))
    assert clubs(y).tolist() == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("y", "trim", "says"),
    [
        (np.ones((7, 3)), 0.3, "8 periods or more"),
        (np.ones((8, 3)), 0.9, "of which 5 are kept"),
        (np.ones((9, 1)), 0.3, "two cities or more"),
        (np.zeros((9, 2)), 0.3, "mean above zero"),
    ],
)
def test_impossible_input_is_refused(y: np.ndarray, trim: float, says: str) -> None:
    for measure in (log_t, clubs):
        with pytest.raises(ValueError, match=says):
            measure(y, trim)


# ── The search, with t values that are made up ───────────────────────────────────────────────────


NUMBERS = np.tile(np.arange(10.0), (10, 1))
"""A panel that holds the numbers of its cities."""


def told(known: dict[tuple[int, ...], float], otherwise: float) -> search.Test:
    """A test whose t is that of a group of cities, given by their numbers in any order."""

    def log_t_of(y: np.ndarray) -> LogT:
        t = known.get(tuple(sorted(y[0].astype(int))), otherwise)
        return LogT(t, t, 10)

    return log_t_of


def test_a_core_begins_with_the_first_two_that_converge_and_grows_to_the_largest_t() -> None:
    known = {(3, 5): -2.0, (1, 3): 1.0, (0, 1, 3): 3.0, (0, 1, 2, 3): 2.0, (0, 1, 2, 3, 4): -5.0}
    test = told(known, otherwise=9.0)
    found = search._core(NUMBERS, np.array([5, 3, 1, 0, 2, 4, 6]), test)
    assert found is not None
    assert found.tolist() == [3, 1, 0]  # t falls after, and what comes behind no longer counts


def test_a_core_may_be_the_last_two_and_needs_more_than_the_critical_value() -> None:
    test = told({(8, 9): 1.0}, otherwise=-9.0)
    found = search._core(NUMBERS, np.array([7, 9, 8]), test)
    assert found is not None
    assert found.tolist() == [9, 8]
    at_critical = told({}, otherwise=search.CRITICAL)
    assert search._core(NUMBERS, np.array([9, 8, 7]), at_critical) is None


def test_joiners_are_dropped_one_by_one_until_the_club_converges() -> None:
    known = {(0, 1, 2): 1.0, (0, 1, 3): 3.0, (0, 1, 4): 2.0, (0, 1, 5): 0.0, (0, 1, 3, 4): 1.0}
    test = told(known, otherwise=-9.0)
    found = search._with_joiners(NUMBERS, np.array([0, 1, 2, 3, 4, 5]), np.array([0, 1]), test)
    assert found.tolist() == [0, 1, 3, 4]


def test_clubs_merge_with_the_one_above_them() -> None:
    test = told({(2, 3, 4, 5): 1.0}, otherwise=-9.0)
    three = [np.array([0, 1]), np.array([2, 3]), np.array([4, 5])]
    assert [club.tolist() for club in search._merged(NUMBERS, three, test)] == [[0, 1], [2, 3, 4, 5]]


def test_a_fit_without_any_error_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "long_run_variance", lambda residual, published: 0.0)
    assert log_t(paths(0.6)).t == math.inf
    assert log_t(paths(-0.3)).t == -math.inf


def test_a_narrow_kernel_still_weighs_neighbours() -> None:
    """A pattern of four periods, forty of them: an autocorrelation of 1/39, so a bandwidth below one."""
    r = np.tile([1.0, 1.0, -1.0, -1.0], 10)
    rho = 1.0 / 39.0
    bandwidth = 1.3221 * (4.0 * rho**2 / (1.0 - rho) ** 4 * 40) ** 0.2
    assert bandwidth < 1.0
    x = 6.0 * math.pi * np.arange(1, 40) / (5.0 * bandwidth)
    kernel = 3.0 / x**2 * (np.sin(x) / x - np.cos(x))
    lagged = np.array([r[k:] @ r[:-k] for k in range(1, 40)])
    assert long_run_variance(r) == pytest.approx((40.0 + 2.0 * kernel @ lagged) / 40.0)
    assert long_run_variance(r) != pytest.approx(1.0, abs=1e-4)


FLAT = np.ones((8, 3))
NAN = float("nan")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: hp_trend([[1.0], [2.0]]), "a trend needs three periods or more of finite values"),
        (lambda: hp_trend([[1.0], [NAN], [1.0]]), "a trend needs three periods or more"),
        (lambda: log_t(FLAT[:, :1]), "needs finite values of two cities or more"),
        (lambda: log_t(FLAT[:7]), "needs 8 periods or more, of which 5 are kept, not 7 with trim"),
        (lambda: log_t(FLAT, trim=0.8), "of which 5 are kept, not 8 with trim 0.8"),
        (lambda: log_t(FLAT * 0.0), "needs a mean above zero in every period"),
    ],
)
def test_unsuitable_input_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_cities_that_never_differ_converge_without_end():
    assert log_t(FLAT).t == math.inf
    apart = FLAT.copy()
    apart[1:, 0] = 2.0
    assert log_t(apart).t == -math.inf  # alike at first, apart later
    assert long_run_variance(np.zeros(5)) == 0.0
