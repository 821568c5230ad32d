"""Functions within the steps of a market that an extension replaces."""

import pytest

from model import Extension, RegionalModel
from model.economy import compute_tender
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from tests.support.small_run import SMALL, assert_same


def can_take(free, room, hosted, carried):
    return False


def alike():
    def can_take(free, room, hosted, carried):
        return compute_tender.can_take(free, room, hosted, carried)

    return can_take


def market(function, called="award_tender"):
    return Extension("tender", calls={called: function})


def made(country, function=None):
    extension = None if function is None else market(function)
    how = {"cities": country, "extension": extension, "engine": "interpreted"}
    model = RegionalModel(SMALL, "actual", 5, **how)
    model.open_centre(country["city_id"][0], "basic", 0.01)
    model.run_until(2)
    return model


def test_a_market_calls_the_function_of_an_extension(country):
    plain = made(country)
    assert_same(plain, made(country, alike()))
    assert plain.state["city_offers"]["share"].sum() > 0.0
    assert made(country, can_take).state["city_offers"]["share"].sum() == 0.0


def test_a_function_that_no_market_calls_is_refused():
    def can_tak(free, room, hosted, carried):
        return False

    wrong = {"it calls no function can_tak; did you mean can_take": market(can_tak)}
    wrong |= {"which is no market; did you mean award_tender": market(can_take, "award_tenders")}
    for said, one in wrong.items():
        with pytest.raises(ExtensionError, match=said):
            extended(one)

    def can_take_less(free, room):
        return False

    can_take_less.__name__ = "can_take"
    with pytest.raises(ExtensionError, match="must take free, room, hosted, carried"):
        extended(market(can_take_less))
    assert extended(market(can_take)).fingerprint != extended(market(alike())).fingerprint
