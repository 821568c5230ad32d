"""The closed economy as a setting of the model: its agents find by groping what theory derives."""

from functools import cache
from itertools import batched
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.questions import closed_economy_theory as theory
from experiments.questions.closed_economy_runs import closed_limit, closed_parameters, closed_path
from model import Parameters, RegionalModel, Scenario
from model.country.synthetic import one_city
from model.economy.closed_economy_markets import book_services, endow_closed_economy, share_inputs
from model.engine.draws import normals, stream_key
from model.parameters import describe
from model.scenarios.scenario import ScenarioError
from tests.support.call_market import after, in_other_units
from tests.support.long_version import FULL, examples, some

FEW = settings(max_examples=examples(3, 6), deadline=None, suppress_health_check=list(HealthCheck))
EXACT = 1e-6


def economy(years=10, seed=3, **how):
    engine = {name: how.pop(name) for name in ("engine", "threads") if name in how}
    made = RegionalModel(Parameters(firms=12, **how), "closed_economy", seed, **engine)
    for _ in range(4 * years):
        made.step()
    return made


limit = cache(closed_limit)
path_of = cache(closed_path)


# ── A setting of the same model ──────────────────────────────────────────────────────────────────


def test_the_economy_is_one_city_with_the_models_own_firms_and_provider():
    made = economy(1)
    assert made.cities.equals(one_city())
    assert len(made.agents) == 12 + 1 + 1
    assert made.panel()["output"].gt(0.0).all()
    assert [opening.centre_id for opening in made.openings] == ["provider"]


def test_the_parameter_alone_makes_the_setting():
    provider = Scenario("mine", "my own", openings=economy(0).openings)
    mine = RegionalModel(closed_parameters(Parameters(firms=12)), provider, 3)
    mine.run_until(2006)
    for name, values in economy(2).state["cities"].columns.items():
        assert np.array_equal(values, mine.state["cities"][name]), name


def test_regional_mechanisms_rest():
    start, end = economy(0).state, economy(5).state
    for column in ("quality", "alive", "research_spending", "adopter"):
        assert np.array_equal(start["firms"][column], end["firms"][column])
    for column in ("talent", "wage", "data_stock", "attention", "innovation"):
        assert np.array_equal(start["cities"][column], end["cities"][column])


def test_a_run_without_it_has_none_of_its_columns(country):
    regional = RegionalModel(Parameters(firms=60, burn_in=0), "none", 1, cities=country)
    assert "output" not in regional.state["firms"]
    assert "capital_stock" not in regional.state["cities"]
    assert "service_price" not in regional.state["providers"]
    assert "output" not in regional.panel()


@pytest.mark.parametrize("scenario", ["closed_economy", "actual"])
def test_another_number_of_cities_or_providers_is_refused(country, scenario):
    with pytest.raises(ScenarioError, match=r"1 city and 1 compute provider, not 12 and \d+: use"):
        RegionalModel(Parameters(firms=60, closed_economy=1), scenario, 1, cities=country)
    with pytest.raises(ScenarioError, match="not 1 and 0"):
        RegionalModel(Parameters(firms=60, closed_economy=1), "none", 1)


CLOSED = [name for name in Parameters.model_fields if name.startswith("closed_") and name != "closed_economy"]


def drawn(name):
    low, high = describe(name)["low"], describe(name)["high"]
    return st.floats(low, min(high, 1e3), allow_subnormal=False)


@FEW
@given(st.fixed_dictionaries({}, optional={name: drawn(name) for name in CLOSED}), st.integers(0, 2**62))
def test_interpreted_and_compiled_runs_are_the_same_bits(changes, seed):
    one, other = (economy(5, seed, engine=engine, **changes).state for engine in ("compiled", "interpreted"))
    for name, table in one.tables.items():
        for column in table:
            assert np.array_equal(table[column], other[name][column], equal_nan=True), f"{name}.{column}"
            # With an external effect there is no balanced path: stocks may grow beyond what floats can say.
            if not changes.get("closed_external_effect"):
                assert np.isfinite(table[column]).all(), f"{name}.{column}"


# ── Books ────────────────────────────────────────────────────────────────────────────────────────


def test_output_is_consumed_or_invested_and_stocks_are_what_investment_leaves():
    path = closed_path(quarters=60)
    given = closed_parameters()
    assert (path["consumption"] + path["investment"]).to_numpy() == pytest.approx(path["output"], rel=1e-14)
    for stock, share in (
        ("capital_stock", 1.0 - given.closed_compute_investment),
        ("compute_stock", given.closed_compute_investment),
    ):
        before, after = path[stock].to_numpy()[:-1], path[stock].to_numpy()[1:]
        added = 0.25 * (share * path["investment"].to_numpy()[1:] - given.closed_depreciation * before)
        assert after - before == pytest.approx(added, rel=1e-9)


