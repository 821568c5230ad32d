"""The worked extensions: each fits, is the model where it is switched off, and does what it says."""

from __future__ import annotations

import importlib.util
import json
from math import exp, log
from types import ModuleType

import numpy as np
import pytest

from benchmarks import worked_extensions
from benchmarks.worked_extensions import EXAMPLES, OWN, PAGES, PLACE, difference, renewed
from experiments import extension_check
from experiments.extension_check import FAILS, HOLDS, REMARK, Trial, check
from experiments.sweep import from_values
from model import Parameters, RegionalModel
from model.extensions.extended_model import extended
from tests.support.long_version import some

ROOT = EXAMPLES.parents[1]
SMALL = Parameters(firms=120, burn_in=2)


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"worked_{name}", EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(country, name, until=6, scenario="none", **changes) -> RegionalModel:
    source = f"{EXAMPLES / name}.py"
    model = RegionalModel(SMALL, scenario, 5, cities=country, extension=source, **changes)
    model.run_until(until)
    return model


def test_there_are_ten_with_a_page_each():
    names = {path.stem for path in EXAMPLES.glob("*.py")}
    assert {path.stem for path in (ROOT / PAGES).glob("*.md")} == names > set(OWN)
    assert len(names) == 10


@pytest.mark.parametrize("name", some(list(OWN), 2))
def test_check_finds_nothing_wrong(name, country, monkeypatch):
    monkeypatch.setattr(extension_check, "MANY_FIRMS", 300)
    monkeypatch.setattr(extension_check, "TIMED_FIRMS", 100)
    monkeypatch.setattr("model.engine.engine.CHUNK_ROWS", 97)
    found = check(Trial(f"{EXAMPLES / name}.py", firms=80, quarters=5, cities=country))
    assert [one for one in found if one.verdict == FAILS] == []
    by_name = {one.what: one for one in found}
    assert by_name["with its neutral values it is the model alone, to the bit"].verdict == HOLDS
    assert by_name["something of the model differs with it"].verdict == HOLDS
    remarks = {one.what for one in found if one.verdict == REMARK and not one.what.startswith("time of")}
    assert remarks == ({"talent of every home is constant"} if name == "training" else set())


@pytest.mark.parametrize("name", OWN)
def test_parameters_say_where_they_come_from(name):
    for parameter in loaded(name).extension.parameters:
        assert parameter.source, parameter.name
        assert parameter.low < parameter.high


