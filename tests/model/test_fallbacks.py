"""What the model does where something is missing, damaged or asked for in a way that cannot be."""

from __future__ import annotations

import math
import os
import pickle
import sys
from dataclasses import replace
from types import SimpleNamespace

import numba
import numpy as np
import pytest

import model.checked
from agents.columns import Column
from agents.firm import Firm
from agents.view import AgentView
from model import (
    AgentKind,
    Extension,
    Parameter,
    Parameters,
    RegionalModel,
    Scenario,
    intrinsics,
    kernels,
    tables,
    toml_file,
)
from model.draws import mix, step_key, stream_base, stream_key, uniform
from model.engine import Engine, _uncompilable, interpreted
from model.events import each
from model.extended import extended
from model.extension import ExtensionError
from model.invariants import Breach, InvariantError
from model.kernels import load
from model.rule_text import RuleError, divided, plain, texts
from model.scenario import Place, ScenarioError, host_cities, openings_of
from model.state import State
from model.tables import InputError, check_file
from model.toml_file import TomlError, read_toml
from model.world import World

SMALL = Parameters(firms=60, burn_in=0)
TEXT = "def kernel(x):\n    return x + {}\n"


# ── Compiled code and its cache ──────────────────────────────────────────────────────────────────


def test_a_kernel_is_written_once_and_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "cache"))
    assert load("of_a_test", TEXT.format(1))(1) == 2
    (file,) = (tmp_path / "cache").glob("*.py")
    written = file.stat().st_mtime_ns
    assert load("of_a_test", TEXT.format(1)) is load("of_a_test", TEXT.format(1))
    monkeypatch.delitem(sys.modules, file.stem)
    assert load("of_a_test", TEXT.format(1))(1) == 2  # as a new process finds it
    assert file.stat().st_mtime_ns == written
    file.write_text("damaged", encoding="utf-8")
    monkeypatch.delitem(sys.modules, file.stem)
    assert load("of_a_test", TEXT.format(1))(1) == 2
    assert file.read_text(encoding="utf-8") == TEXT.format(1)
    monkeypatch.delitem(sys.modules, file.stem)


