"""The first files of a new extension: a commented skeleton that runs, and a test of it."""

from __future__ import annotations

from collections.abc import Mapping

from model.extensions.extension import ExtensionError

EXTENSION = '''"""NAME: one sentence that says what changes, with its source.

    computeleap extension check NAME.py
    computeleap run random_hosts --extension NAME.py --set NAME_factor=1.2 --seeds 1
"""

from model import Extension, Measure, Parameter, wraps

# A rule reads what its arguments name; ``below`` is the result of the rule of the model. The rules and what
# each may read are on the pages Rules and Extending. Without @wraps it replaces the rule.


@wraps
def research_spending(below, adopter, NAME_factor):
    """Firms that work with compute spend NAME_factor times as much on research."""
    return below * (NAME_factor if adopter > 0.5 else 1.0)


# A column is a number that every agent of a kind has, and an event writes it:
#
#     def streak(streak, innovated):
#         return streak + 1.0 if innovated > 0.5 else 0.0
#
#     columns={"firms": Column("streak", "quarters", "with an innovation in each")},
#     events=after("revenue", for_each("firms count", "firms", streak, where="alive")),

extension = Extension(
    "NAME",
    meaning="what changes, in a few words",
    rules=research_spending,
    # Runs, scenarios and sweeps set it: --set NAME_factor=1.5
    parameters=Parameter("NAME_factor", 1.1, 0.5, 2.0, "ratio", "research budget of adopters", "judgement"),
    # What every run records, next to the columns of cities.
    measures=Measure("mean_research", "firms.research_spending", by="city", how="mean", unit="money/quarter"),
    # With these values a run is the model alone, to the bit, which the check verifies.
    neutral={"NAME_factor": 1.0},
)
'''

TEST = '''"""NAME: neutral at its neutral value, and it does something at its default."""

import numpy as np

from model import Parameters, RegionalModel
from model.country.synthetic import synthetic_country

CITIES = synthetic_country(12, 3)


def innovation(**how):
    model = RegionalModel(Parameters(firms=120, burn_in=2), "none", 1, cities=CITIES, **how)
    model.run_until(8)
    return np.array(model.history["innovation"])


def test_the_neutral_value_is_the_model_alone():
    assert np.array_equal(innovation(), innovation(extension="NAME.py", NAME_factor=1.0))


def test_the_default_changes_something():
    assert innovation(extension="NAME.py")[-1].sum() > innovation()[-1].sum()
'''


def skeleton(name: str) -> Mapping[str, str]:
    """Return the files of a new extension: name → text. Raises ExtensionError."""
    if not (name.isidentifier() and name.islower() and name.isascii()):
        raise ExtensionError(
            f"an extension cannot be called {name!r}: use a lower-case name such as carbon_tax"
        )
    files = {f"{name}.py": EXTENSION, f"test_{name}.py": TEST}
    return {file: text.replace("NAME", name) for file, text in files.items()}
