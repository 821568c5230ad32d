"""What Numba refuses: the rule is named, with a way to run it."""

from types import SimpleNamespace

import pytest

from model.engine.compile.compile_errors import explain_compile_error
from model.engine.engine import Engine
from model.engine.events import for_each
from model.engine.rule_source import RuleError, interpreted
from tests.support.random_economy import NUMBERS, SEED, filled
from tests.support.things import constant, things

MARKS = {"high": 2.0, "low": 0.5}


def start(mode="compiled", **rules):
    """Return an engine for the wages of cities and the quality of firms, with these rules."""
    events = [for_each(name, table, name) for name, table in (("wage", "cities"), ("quality", "firms"))]
    return Engine(events, filled(), {"wage": keeps, "quality": reads_own, **rules}, NUMBERS, SEED, mode)


def keeps(wage):
    return wage


def reads_own(quality):
    return quality


def reads_marks(wage):
    return wage * MARKS["high"]


def spelt_out(wage):
    return float.fromhex(wage.hex())


def test_a_compiled_rule_with_a_dictionary_is_refused_and_told_how_it_may_run():
    with pytest.raises(RuleError, match=r"reads_marks \(.*\) uses MARKS, a dict: .*mark it @interpreted"):
        start(wage=reads_marks)
    start("interpreted", wage=reads_marks).run(0)


def test_a_rule_that_numba_refuses_is_named_and_told_how_it_may_run():
    engine = start(wage=spelt_out)
    line = spelt_out.__code__.co_firstlineno
    refusal = (
        rf"rule wage \(.*test_compile_errors.py:{line}\) cannot be compiled: .*hex.*; mark it @interpreted"
    )
    with pytest.raises(RuleError, match=refusal):
        engine.run(0)
    start(wage=interpreted(spelt_out)).run(0)


def forgetful(wage):
    if wage > 1e9:
        return wage


def importing(wage):
    import math

    return math.exp(wage)


@pytest.mark.parametrize("rule", [forgetful, importing])
def test_whatever_keeps_a_rule_from_compiling_is_said_with_its_name(rule):
    with pytest.raises(RuleError, match=rf"rule wage \(.*:{rule.__code__.co_firstlineno}\)"):
        start(wage=rule).run(0)


def wordy(quality):
    return "text"


def test_a_compiled_rule_that_returns_a_text_is_refused_in_a_plain_sentence():
    with pytest.raises(RuleError, match=r"rule quality \(.*\)") as told:
        Engine((for_each("x", "firms", "quality"),), filled(), {"quality": wordy}, NUMBERS, SEED).run(0)
    assert "not a number" in str(told.value)
    assert "\x1b" not in str(told.value)
    assert "\n" not in str(told.value)


def whole(size):
    return (size, size)


def test_a_rule_that_returns_several_numbers_is_refused():
    engine = Engine([for_each("they grow", "things", "size")], things(), {"size": whole}, {}, 1)
    with pytest.raises(
        RuleError, match=r"rule size .* cannot be compiled: it returns UniTuple.*, not a number"
    ):
        engine.run(0, 2)


def test_an_error_that_no_rule_explains_stays_itself():
    error = TypeError("of something else")
    assert explain_compile_error(error, SimpleNamespace(rules=[])) is error
    fine = SimpleNamespace(rules=[SimpleNamespace(name="size", function=constant, reads=())])
    assert explain_compile_error(error, fine) is error
