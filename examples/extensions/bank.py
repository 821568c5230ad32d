"""A bank in every city lends to the firms of its founders, within its equity, and bears their failures.

Holmström & Tirole 1997, Quarterly Journal of Economics 112(3), 663-691.
"""

from model import Account, AgentKind, Column, Extension, Measure, Parameter, after, before, for_each, wraps


def loan_wanted(research_spending, loan, credit_rate):
    """Credit that a firm asks for, to owe so many budgets of a quarter, money."""
    return max(credit_rate * research_spending - loan, 0.0)


def lent_share(city_loan_wanted, loans, equity, leverage):
    """Part of it that the bank grants: loans may reach a multiple of its equity."""
    room = leverage * equity - loans
    if room <= 0.0 or city_loan_wanted <= 0.0:
        return 0.0
    return min(room / city_loan_wanted, 1.0)


def borrowed(loan_wanted, home_lent_share):
    """New credit, money/quarter: the bank of the founder's home lends."""
    return loan_wanted * home_lent_share


def repaid(loan, repayment_rate):
    """Part of the loan that is paid back in a quarter."""
    return repayment_rate * loan


def interest(loan, interest_rate):
    """Interest of a quarter."""
    return interest_rate * loan


@wraps
def research_spending(below, borrowed):
    """The model's budget, and what was borrowed for it."""
    return below + borrowed


@wraps
def profit(below, borrowed, repaid, interest):
    """The owner's income: the loan comes in, repayment and interest go out."""
    return below + borrowed - repaid - interest


@wraps
def income(below, borrowed, repaid, interest):
    """The city's income: households own its bank, fund what it lends and get what it earns."""
    return below - borrowed + repaid + interest


def lost(loan, borrowed, repaid, exiting):
    """What a firm that closes leaves unpaid, money/quarter."""
    return exiting * (loan + borrowed - repaid)


def loan(loan, borrowed, repaid, lost):
    """What the firm owes at the end of the quarter."""
    return loan + borrowed - repaid - lost


def loans(loans, city_borrowed, city_repaid, city_lost):
    """What the bank is owed."""
    return loans + city_borrowed - city_repaid - city_lost


def equity(equity, city_interest, city_lost, retention):
    """The bank's equity: it keeps a part of its interest and bears all losses."""
    return equity + retention * city_interest - city_lost


def found(state, parameters):
    """A bank's first equity is a part of its city's output of a quarter."""
    state["banks"]["equity"] = parameters.first_equity * state["cities"]["market"]


FLOWS = ("borrowed", "repaid", "interest", "lost")

extension = Extension(
    "bank",
    meaning="banks lend for research",
    rules=[research_spending, profit, income],
    parameters=[
        Parameter(
            "credit_rate",
            2.0,
            0.0,
            20.0,
            "quarters",
            "debt that firms want, in budgets; 0 is off",
            "judgement",
        ),
        Parameter("leverage", 8.0, 0.0, 50.0, "ratio", "loans to equity at most", "Basel III: 8 % [check]"),
        Parameter("interest_rate", 0.015, 0.0, 0.2, "1/quarter", "interest", "6 % a year, judgement"),
        Parameter("repayment_rate", 0.1, 0.0, 1.0, "1/quarter", "repayment", "judgement"),
        Parameter("retention", 0.3, 0.0, 1.0, "fraction", "interest that is kept as equity", "judgement"),
        Parameter("first_equity", 0.005, 0.0, 1.0, "quarters of GDP", "equity at the start", "judgement"),
    ],
    agents=AgentKind(
        "banks",
        "bank_",
        [
            Column("city", "row", "its city", index_of="cities"),
            Column("loans", "money", "what it is owed"),
            Column("equity", "money", "what it may lose"),
            Column("lent_share", "fraction", "part of the credit asked for that it grants"),
        ],
        lambda cities: {"city": range(len(cities))},
    ),
    columns={
        "firms": [Column("loan", "money", "debt"), Column("loan_wanted", "money", "credit asked for")]
        + [Column(name, "money/quarter", f"{name} by the firm") for name in FLOWS],
        "cities": [
            Column("loan_wanted", "money", "asked for"),
            Column("lent_share", "fraction", "part granted"),
        ]
        + [Column(name, "money/quarter", f"{name} by firms of its founders") for name in FLOWS],
    },
    events=[
        before(
            "revenue",
            for_each(
                "firms ask for credit",
                "firms",
                loan_wanted,
                where="alive",
                totals={"home_loan_wanted": "loan_wanted"},
            ),
        ),
        after(
            "loan_wanted",
            for_each("banks lend", "banks", lent_share, totals={"city_lent_share": "lent_share"}),
        ),
        after(
            "lent_share",
            for_each(
                "firms borrow and pay",
                "firms",
                borrowed,
                repaid,
                interest,
                where="alive",
                totals={"home_borrowed": "borrowed", "home_repaid": "repaid", "home_interest": "interest"},
            ),
        ),
        after(
            "adoption_gain",
            for_each(
                "closing firms default", "firms", lost, loan, where="alive", totals={"home_lost": "lost"}
            ),
        ),
        after("lost", for_each("banks close their books", "banks", loans, equity)),
    ],
    measures=[
        Measure("credit", "firms.loan", unit="money", meaning="debt of firms"),
        Measure("credit_lost", "cities.lost", yearly="sum", unit="money/year", meaning="losses of banks"),
    ],
    accounts=Account(
        "loans", stock="banks.loans", equals="firms.loan", meaning="banks are owed what firms owe"
    ),
    prepare=found,
    neutral={"credit_rate": 0.0},
)
