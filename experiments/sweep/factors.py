"""Factors: from a row of the design to the scenario, parameters, country and rules of a run."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from agents.rules import Rules, UnknownRuleError
from agents.suggestions import did_you_mean, shown, shown_key
from experiments.sweep.errors import SweepError
from experiments.sweep.experiment_file import Experiment, Span
from model.engine.rule_source import RuleError
from model.extensions.extended_model import Extended, extended
from model.parameters import ParameterError, Parameters, describe, unknown_parameter
from model.scenarios.scenario import Scenario, ScenarioError
from model.scenarios.scenario_catalogue import find_scenario
from model.scenarios.siting import openings_of

WHOLE = ("scenario", "layout", "cities", "until", "rules")
SCENARIO_FIELDS = tuple(
    f.name
    for f in fields(Scenario)
    if f.name not in ("name", "meaning") and isinstance(f.default, bool | int | float | str)
)


@dataclass(frozen=True)
class Case:
    """The inputs of a run, except its seed."""

    scenario: Scenario
    parameters: Parameters
    cities: str
    until: int
    rules: str
    extended: Extended = field(default_factory=extended)


def column(factor: str) -> str:
    """Return the name of a factor's column in the design: the dot of a field becomes an underscore."""
    return factor.replace(".", "_")


def known_factors(experiment: Experiment) -> list[str]:
    """Return every name that a factor may have."""
    dotted = [f"scenario.{name}" for name in SCENARIO_FIELDS]
    return [*WHOLE, *dotted, *experiment.all_scales, *_table(experiment).model_fields]


def _table(experiment: Experiment) -> type[Parameters]:
    """Return the parameters of the model and of the experiment's extensions."""
    return experiment.extended.parameters


def is_whole(factor: str, experiment: Experiment) -> bool:
    """Return whether a factor takes whole numbers only."""
    if factor in _table(experiment).model_fields:
        return describe(factor, _table(experiment))["type"] == "int"
    if factor.startswith("scenario."):
        default = {f.name: f.default for f in fields(Scenario)}[factor.removeprefix("scenario.")]
        return isinstance(default, int) and not isinstance(default, bool)
    return factor == "until"


def case_of(experiment: Experiment, values: Mapping[str, int | float | str]) -> Case:
    """Return the case of a design point; ``values`` by factor.

    The experiment's parameters come first, then what the scenario changes, then factors: a factor wins.
    Raises SweepError, ParameterError or ScenarioError.
    """
    table, whole = _table(experiment), experiment.extended
    name = values.get("scenario", values.get("layout", experiment.scenario))
    scenario = find_scenario(str(name), whole.scenarios, table)
    own: dict[str, Any] = {
        factor.removeprefix("scenario."): _whole(factor, value) if is_whole(factor, experiment) else value
        for factor, value in values.items()
        if factor.startswith("scenario.")
    }
    changes: dict[str, Any] = {**experiment.parameters, **scenario.parameters}
    changes |= {k: v for k, v in values.items() if k in table.model_fields}
    parameters = table.checked(**changes)
    scaled: dict[str, float] = {}
    for factor, value in values.items():
        for parameter in experiment.all_scales.get(factor, ()):
            scaled[parameter] = scaled.get(parameter, getattr(parameters, parameter)) * float(value)
    return Case(
        replace(scenario, parameters={}, **own),
        parameters.changed(**scaled) if scaled else parameters,
        str(values.get("cities", experiment.cities)),
        _whole("until", values.get("until", experiment.until)),
        str(values.get("rules", experiment.rules)),
        whole,
    )


def _whole(factor: str, value: Any) -> int:
    # Next to a column of fractions a point's row holds 4 as 4.0.
    if not isinstance(value, int) and not float(value).is_integer():
        raise SweepError(f"{factor} takes whole numbers, not {shown(value)}")
    return int(value)


def check_factors(experiment: Experiment) -> None:
    """Refuse factors that do not exist and values that cannot be, each with a sentence."""
    problems = list(_problems(experiment))
    if problems:
        raise SweepError("\n".join(problems))


def _problems(experiment: Experiment) -> Iterable[str]:
    before = [*_scale_problems(experiment), *_common_problems(experiment)]
    if before:  # the checks of the factors rest on them
        yield from before
        return
    known, factors = known_factors(experiment), experiment.design.factors
    if "scenario" in factors and "layout" in factors:
        yield "design.factors: layout is another name of scenario; give one of them"
    for factor, levels in factors.items():
        if factor not in known:
            hint = did_you_mean(factor, known, "; `computeleap parameters` lists the parameters")
            yield f"design.factors: there is no factor {shown_key(factor)}{hint}"
            continue
        if isinstance(levels, Span):
            yield from _span_problems(factor, levels, experiment)
            tried: list[Any] = [levels.low, levels.high]
            if is_whole(factor, experiment):
                tried = [round(value) for value in tried]
        else:
            tried = levels
            if not levels:
                yield f"design.factors.{shown_key(factor)}: the list is empty"
            if len(set(map(repr, levels))) < len(levels):
                yield f"design.factors.{shown_key(factor)}: a value is in the list twice"
        for value in tried:
            yield from _value_problems(factor, value, experiment)