def test_compute_is_rival_and_all_of_it_is_somewhere():
    for years in range(4):
        state = economy(years).state
        city, firms = state["cities"], state["firms"]
        both = city["direct_compute"] + city["rented_compute"]
        assert both == pytest.approx(city["compute_stock"], rel=1e-14)
        assert firms["compute_used"].sum() == pytest.approx(city["direct_compute"][0], rel=1e-12)
        assert firms["capital_used"].sum() == pytest.approx(city["capital_stock"][0], rel=1e-12)


def test_incomes_are_what_is_made():
    """Rentals, what firms pay for services and, while services are short, what firms keep."""
    made = economy(300)
    city, provider = made.state["cities"], made.state["providers"]
    paid = city["capital_income"] + city["compute_income"] + provider["revenue"]
    assert paid == pytest.approx(city["output"], rel=1e-6)
    assert provider["surplus"] == pytest.approx(
        provider["revenue"] - provider["unit_cost"] * provider["capacity"], rel=1e-12
    )
    early = economy(1).state
    assert early["cities"]["served_share"][0] <= 1.0
    kept = early["cities"]["output"] - early["cities"]["capital_income"] - early["cities"]["compute_income"]
    assert (kept - early["providers"]["revenue"])[0] >= -1e-12


# ── I1: mark-up and split of compute ─────────────────────────────────────────────────────────────

SHARES = [(0.1, 0.1), (0.1, 0.45), (0.45, 0.1), (0.45, 0.45), (0.35, 0.4), (0.25, 0.3)]
STARTS = [(0.5, 2.0), (0.02, 1.05), (0.95, 20.0)]  # the provider's share of compute and its mark-up


@pytest.mark.parametrize(
    ("alpha", "beta", "share", "markup"),
    [
        (*shares, *start)
        for k, shares in some(list(enumerate(SHARES)), 3)
        for start in (STARTS if FULL else [STARTS[k % len(STARTS)]])
    ],
)
def test_groping_finds_the_markup_and_the_split_from_anywhere(alpha, beta, share, markup):
    changes = dict(closed_capital_share=alpha, closed_compute_share=beta)
    changes |= dict(closed_initial_rented=share, closed_initial_markup=markup)
    given, found = closed_parameters(**changes), limit(**changes)
    assert found.markup == pytest.approx(theory.markup(given), rel=EXACT)
    assert found.markup == pytest.approx(1.0 / (1.0 - alpha - beta), rel=EXACT)
    assert found.ratio == pytest.approx(theory.compute_ratio(given), rel=EXACT)
    assert found.share == pytest.approx(theory.provider_share(given), abs=EXACT)


@FEW
@given(
    alpha=st.floats(0.1, 0.45),
    beta=st.floats(0.1, 0.45),
    eta=st.floats(0.2, 8.0),
    tau=st.floats(0.2, 0.8),
    productivity=st.floats(0.3, 2.0),
    capital=st.floats(0.05, 20.0),
    firms=st.integers(1, 60),
    seed=st.integers(0, 2**40),
)
def test_groping_finds_them_for_any_parameters(alpha, beta, eta, tau, productivity, capital, firms, seed):
    given = closed_parameters(
        Parameters(firms=firms),
        closed_capital_share=alpha,
        closed_compute_share=beta,
        closed_service_compute=eta,
        closed_compute_investment=tau,
        closed_productivity=productivity,
        closed_initial_capital=capital,
    )
    found = closed_limit(given, seed=seed)
    assert found.markup == pytest.approx(theory.markup(given), rel=EXACT)
    assert found.ratio == pytest.approx(theory.compute_ratio(given), rel=EXACT)


def test_without_arbitrage_compute_stays_where_it_is():
    assert limit(closed_arbitrage=0.0).share == pytest.approx(0.5, rel=1e-12)


def spread_of_mix(years):
    """Range of ln(capital / compute) over the firms at work."""
    firms = economy(years).state["firms"]
    working = firms["alive"] > 0.5
    return np.ptp(np.log(firms["capital_used"][working] / firms["compute_used"][working]))


def test_firms_of_any_start_end_with_the_same_mix():
    assert spread_of_mix(0) > 1.0
    assert spread_of_mix(200) < 1e-9