@pytest.mark.parametrize("name", OWN)
def test_a_page_shows_the_file_and_the_numbers_as_they_are(name):
    values = json.loads((ROOT / PLACE).read_text(encoding="utf-8"))
    page = (ROOT / PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert renewed(page, name, values) == page
    assert all(row["seeds"] >= 8 for row in values["rows"])
    with pytest.raises(ValueError, match="has 0 places"):
        renewed("nothing", name, values)


def test_differences_are_in_percent_or_points():
    assert difference("%", 3.0, 2.0) == pytest.approx(50.0)
    assert difference("points of 100", 0.75, 0.5) == pytest.approx(25.0)


def test_an_extension_is_measured_against_itself_switched_off(country, monkeypatch, tmp_path):
    monkeypatch.setattr(worked_extensions, "load_cities", lambda: country)
    found = worked_extensions.worked("herding", (1, 2), 60, 2009, country, workers=1)
    assert [row["arm"] for row in found] == [
        arm for arm in ("default", "herding alone", "terms alone") for _ in range(5)
    ]
    assert {row["seeds"] for row in found} == {2}
    own = {(row["arm"], row["measure"]): row["mean"] for row in found}
    spread = "attention, s.d. over cities"
    assert own["herding alone", spread] < own["terms alone", spread]  # who looks at the others is like them
    assert all(np.isfinite(row["mean"]) and row["se"] >= 0.0 for row in found)

    # The command replaces the rows of what it measured, keeps the others in order, and renews the pages.
    place, pages = tmp_path / "found.json", tmp_path / "pages"
    pages.mkdir()
    for name in OWN:
        text = f"<!-- file: {name}.py -->\n```python\nold\n```\n<!-- differences -->\n\nold\n<!-- end -->\n"
        (pages / f"{name}.md").write_text(text, encoding="utf-8")
    row = {"arm": "default", "measure": "m", "unit": "%", "mean": -1.25, "se": 0.5, "seeds": 8}
    known = [{"extension": name, **row} for name in OWN]
    place.write_text(json.dumps({"rows": known}), encoding="utf-8")
    monkeypatch.setattr(worked_extensions, "PLACE", place)
    monkeypatch.setattr(worked_extensions, "PAGES", pages)
    monkeypatch.setattr(worked_extensions, "worked", lambda *_: found)
    worked_extensions.main(["herding", "--seeds", "2"])
    stored = json.loads(place.read_text(encoding="utf-8"))["rows"]
    assert [one["extension"] for one in stored] == [
        name for name in OWN for _ in range(len(found) if name == "herding" else 1)
    ]
    assert "| m | % | −1.25 ± 0.50 |" in (pages / "carbon.md").read_text(encoding="utf-8")
    (pages / "carbon.md").write_text(
        (pages / "carbon.md").read_text(encoding="utf-8").replace("−1.25", "9"), encoding="utf-8"
    )
    worked_extensions.main(["--pages"])
    assert "−1.25" in (pages / "carbon.md").read_text(encoding="utf-8")


def test_a_run_that_fails_is_no_row(country, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(worked_extensions, "run_arms", lambda *_: SimpleNamespace(failures={"off/1": "no"}))
    with pytest.raises(RuntimeError, match=r"^carbon: .'off/1': 'no'"):
        worked_extensions.worked("carbon", (1,), 60, 2012, country, workers=1)


# ── Complements ──────────────────────────────────────────────────────────────────────────────────


def test_complements_by_hand():
    """√0.04 = 0.2 and √0.16 = 0.4, so λ = 2·(½·0.2 + ½·0.4)² = 0.18, less than the sum of 0.20."""
    chance = loaded("complements").innovation_probability
    assert chance(0.04, 0.16, 0.5) == pytest.approx(1 - exp(-0.18), rel=1e-12)
    assert chance(0.04, 0.16, 1.0) == pytest.approx(1 - exp(-0.20), rel=1e-12)
    assert chance(0.1, 0.1, 0.5) == pytest.approx(1 - exp(-0.2), rel=1e-12)
    assert chance(0.0, 0.16, 0.5) == pytest.approx(1 - exp(-0.08), rel=1e-12)
    # Of twice the lines there are twice the innovations.
    many = loaded("complements").innovations
    assert many(0.08, 0.32, 0.5) == pytest.approx(0.36, rel=1e-12)
    assert many(0.08, 0.32, 1.0) == pytest.approx(0.40, rel=1e-12)


def test_complements_raise_quality_by_what_is_found():
    """0.18 of 0.20 innovations: the mean gain is 0.9 times what it is without, 0.5·(0.04 + ½·0.16)."""
    quality = loaded("complements").quality
    rates = dict(own_intensity=0.04, conversion_intensity=0.16, quality_step=0.5, conversion_step=0.5)
    rest = dict(quality=1.0, innovated=0.5, innovation_probability=0.5, lines=1.0, nation_mean_innovation=0.0)
    zero = dict(common_progress=0.0, knowledge_spillover=0.0, quality_shock=0.0, shock_chance=1.0)
    zero["size_volatility"] = 0.17
    for exponent, times in ((0.5, 0.9), (1.0, 1.0)):
        found = quality(**rates, **rest, **zero, draw_shock=0.5, knowledge_exponent=exponent)
        assert found == pytest.approx(1.0 + times * 0.5 * (0.04 + 0.5 * 0.16), rel=1e-12)


# ── Absorptive capacity ──────────────────────────────────────────────────────────────────────────


def test_absorption_by_hand():
    """Z = 3 against Z̄ = 1 gives 2·3/4 = 1.5: half of conversion counts 1.5 times, so 1.25 in all."""
    module = loaded("absorption")
    assert module.research_stock(10.0, 2.0, 5.0, 0.04) == pytest.approx(0.96 * 10 + 2)
    assert module.research_stock(10.0, 2.0, 0.0, 0.04) == 0.0
    conversion = extended(module.extension).rules["conversion_intensity"]  # around the model's
    base = 0.3 * 0.35 * 0.8 * 0.1
    for stock, effort, times in ((3.0, 0.5, 1.25), (1.0, 1.0, 1.0), (0.0, 1.0, 0.0), (0.0, 0.5, 0.5)):
        rate = conversion(0.1, 0.0, 0.8, 1.0, 0.3, 0.35, stock, 1.0, effort)
        assert rate == pytest.approx(base * times, rel=1e-12, abs=1e-15)


def test_the_mean_stock_is_that_of_firms_at_work(country):
    model = run(country, "absorption")
    firms = model.state["firms"]
    before = firms["research_stock"].copy()
    spent, age, work = firms["research_spending"].copy(), firms["age"].copy(), firms["alive"] > 0.5
    model.step()
    wanted = np.where(age < 1, 0.0, 0.96 * before + spent)[work]
    assert firms["research_stock"][work] == pytest.approx(wanted, rel=1e-12)
    assert model.state["nation"]["mean_research_stock"][0] == pytest.approx(wanted.mean(), rel=1e-9)
    assert wanted.std() > 0


# ── Carbon price ─────────────────────────────────────────────────────────────────────────────────


def test_carbon_by_hand():
    """100 CNY/t, 0.83 kg/kWh and a quarter green: 0.06225 CNY/kWh on top of 0.57; half of the power now."""
    module = loaded("carbon")
    power = module.unit_power(0.5, 0.372, 1.25)
    assert power == pytest.approx(0.2325, rel=1e-12)
    cost = module.unit_cost(0.57, 0.5, 0.335, 0.372, 1.25, 0.25, 100.0, 0.83)
    assert cost == pytest.approx(0.5 * (0.335 + 0.465 * 0.63225), rel=1e-12)
    price = module.cloud_delivered_price(0.0, 0.02, 1.0, power, 0.25, 100.0, 0.83, 1)
    assert price == pytest.approx(1 + 0.2325 * 0.06225, rel=1e-12)
    assert module.cloud_delivered_price(0.0, 0.02, 1.0, power, 0.25, 100.0, 0.83, 0) == 1.0
    assert module.emissions(1000.0, 250.0, 0.83) == pytest.approx(0.6225)
    # 20 units of compute, half of them from the cloud: 10·0.2325 kWh, three quarters of them fossil.
    tonnes = module.cloud_emissions(0.5, 20.0, power, 0.25, 0.83)
    assert tonnes == pytest.approx(10 * 0.2325 * 0.75 * 0.83 / 1000, rel=1e-12)


def test_carbon_is_dear_where_power_is_fossil(country):
    free, priced = (
        run(country, "carbon", 8, "random_hosts", carbon_price=tau, start_year=2012) for tau in (0.0, 500.0)
    )
    centres = priced.state["providers"]
    added = centres["unit_cost"] - free.state["providers"]["unit_cost"]
    cost_level = priced.state["kinds"]["cost_level"][centres["kind"]]
    wanted = cost_level * 0.465 * 0.5 * 0.83 * (1 - centres["green_share"])
    assert added == pytest.approx(wanted, rel=1e-9)
    assert np.array_equal(centres["carbon_payment"], 500.0 * centres["emissions"])
    cities = priced.state["cities"]
    assert cities["emissions"].sum() == pytest.approx(centres["emissions"].sum())
    assert 0 < cities["cloud_emissions"].sum() < free.state["cities"]["cloud_emissions"].sum()


# ── Training ─────────────────────────────────────────────────────────────────────────────────────


def test_graduates_go_to_cities_as_by_hand():
    """Home 0 has 4 talents, 2 of them trained, 1 of the 4 works in city 1; half of the trained retire.

    A quarter of all who call it home, so 0.75 are left of each working place but for the 0.5 graduates.
    """
    native, trained = np.array([2.0, 3.0]), np.array([2.0, 0.0])
    endowment, talent = np.array([4.0, 3.0]), np.array([3.0, 4.0])
    workers = np.array([3.0, 1.0, 0.0, 3.0])
    settle = loaded("training").settle_graduates
    settle(np.array([0]), np.array([0.5]), native, trained, endowment, talent, workers, 0.5)
    assert trained.tolist() == [1.5, 0.0]
    assert endowment.tolist() == [3.5, 3.0]
    assert workers.tolist() == [2.75, 0.75, 0.0, 3.0]
    assert talent.tolist() == [2.75, 3.75]


def test_universities_stand_in_capitals_and_talent_grows_by_graduates(country):
    model = run(country, "training", retirement_rate=0.0)
    capital = country["provincial_capital"].to_numpy().astype(bool)
    universities, cities = model.state["universities"], model.state["cities"]
    assert universities["city"].tolist() == np.flatnonzero(capital).tolist()
    assert not cities["trained"][~capital].any()
    before = cities["talent"].sum()
    model.step()
    assert cities["talent"].sum() - before == pytest.approx(universities["graduates"].sum(), rel=1e-6)
    wanted = 0.005 * cities["native"].sum() * universities["places"]
    assert universities["graduates"] == pytest.approx(wanted, rel=1e-12)
    # A city with means above the country's average gets places, one below loses them.
    means = cities["fiscal_capacity"][universities["city"].astype(int)]
    before = universities["places"].copy()
    model.step()
    moved = universities["places"] - before
    wanted = 0.05 * (
        universities["size"] * cities["fiscal_capacity"][universities["city"].astype(int)] - before
    )
    assert moved == pytest.approx(wanted, rel=1e-9)
    assert means.std() > 0


# ── Herding ──────────────────────────────────────────────────────────────────────────────────────


def test_herding_by_hand():
    """Peers at 0 and 100·ln 2 km more have weights 2 : 1, so attention 0.2 and 0.8 make 0.4."""
    module = loaded("herding")
    far = 100.0 * log(2.0)
    distance = np.array([[0, 50, 50 + far], [50, 0, 9e9], [50 + far, 9e9, 0]])
    attention, peers = np.array([0.5, 0.2, 0.8]), np.zeros(3)
    module.watch_peers(attention, peers, distance.ravel(), 100.0)
    assert peers == pytest.approx([0.4, 0.5, 0.5], rel=1e-9)
    # Digital share ½ and floor 0.1: own target 0.55. Half herding: 0.475, at the end of a term times 1.2.
    moved = module.attention(0.5, 1.0, 2.0, 0.1, 0.1, 0.4, 1.0, 0.5, 0.2)
    assert moved == pytest.approx(0.5 + 0.1 * (0.475 * 1.2 - 0.5), rel=1e-12)
    assert module.attention(0.5, 0.0, 0.0, 0.1, 0.1, 9.0, 1.0, 1.0, 0.2) == pytest.approx(0.5 + 0.1 * 0.5)


def test_terms_come_round_and_begin_apart(country):
    model = run(country, "herding", term_quarters=4)
    cities = model.state["cities"]
    before = cities["term_served"].copy()
    assert before.std() > 0.1
    model.step()
    assert cities["term_served"] == pytest.approx((before + 0.25) % 1.0)
    for _ in range(3):
        model.step()
    assert cities["term_served"] == pytest.approx(before)
    assert np.array_equal(
        run(country, "herding").state["cities"]["term_served"],
        run(country, "herding", herding=0.9).state["cities"]["term_served"],
    )


# ── Learners ─────────────────────────────────────────────────────────────────────────────────────


def test_learners_find_what_compute_brought():
    """200 firms of a tier, all alike but for compute, with which they innovate twice as often: ln 2."""
    learn = loaded("learners").learn
    compute = np.tile([0.0, 1.0], 100)
    seen = np.where(compute > 0.5, 2.0, 1.0)
    gain, ones = np.zeros(200), np.ones(200)
    city = np.repeat([0.0, 1.0], 100)
    learn(ones, 0 * ones, city, compute, seen, 10 * ones, gain, np.array([0.5, 1.0]), np.array([1.0, 2.0]))
    assert gain == pytest.approx(np.full(200, log(2.0)), abs=0.05)
    # With too few of one way of working nothing is learned.
    gain[:] = 7.0
    learn(
        ones, 0 * ones, city, 0 * compute, seen, 10 * ones, gain, np.array([0.5, 1.0]), np.array([1.0, 2.0])
    )
    assert (gain == 7.0).all()


def test_learners_remember_their_own_way_of_working():
    module = loaded("learners")
    assert module.new_memory(0.0, 0.0, 0.0) == 1.0
    assert module.new_memory(5.0, 1.0, 0.0) == 1.0
    assert module.new_memory(5.0, 1.0, 1.0) == 0.0
    assert module.watched(0.0, 4.0, 0.9) == pytest.approx(4.6)
    assert module.seen(0.0, 1.0, 1.0, 0.9) == pytest.approx(1.9)
    assert module.watched(1.0, 4.0, 0.9) == module.seen(1.0, 4.0, 1.0, 0.9) == 1.0


def test_learners_learn_in_a_run(country):
    model = RegionalModel(
        Parameters(firms=600, burn_in=0), "none", 1, cities=country, extension=f"{EXAMPLES / 'learners'}.py"
    )
    model.run_until(24)
    firms = model.state["firms"]
    work = firms["alive"] > 0.5
    learned = work & (firms["learned_gain"] != 0.0)
    assert learned.sum() > 0.5 * work.sum()
    assert np.abs(firms["learned_gain"][learned]).max() < 5.0
    assert (firms["watched"][work] <= 10.0).all()


# ── In a sweep ───────────────────────────────────────────────────────────────────────────────────


def test_a_carbon_price_is_a_factor_of_a_sweep(tmp_path):
    sweep = from_values(
        {
            "name": "carbon",
            "extension": f"{EXAMPLES / 'carbon'}.py",
            "scenario": "none",
            "cities": "synthetic:12:1",
            "until": 2006,
            "parameters": {"firms": 200, "burn_in": 4},
            "design": {"factors": {"carbon_price": [0.0, 500.0]}},
        },
        tmp_path / "store",
    )
    sweep.run()
    use = sweep.finals.set_index("carbon_price")["compute_use"]
    assert use[500.0] < use[0.0]
