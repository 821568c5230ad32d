"""Time and memory of a model, in names that airspeed velocity knows: ``time_``, ``peakmem_``, ``timeraw_``.

Only names that every commit since 0.3.0 has are used. Rules are compiled before the clock runs.
"""

from __future__ import annotations

from model import Parameters, RegionalModel


def small_model(firms: int) -> RegionalModel:
    """Return a model of the shipped country without burn-in."""
    return RegionalModel(Parameters(firms=firms, burn_in=0), "actual", rng=1)


class Quarter:
    """A quarter of the country, by number of firms."""

    params = (1_000, 10_000)
    param_names = ("firms",)
    timeout = 600.0
    warmup_time = 0.0

    def setup(self, firms: int) -> None:
        """Make a model and take the step that compiles."""
        self.model = small_model(firms)
        self.model.step()

    def time_quarter(self, firms: int) -> None:
        """Time a quarter."""
        self.model.step()


class FirstTables:  # asv calls whatever a module names setup, in any case, before every timing
    """A model before its first quarter."""

    timeout = 600.0
    firms = 10_000

    def setup(self) -> None:
        """Compile."""
        small_model(self.firms)

    def time_set_up(self) -> None:
        """Time tables, network and initial state."""
        small_model(self.firms)

    def peakmem_set_up(self) -> None:
        """Measure the memory of a process with one model."""
        small_model(self.firms)


class Import:
    """A process that imports the model."""

    timeout = 600.0
    number = 1

    def timeraw_import(self) -> str:
        """Time what a script waits for before it can make a model."""
        return "import model"