def _common_problems(experiment: Experiment) -> Iterable[str]:
    from model.country.country import load_country

    factors, table = experiment.design.factors, _table(experiment)
    unknown = [name for name in experiment.parameters if name not in table.model_fields]
    if unknown:
        yield from (f"parameters: {unknown_parameter(name, table)}" for name in unknown)
        return
    try:
        table.checked(**experiment.parameters)
        if "rules" not in factors:
            load_rules(experiment.rules, experiment.folder)
        if "cities" not in factors:
            load_country(experiment.cities, experiment.centres, experiment.links)
        if not {"scenario", "layout"} & set(factors):
            start = case_of(experiment, {}).parameters.start_year
            if "until" not in factors and experiment.until < start:
                yield f"until cannot be {experiment.until}: the first year that is reported is {start}"
    except (SweepError, ParameterError, ScenarioError, UnknownRuleError, RuleError, ValueError) as error:
        yield str(error)


def _scale_problems(experiment: Experiment) -> Iterable[str]:
    known = _table(experiment).model_fields
    for name, parameters in experiment.scales.items():
        if name in known or name in WHOLE:
            yield f"scales.{shown_key(name)}: the name is taken; choose another"
        if not parameters:
            yield f"scales.{shown_key(name)}: the list of parameters is empty"
        for parameter in parameters:
            if parameter not in known:
                hint = did_you_mean(parameter, known)
                yield f"scales.{shown_key(name)}: there is no parameter {shown_key(parameter)}{hint}"


def _span_problems(factor: str, span: Span, experiment: Experiment) -> Iterable[str]:
    place = f"design.factors.{shown_key(factor)}"
    if factor in WHOLE and factor != "until":
        yield f"{place} takes a list of names, not a range"
    if not span.low < span.high:
        yield f"{place}: low ({span.low:g}) must be below high ({span.high:g})"
    if span.scale == "log" and span.low <= 0:
        yield f"{place}: a log scale needs low above 0, not {span.low:g}"
    if experiment.design.kind == "factorial" and span.n is None:
        yield f"{place}: a factorial design needs n, the number of levels of the range"


def _value_problems(factor: str, value: Any, experiment: Experiment) -> Iterable[str]:
    from model.country.country import load_country

    try:
        case = case_of(experiment, {factor: value})
        start = case.parameters.start_year
        if case.until < start:
            yield f"until cannot be {case.until}: the first year that is reported is {start}"
        if factor == "rules":
            load_rules(case.rules, experiment.folder)
        if factor == "cities":
            load_country(case.cities, experiment.centres, experiment.links)
        if factor in ("scenario", "layout") or factor.startswith("scenario."):
            _check_openings(case, experiment)
    except (SweepError, ParameterError, ScenarioError, UnknownRuleError, RuleError) as error:
        yield f"design.factors.{shown_key(factor)}: {error}"
    except (TypeError, ValueError) as error:
        yield f"design.factors.{shown_key(factor)} cannot be {shown(value)}: {error}"


def _check_openings(case: Case, experiment: Experiment) -> None:
    """Refuse a scenario whose centres cannot open in the country of the case. Raises ScenarioError."""
    from model.country.country import load_country

    country = load_country(case.cities, experiment.centres, experiment.links)
    if case.parameters.closed_economy and len(country.cities) != 1:
        what = f"{case.scenario.name} has a country of its own, of one city, which a sweep cannot take"
        raise ScenarioError(f"{what}: run it with `computeleap run {case.scenario.name}`")
    start = case.parameters.start_year
    openings_of(case.scenario, country.cities, country.centres, start, experiment.first_seed)


@functools.lru_cache(maxsize=64)
def load_rules(name: str, folder: str) -> Rules:
    """Load the rules ``module:attribute``: a ``Rules``, a mapping of rules, or one rule under its own name.

    ``folder`` is where the experiment file lies; modules there are found. Raises SweepError.
    """
    if name == "default":
        return Rules()
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise SweepError(f"rules cannot be {name!r}: write module:attribute, such as my_rules:faster")
    said = f"rules {shown_key(name)}: the module {shown_key(module)}"
    if folder not in sys.path:
        sys.path.append(folder)
    try:
        made = importlib.import_module(module)
    except (Exception, SystemExit) as error:  # whatever a user-defined module does when it is imported
        what = " ".join(f"{type(error).__name__}: {error}".split())
        raise SweepError(f"{said} cannot be imported ({what})") from None
    if not hasattr(made, attribute):
        raise SweepError(f"{said} has no {shown_key(attribute)}{did_you_mean(attribute, vars(made))}")
    found = getattr(made, attribute)
    if isinstance(found, Rules):
        return found
    if isinstance(found, Mapping) and all(isinstance(key, str) for key in found):
        return Rules(**found)
    if callable(found):
        return Rules(**{found.__name__: found})
    raise SweepError(f"rules {name}: it is neither Rules, nor a mapping of rules, nor a rule")
