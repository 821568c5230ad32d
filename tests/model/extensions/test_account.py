"""Own accounts: sums that must be equal, in runs that check invariants and in the check of extensions."""

import numpy as np
import pytest

from experiments.extension_check import FAILS, HOLDS, Trial, _accounts
from model import Account, AgentKind, Column, Extension, Parameter, after, for_each
from model.economy.invariants import InvariantError
from model.extensions.extended_model import extended
from model.extensions.extension import ExtensionError
from tests.support.small_run import run


def loan(revenue):
    return 0.1 * revenue


def loans(lent, leak):
    return lent * (1.0 - leak)


BANKS = AgentKind(
    "banks",
    "bank_",
    [
        Column("city", "row", "its city", index_of="cities"),
        Column("lent", "money", "to firms of its city"),
        Column("loans", "money", "in its book"),
    ],
    lambda cities: {"city": np.arange(len(cities))},
)


def lent(city_borrowed):
    return city_borrowed


OWN = Extension(
    "banks",
    agents=BANKS,
    parameters=Parameter("leak", 0.0, 0.0, 1.0, "fraction", "what the book leaves out"),
    columns={"firms": Column("loan", "money", "owed"), "cities": Column("borrowed", "money", "by firms")},
    events=[
        after(
            "national_means", for_each("x", "firms", loan, where="alive", totals={"city_borrowed": "loan"})
        ),
        after("loan", for_each("x", "banks", lent, loans)),
    ],
    accounts=[
        Account("loans", "banks.loans", "cities.borrowed", by="city"),
        Account("debts", "banks.loans - cities.borrowed", "sum banks.lent - banks.lent", meaning="no debt"),
        Account("gaps", "banks.loans - cities.borrowed", "0", meaning="no gap"),
    ],
)


def test_accounts_are_held_in_every_quarter(country):
    run(country, extension=OWN, check_invariants=True)
    said = r"the account of loans is 0\.001: banks\.loans must equal cities\.borrowed"
    with pytest.raises(InvariantError, match=said):
        run(country, extension=OWN, check_invariants=True, leak=0.001)
    run(country, extension=OWN, leak=0.001)


def test_the_check_of_extensions_reports_them(country):
    by_name = {}
    for leak, verdict in ((0.0, HOLDS), (0.5, FAILS)):
        trial = Trial(OWN, firms=60, quarters=2, cities=country, changes={"leak": leak})
        by_name = {one.what: one.verdict for one in _accounts(trial)}
        assert by_name["loans: banks.loans equals cities.borrowed"] == verdict
        assert by_name["no debt"] == by_name["no gap"] == verdict


@pytest.mark.parametrize(
    ("account", "said"),
    [
        (Account("x", "banks", "firms.loan"), "'banks' must be table.column, or several with"),
        (Account("x", "0", " 0"), "must be table.column, or several with \\+ and -; one of the two may be 0"),
        (Account("x", "firms.age firms.age", "firms.age"), "must be table.column, or several with"),
        (Account("x", "firms.aged", "firms.age"), "firms has no column 'aged'"),
        (
            Account("x", "firms.age", "nation.product", by="city"),
            "nation has no column that holds rows",
        ),
    ],
)
def test_mistakes_are_one_sentence(account, said):
    with pytest.raises(ExtensionError, match=f"account x: .*{said}"):
        extended(Extension("own", accounts=account))
