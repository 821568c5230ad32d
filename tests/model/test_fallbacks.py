"""What the model does where something is missing, damaged or asked for in a way that cannot be."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import model.invariant_check
from agents.columns import Column
from agents.firm import Firm
from agents.view import AgentView
from model import AgentKind, Extension, Parameter, Parameters, RegionalModel, Scenario
from model.economy.centre_orders import close_failed
from model.economy.invariants import Breach, InvariantError
from model.economy.labour_market import settle_talent
from model.engine.compile import kernel_source as kernels
from model.engine.engine import interpreted
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from model.files import toml_file
from model.files import user_tables as tables
from model.files.toml_file import TomlError, read_toml
from model.files.user_tables import InputError, check_file
from model.scenarios.scenario import Place, ScenarioError
from model.scenarios.siting import host_cities, openings_of

SMALL = Parameters(firms=60, burn_in=0)


# ── Extensions ───────────────────────────────────────────────────────────────────────────────────


def kind(**changes):
    given = dict(table="things", prefix="thing_", columns=[Column("size", "m", "x", start=1.0)], start=dict)
    return AgentKind(**{**given, **changes})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (dict(agents=[kind(start=3)]), "start of things must be a function that returns its initial columns"),
        (dict(agents=[kind(face=3)]), "face of things must be a subclass of AgentView, not 3"),
        (dict(agents=[kind(face=Column)]), "face of things must be a subclass of AgentView, not <class"),
        (
            dict(parameters=[Parameter("rate", 0.5, 0.0, 1.0, "1", meaning=3)]),
            "parameter rate: meaning must be a text, not 3",
        ),
    ],
)
def test_parts_of_an_extension_are_what_they_must_be(parts, said):
    with pytest.raises(ExtensionError) as caught:
        extended(Extension(**{"name": "mine", **parts}))
    assert said in str(caught.value)


@interpreted
def free(quality):
    return quality


def test_an_extension_goes_to_worker_processes_and_comes_back():
    one = Extension(name="mine", rules={"quality": free})
    back = pickle.loads(pickle.dumps(one))
    assert back.name == "mine"
    assert back.rules["quality"] is free


def test_what_is_no_extension_is_refused():
    with pytest.raises(ExtensionError, match="extension cannot be 3: it is an Extension, Rules, a name"):
        extended(3)


# ── Scenarios, files ─────────────────────────────────────────────────────────────────────────────


def test_two_cities_of_one_name_are_told_apart_by_number(country):
    twice = country.copy()
    twice.loc[[2, 5], "name_en"] = "Springfield"
    scenario = Scenario("s", "m", places=(Place("Springfield", "basic", "2010Q1", 1.0),))
    ids = ", ".join(str(country["city_id"].iloc[row]) for row in (2, 5))
    with pytest.raises(ScenarioError, match=f"there are 2 cities 'Springfield': name one by city_id, {ids}"):
        openings_of(scenario, twice, country, 2005, 1)
    one = replace(scenario, places=(Place(int(country["city_id"].iloc[5]), "basic", "2010Q1", 1.0),))
    (opening,) = openings_of(one, twice.drop(columns="name_zh"), country, 2005, 1)
    assert opening.city == 5


def test_a_rule_of_choice_that_does_not_exist_is_named(country):
    wrong = SimpleNamespace(name="mine", centres="nearest", hosts=1)
    with pytest.raises(ScenarioError, match="scenario mine: centres 'nearest' is not one of "):
        host_cities(wrong, country, country, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = " + b"[" * 5_000, "it is not valid TOML: its lists and tables are nested too deeply"),
        (b"a = " + b"9" * 5_000, "it is not valid TOML: a number in it has too many digits"),
        (b"a = 1\n" * 200_000, "it is larger than 1 MB"),
        (b"a = '\xff'", "it is not TOML: byte 5 is not UTF-8 text"),
    ],
)
def test_a_toml_file_that_cannot_be_is_one_sentence(tmp_path, content, said):
    (tmp_path / "a.toml").write_bytes(content)
    with pytest.raises(TomlError) as caught:
        read_toml(tmp_path / "a.toml")
    assert str(caught.value) == said


def test_a_file_that_fails_while_it_is_read_says_why(tmp_path, monkeypatch):
    (tmp_path / "a.toml").write_text("a = 1", encoding="utf-8")

    def failing(path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(toml_file.Path, "read_bytes", failing)
    with pytest.raises(TomlError, match="it cannot be read: Input/output error"):
        read_toml(tmp_path / "a.toml")
    monkeypatch.setattr(tables, "_check_place", lambda *_: failing(""))
    with pytest.raises(InputError, match="cannot be read: Input/output error"):
        check_file(tmp_path / "a.toml")


def test_a_pipe_is_no_table(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(InputError, match="is not a regular file"):
        check_file(tmp_path / "pipe.csv")
    check_file(__file__)


# ── The model ────────────────────────────────────────────────────────────────────────────────────


def test_a_seed_may_be_typed_and_all_firms_be_closed(country):
    model_ = RegionalModel(SMALL, "none", "7", cities=country)
    assert model_.seed == 7
    assert model_.state["firms"]["alive"].sum() == 60
    model_.remove_all_agents()
    assert model_.state["firms"]["alive"].sum() == 0
    assert len(model_.agents_by_type[Firm]) == 0


def test_a_method_of_a_face_is_itself_seen_from_the_class():
    class MyCity(AgentView):
        table_name = "cities"

    class Deciding(MyCity):
        def attention(self, attention):
            return attention

    assert Deciding.attention(None, 0.5) == 0.5


def test_an_account_that_breaks_is_dated_by_its_quarter(country, monkeypatch):
    """No event can be blamed for it: the quarter as a whole is."""
    broken = Breach("money paid for compute", None, 2.0, "it must be received")
    monkeypatch.setattr(
        model.invariant_check, "broken_accounts", lambda state, exempt: iter([broken] if when(state) else [])
    )

    def when(state):
        return state["nation"]["quarter"][0] == wanted

    for wanted, named in ((-1, "quarter -1 of the burn-in"), (2, "2005Q3")):  # noqa: B007
        with pytest.raises(InvariantError) as told:
            RegionalModel(SMALL, "none", 7, cities=country, check_invariants=True, burn_in=2).run_until(2006)
        assert str(told.value) == (
            "money paid for compute is 2: it must be received "
            f"(after all events of {named}, seed 7, scenario none)"
        )


def test_talent_settles_where_it_belongs_compiled_or_not():
    """Two cities that are close and one apart: all keep what calls them home, and flows add up."""
    at_home = np.array([10.0, 1.0, 4.0])
    closeness = np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.1], [0.1, 0.1, 1.0]]).ravel()
    found = []
    for settle in (settle_talent, kernels.compiled_market(settle_talent)):
        pull, workers, here = np.ones(3), np.zeros(9), np.zeros(3)
        settle(at_home, closeness, pull, workers, here)
        found.append((pull, workers, here))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    pull, workers, here = found[0]
    np.testing.assert_allclose(here, at_home, rtol=1e-9)
    np.testing.assert_allclose(workers.reshape(3, 3).sum(axis=1), at_home, rtol=1e-12)
    nobody = np.zeros(3)
    settle_talent(nobody, closeness, np.ones(3), workers, here)
    assert here.tolist() == [0.0, 0.0, 0.0]


def test_a_centre_that_fails_is_shut_and_its_row_is_free():
    failing, failures = np.array([0.0, 1.0, 1.0]), np.array([9.0])
    columns = [np.full(3, 5.0) for _ in range(8)]
    close_failed(failing, *columns, failures)
    assert failing.tolist() == [0.0, 0.0, 0.0]
    assert failures.tolist() == [2.0]
    operating, opens, *rest = columns
    assert operating.tolist() == [5.0, 0.0, 0.0]
    assert opens.tolist() == [5.0, 1e9, 1e9]
    assert all(column.tolist() == [5.0, 0.0, 0.0] for column in rest)


def test_no_centre_is_opened_by_hand_in_the_closed_economy():
    made = RegionalModel(SMALL, "closed_economy", 1)
    with pytest.raises(ScenarioError, match="a centre cannot be opened by hand in the closed economy"):
        made.open_centre(0, "basic")