def test_the_cache_is_where_the_system_keeps_caches(tmp_path, monkeypatch):
    monkeypatch.delenv("COMPUTELEAP_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert kernels.cache_folder() == tmp_path / "computeleap"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert kernels.cache_folder() == tmp_path / ".cache" / "computeleap"


def test_a_cache_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(kernels.tempfile, "mkdtemp", lambda prefix: str(tmp_path / prefix))
    assert load("of_a_test", TEXT.format(2))(1) == 3
    (file,) = (tmp_path / "computeleap-").glob("*.py")
    monkeypatch.delitem(sys.modules, file.stem)


def test_a_kernel_that_cannot_be_imported_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPUTELEAP_CACHE", str(tmp_path))
    before = set(sys.modules)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            load("of_a_test", "x = 1 / 0\n")
    assert set(sys.modules) == before


def test_draws_of_compiled_code_are_those_of_python():
    base, key = stream_base(7, "a"), stream_key(7, "a", 3)
    with np.errstate(over="ignore"):  # arithmetic of 64 bits wraps round on purpose
        assert int(intrinsics.mix_compiled.py_func(np.uint64(12345))) == mix(12345)
        assert int(intrinsics.step_key_compiled.py_func(np.uint64(base), 3)) == step_key(base, 3) == key
        drawn = [intrinsics.uniform_compiled.py_func(np.uint64(key), i) for i in range(5)]
    assert drawn == [uniform(key, i) for i in range(5)]


def test_bits_are_those_of_numbers():
    with pytest.raises(numba.TypingError):
        numba.njit(lambda: intrinsics.bits_of("a"))()
    with pytest.raises(numba.TypingError):
        numba.njit(lambda: intrinsics.float_of(1.5))()
    assert numba.njit(lambda x: intrinsics.float_of(intrinsics.bits_of(x)))(-2.5) == -2.5


# ── Rules ────────────────────────────────────────────────────────────────────────────────────────


def test_an_undefined_quotient_is_not_a_number():
    assert divided(1.0, 4.0) == 0.25
    assert math.isnan(divided(0.0, 0.0))
    assert math.isnan(divided(math.nan, 0.0))
    assert divided(-1.0, 0.0) == -math.inf
    assert divided(1.0, -0.0) == -math.inf


def halved(quality):
    quality /= 0.0
    quality -= 0.0
    return quality


def test_a_division_in_place_may_be_by_zero():
    with pytest.raises(ZeroDivisionError):
        plain(halved)(1.0)
    assert plain(halved, divide=True)(1.0) == math.inf


def too_many(quality):
    return math.exp(quality, 2.0)


def rooted(quality):
    return np.sqrt(quality) + math.floor(quality)


def test_what_a_rule_calls_has_its_number_of_arguments():
    with pytest.raises(RuleError, match=r"rule too_many .* calls exp with 2 arguments: it takes 1"):
        texts(too_many, {})
    seen: dict[str, str] = {}
    texts(rooted, seen)
    assert "return np.sqrt(quality) + math.floor(quality)" in seen["rooted"]


@interpreted
def free(quality):
    return quality


def test_an_interpreted_rule_is_called_as_it_is():
    assert plain(free) is free


def constant():
    return 2.5


def of_itself(self):
    return 1.0


WORLD = World(
    {"things": (Column("size", "m", "how large", start=1.0),), "nation": ()}, {}, {}, {"thing_": "things"}
)


@pytest.mark.parametrize("mode", ["compiled", "interpreted"])
def test_a_rule_may_read_nothing(mode):
    state = State({"things": 3, "nation": 1}, WORLD)
    Engine([each("they are equal", "things", "size")], state, {"size": constant}, {}, 1, mode=mode).run(0)
    assert state["things"]["size"].tolist() == [2.5] * 3


def test_a_rule_that_reads_self_needs_agents():
    state = State({"things": 3, "nation": 1}, WORLD)
    engine = Engine(
        [each("they look at themselves", "things", "size")], state, {"size": interpreted(of_itself)}, {}, 1
    )
    with pytest.raises(RuleError, match="a rule that reads self needs a RegionalModel"):
        engine.run(0)


def infinite(size):
    return size * 1e308 * 10.0


def test_a_whole_run_in_one_call_names_the_rule_whose_result_is_not_finite():
    state = State({"things": 3, "nation": 1}, WORLD)
    engine = Engine([each("they grow", "things", "size")], state, {"size": infinite}, {}, 1)
    with pytest.raises(RuleError, match=r"rule size .* gives no finite number for some row"):
        engine.run(0, 2, whole=True)


def test_an_engine_says_what_it_does_not_know():
    state = State({"things": 3, "nation": 1}, WORLD)
    event = each("they grow", "things", "size", when="growth")
    with pytest.raises(ValueError, match="arithmetic 'exact' is unknown: it is one of strict, fast"):
        Engine([event], state, {"size": constant}, {"growth": 1.0}, 1, arithmetic="exact")
    engine = Engine([event], state, {"size": constant}, {"growth": 1.0}, 1)
    with pytest.raises(KeyError, match="the engine has no parameter 'grwth'"):
        engine.restart(2, grwth=1.0)
    with pytest.raises(ValueError, match="parameter growth switches events: changing it needs a new engine"):
        engine.restart(2, growth=0.0)
    with pytest.raises(KeyError, match="no event 'shrink' takes place in this run"):
        engine.around("shrink", lambda call: call)


def test_an_error_that_no_rule_explains_stays_itself():
    error = TypeError("of something else")
    assert _uncompilable(error, []) is error
    fine = SimpleNamespace(rules=[SimpleNamespace(name="size", function=constant, reads=())])
    assert _uncompilable(error, [fine]) is error


def broken():
    raise LookupError("a bug")


def test_errors_of_the_models_own_rules_are_not_dressed_up(monkeypatch):
    """What fails in them is a bug, and its own traceback says most."""
    state = State({"things": 2, "nation": 1}, WORLD)
    event = each("they grow", "things", "size")
    engine = Engine([event], state, {"size": broken}, {}, 1, mode="interpreted")
    with pytest.raises(RuleError, match=r"rule size .* fails for row 0 of things .*: LookupError: a bug"):
        engine.run(0)
    monkeypatch.setattr("model.interpreter.is_own", lambda function: False)
    with pytest.raises(LookupError, match="a bug"):
        engine.run(0)


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
        model.checked, "broken_accounts", lambda state, exempt: iter([broken] if when(state) else [])
    )

    def when(state):
        return state["nation"]["quarter"][0] == wanted

    for wanted, named in ((-1, "quarter -1 of the burn-in"), (2, "2005Q3")):  # noqa: B007
        with pytest.raises(InvariantError) as told:
            RegionalModel(SMALL, "none", 7, cities=country, check=True, burn_in=2).run_until(2006)
        assert str(told.value) == (
            "money paid for compute is 2: it must be received "
            f"(after all events of {named}, seed 7, scenario none)"
        )