# ── I2: growth ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("capital", "compute"), some([(10.0, 1.0), (1.0, 10.0), (1.0, 1.0)], 2))
def test_growth_from_off_the_path_goes_to_the_private_rate(capital, compute):
    changes = {"closed_initial_capital": capital, "closed_initial_compute": compute}
    found, given = limit(**changes), closed_parameters(**changes)
    wanted = float(theory.growth_rate("private", given))
    assert wanted == pytest.approx(0.0180878, abs=1e-7)  # worked out apart from this program
    for growth in (found.growth, found.capital_growth, found.compute_growth):
        assert growth == pytest.approx(wanted, abs=EXACT)
    assert found.capital_per_compute == pytest.approx(1.5, rel=EXACT)
    assert found.output_per_wealth == pytest.approx(float(theory.output_per_wealth(given)), rel=EXACT)


OTHER_VALUES = {"closed_risk_aversion": 1.0, "closed_depreciation": 0.1, "closed_discount_rate": 0.0}
OTHER_VALUES |= {"closed_service_compute": 6.0, "closed_compute_investment": 0.7, "closed_productivity": 1.0}


@pytest.mark.parametrize("names", list(batched(OTHER_VALUES, 1 if FULL else 2)), ids=str)
def test_growth_follows_every_parameter_as_the_private_rate_does(names):
    changes = {name: OTHER_VALUES[name] for name in names}
    given = closed_parameters(**changes)
    assert limit(**changes).growth == pytest.approx(float(theory.growth_rate("private", given)), abs=EXACT)


def test_the_external_effect_leaves_no_balanced_path():
    """With H̄ the stock of compute itself growth does not converge: it was a constant that gave the rate."""
    path = closed_path(quarters=600, closed_external_effect=0.5)
    growth = path["wealth_growth"].to_numpy()
    assert growth[599] > 1.2 * growth[400] > 1.2**2 * growth[200]
    with pytest.raises(ValueError, match="no balanced growth"):
        theory.growth_rate("private", Parameters(closed_external_effect=0.5))


# ── I3, I4: who puts more into compute ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("alpha", some([0.2, 0.45, 0.35]))
def test_growth_peaks_at_one_less_the_capital_share(alpha):
    peak = 1.0 - alpha
    at = {
        tau: limit(closed_capital_share=alpha, closed_compute_investment=tau).growth
        for tau in (peak - 0.02, peak, peak + 0.02)
    }
    assert at[peak] > max(at[peak - 0.02], at[peak + 0.02])


@pytest.mark.parametrize(
    ("low", "high", "sign"), some([(0.5, 0.6, 1.0), (0.7, 0.85, -1.0), (0.3, 0.5, 1.0)], 2)
)
def test_gaps_widen_for_the_one_with_more_compute_below_the_threshold_and_for_the_other_above(
    low, high, sign
):
    """τ* = 0.65. Between ½ and τ* the condition printed in document 003 has the wrong sign."""
    slow, fast = (path_of(closed_compute_investment=tau)["output"].to_numpy() for tau in (low, high))
    gap = sign * np.log(fast / slow)[400:]
    assert (np.diff(gap) > 0.0).all()
    assert gap[-1] > 0.0
    for reading in theory.FORMULAS:
        rates = theory.growth_rate(reading, closed_parameters(), [low, high])
        assert np.sign(rates[1] - rates[0]) == sign


def test_more_of_one_kind_of_capital_brings_less_and_less():
    for more in ("closed_initial_compute", "closed_initial_capital"):
        first = [closed_path(quarters=1, **{more: size})["output"][0] for size in (1.0, 2.0, 3.0)]
        assert 0.0 < first[2] - first[1] < first[1] - first[0]


# ── Worked numbers ──────────────────────────────────────────────────────────────────────────────────


def test_all_capital_and_compute_goes_to_firms_by_what_they_ask_for():
    given = {
        "firm_alive": [1.0, 0.0, 1.0, 1.0],
        "firm_city": [0, 0, 0, 1],
        "firm_capital_used": [9.0] * 4,
        "firm_compute_used": [9.0] * 4,
        "firm_capital_wanted": [1.0, 5.0, 3.0, 1.0],
        "firm_compute_wanted": [2.0, 5.0, 2.0, 1.0],
        "city_capital_stock": [20.0, 5.0],
        "city_direct_compute": [6.0, 5.0],
        "city_capital_wanted": [4.0, 0.0],
        "city_compute_wanted": [4.0, 0.0],
    }
    found = after(share_inputs, **given)
    asked = ("firm_capital_wanted", "firm_compute_wanted", "city_capital_wanted", "city_compute_wanted")
    small = after(share_inputs, **in_other_units(given, *asked))
    assert (small.firm_capital_used, small.firm_compute_used) == (
        found.firm_capital_used,
        found.firm_compute_used,
    )
    # a firm that has closed gets nothing, and where no firm asks all stays as it is
    assert found.firm_capital_used == [5.0, 9.0, 15.0, 9.0]
    assert found.firm_compute_used == [3.0, 9.0, 3.0, 9.0]


def test_the_books_of_the_provider_of_services():
    given = {
        "city_service_price": [1.5],
        "city_services_wanted": [5.0],
        "city_services_used": [4.0],
        "city_rented_compute": [8.0],
        "provider_city": [0],
        "provider_rental_bid": [0.25],
        "closed_service_compute": 2.0,
    } | {
        f"provider_{name}": [9.0]
        for name in ("price", "capacity", "load", "served", "utilisation", "unit_cost", "revenue", "surplus")
    }
    found = after(book_services, **given)
    assert found.provider_price == [1.5]
    assert found.provider_capacity == [4.0]  # eight of compute, two a service
    assert (found.provider_load, found.provider_served) == ([5.0], [4.0])
    assert found.provider_utilisation == [1.25]
    assert found.provider_unit_cost == [0.5]
    assert found.provider_revenue == [6.0]
    assert found.provider_surplus == [4.0]  # less the rent of eight at a quarter
    assert after(book_services, **{**given, "city_rented_compute": [0.0]}).provider_utilisation == [0.0]


class Table(dict):
    """A table of the state: what is put into a column fills its rows."""

    def __init__(self, rows, **columns):
        super().__init__({name: np.array(values) for name, values in columns.items()})
        self.rows = rows

    def __setitem__(self, name, value):
        super().__setitem__(name, np.full(self.rows, value))


ENDOWED = SimpleNamespace(
    closed_initial_capital=16.0,
    closed_initial_compute=4.0,
    closed_initial_rented=0.25,
    closed_external_effect=0.5,
    closed_capital_share=0.25,
    closed_compute_share=0.5,
    closed_service_compute=0.5,
    closed_productivity=3.0,
    closed_initial_markup=2.0,
)


def endowed(seed=3, cities=1, providers=1):
    state = {
        "cities": Table(cities),
        "providers": Table(providers),
        "firms": Table(4, alive=[1.0, 0.0, 1.0, 1.0], capital_used=[9.0] * 4, compute_used=[9.0] * 4),
    }
    endow_closed_economy(state, ENDOWED, seed)
    return state


def test_the_closed_economy_starts_with_all_stocks_somewhere():
    state = endowed()
    city = {name: column[0] for name, column in state["cities"].items()}
    assert (city["capital_stock"], city["compute_stock"]) == (16.0, 4.0)
    assert (city["rented_compute"], city["direct_compute"]) == (1.0, 3.0)
    assert city["mean_compute"] == pytest.approx(2.0)  # √4
    for column, stock in (("capital_used", 16.0), ("compute_used", 3.0)):
        used = state["firms"][column]
        assert used[1] == 9.0  # no firm works there
        assert used[[0, 2, 3]].sum() == pytest.approx(stock)
        assert len(set(used)) == 4
    sizes = np.exp(normals(stream_key(3, "firms.capital_used", 0), np.arange(4)))[[0, 2, 3]]
    assert state["firms"]["capital_used"][[0, 2, 3]] == pytest.approx(16.0 * sizes / sizes.sum())
    mix = state["firms"]["capital_used"] / state["firms"]["compute_used"]
    assert len(set(mix.round(6))) == 4
    assert not np.array_equal(endowed(4)["firms"]["capital_used"], state["firms"]["capital_used"])


def test_its_first_prices_follow_from_its_first_output():
    state = endowed()
    # two services: 3 · (2 · 16)^¼ · 3^½ · 2^¼
    output = 3.0 * 32.0**0.25 * 3.0**0.5 * 2.0**0.25
    provider = {name: column[0] for name, column in state["providers"].items()}
    assert state["cities"]["consumption_share"][0] == pytest.approx(0.5 * output / 20.0)
    assert provider["rental_bid"] == pytest.approx(0.5 * output / 3.0)
    assert provider["service_price"] == pytest.approx(2.0 * 0.5 * 0.5 * output / 3.0)
    assert (provider["operating"], provider["price_stride"]) == (1.0, 0.05)


@pytest.mark.parametrize(("cities", "providers"), [(2, 1), (1, 2), (1, 0), (0, 1)])
def test_it_has_one_city_and_one_provider(cities, providers):
    with pytest.raises(ScenarioError, match="1 city and 1 compute provider"):
        endowed(cities=cities, providers=providers)
