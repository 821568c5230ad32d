"""A study as data and their description, from which a browser runs every quarter with the same bits.

The tables are those before the burn-in; a column that is the same in every row is one number. Tables of
centres are a template, with a centre in every city: a page takes the rows of the centres that open.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from agents.compute_provider import CLASSES, KINDS
from agents.firm import TIERS
from experiments.browser.browser_sliders import sliders
from experiments.study.prepare import make_study
from experiments.study.run_key import rules_fingerprint
from experiments.study.settings import Settings
from experiments.study.study import Study
from model.economy.centre_tables import relative_sizes
from model.engine.binding import Absent
from model.engine.engine import Engine, Grouped
from model.engine.state import State
from model.engine.webassembly.module_cache import cached_module
from model.engine.webassembly.object_file import data_end
from model.engine.webassembly.quarter_program import Array, Program, quarter_program
from model.engine.webassembly.wasm_module import Kernel
from model.extensions.extended_model import Extended, extended
from model.parameters import Parameters
from model.scenarios.scenario import Opening, Scenario
from model.scenarios.siting import hub_cities, openings_of
from model.version import VERSION

CENTRE_TABLES = ("providers", "offers", "city_offers")
BY_HOST = ("route_order", "route_parent", "route_link", "route_traffic", "route_carried")
# Arrays that a page makes itself, of the length of a table of centres or of the list of dated sizes.
MADE = {
    "scratch_free": "providers",
    "scratch_asked": "providers",
    "scratch_request": "city_offers",
    "scratch_room": "city_offers",
    "step_quarter": "steps",
    "step_row": "steps",
    "step_size": "steps",
}
SHOWN = (  # measures of cities, of which those that a run has can be shown
    "innovation",
    "real_gdp",
    "value_added",
    "chain_level",
    "adoption_share",
    "compute_use",
    "compute_price",
    "wage",
    "talent",
    "firms",
    "people",
)


@dataclass
class Bundle:
    """The description of a study, for JSON, the data that it points into, and the module."""

    facts: dict[str, Any]
    data: bytes
    module: bytes


@dataclass
class _Block:
    content: bytearray = field(default_factory=bytearray)
    places: dict[bytes, int] = field(default_factory=dict)  # of what is there, by its hash

    def put(self, values: Array) -> dict[str, Any]:
        """Return type and shape of an array, and its one value or its place in the data."""
        said: dict[str, Any] = {"type": values.dtype.str[1:], "shape": list(values.shape)}
        flat = np.ascontiguousarray(values).ravel()
        if flat.size and (flat.view(np.uint8).reshape(flat.size, -1) == flat[:1].view(np.uint8)).all():
            return said | {"all": flat[:1].tobytes().hex()}
        content = flat.tobytes()
        mark = hashlib.blake2b(content).digest()
        if mark not in self.places:
            self.places[mark] = len(self.content)
            self.content += content + bytes(-len(content) % 16)
        return said | {"at": self.places[mark]}


def browser_bundle(settings: Settings, vectors: bool = True) -> Bundle:
    """Return the bundle of the study that settings ask for; ``vectors``: with SIMD instructions.

    The twin has a description of its own where its parameters differ: it builds no centres.

    Raises:
        RuleError: An event of an extension cannot be compiled.
    """
    study = make_study(settings)
    whole = extended(study.extension)
    (run, twin), block, kernels = study.arms.values(), _Block(), _Kernels()
    given = whole.coerce_parameters(study.parameters)
    parameters = run.applied_to(given)
    first, arm = _arm(study, whole, run, parameters, block, kernels)
    other = None
    if twin.applied_to(given) != parameters:
        _, other = _arm(study, whole, twin, twin.applied_to(given), block, kernels)
    for seed, said in arm["seeds"].items():
        said["twin_openings"] = _openings(study, twin, parameters, seed)
    module = cached_module(kernels.listed, vectors)
    facts = arm | {
        "version": VERSION,
        "fingerprint": rules_fingerprint(),
        "extensions": [one.name for one in whole.extensions],
        "scenario": {"name": run.name, "meaning": run.meaning},
        "made_with": made_with(settings),
        "start_year": parameters.start_year,
        "burn_in": parameters.burn_in,
        "until": study.until,
        "data_end": data_end(module),
        "kernels": [kernel.name for kernel in kernels.listed],
        "twin": other,
        "made": MADE,
        "kinds": list(KINDS),
        "classes": len(CLASSES),
        "sliders": sliders(parameters, first),
        "shown": [name for name in SHOWN if name in first.state["cities"]],
        "cities": _cities(study.country.cities),
    }
    return Bundle(facts, bytes(block.content), module)


class _Kernels:
    """The kernels of several programs, each once."""

    def __init__(self) -> None:
        self.listed: list[Kernel] = []
        self.numbers: dict[Kernel, int] = {}

    def number(self, kernel: Kernel) -> int:
        if kernel not in self.numbers:
            self.numbers[kernel] = len(self.listed)
            self.listed.append(kernel)
        return self.numbers[kernel]


def _arm(
    study: Study,
    whole: Extended,
    scenario: Scenario,
    parameters: Parameters,
    block: _Block,
    kernels: _Kernels,
) -> tuple[Engine, dict[str, Any]]:
    """Return the engine of the first seed of an arm, and the description of all its runs."""
    everywhere = [Opening(f"T{row}", row, KINDS[0], 0) for row in range(len(study.country.cities))]
    first = _engine(study, whole, parameters, everywhere, study.seeds[0])
    program = quarter_program(first)
    arrays = {name: block.put(values) for name, values in program.arrays.items() if name not in MADE}
    by_seed = {}
    for seed in study.seeds:
        other = first if seed == study.seeds[0] else _engine(study, whole, parameters, everywhere, seed)
        by_seed[seed] = {
            "bases": [f"{base:016x}" for base in program.bases(seed).tolist()],
            "arrays": _differing(program, other.state, first.state, block),
            "openings": _openings(study, scenario, parameters, seed),
        }
    quarters = range(-parameters.burn_in, 4 * (study.until - parameters.start_year + 1))
    return first, {
        "program": _described(program, [kernels.number(kernel) for kernel in program.kernels]),
        "rows": {name: table.rows for name, table in first.state.tables.items()},
        "pairs": {name: [pair.first[1], pair.second[1]] for name, pair in first.state.schema.pairs.items()},
        "arrays": arrays,
        "off": _off(program, first.absent),
        "numbers": {name: first.parameters[name] for name in program.parameters},
        "varying": {
            name: [path(q) for q in quarters]
            for name, path in first.varying.items()
            if not isinstance(path, Grouped)  # which quarter_program refuses
        },
        "seeds": by_seed,
        "slots": parameters.building_slots,
        "by_host": [name for name in (*BY_HOST, "site_latency") if name in arrays],
    }


def made_with(settings: Settings) -> dict[str, object]:
    """Return how the same study is made on the command line and in Python."""
    tables = ("cities", "sheet", "year", "centres", "links")
    files = {name: str(getattr(settings, name)) for name in tables}
    given: dict[str, Any] = {name: file for name, file in files.items() if file != "None"}
    changes = [
        f"{name}={value!r}" for name, value in settings.parameters.model_dump(exclude_unset=True).items()
    ]
    options = [f"--{name} {file}" for name, file in given.items()]
    options += [f"--extension {name}" for name in settings.extension] + [f"--set {one}" for one in changes]
    given |= {"scenario": settings.scenario, "until": settings.until}
    given |= {"extension": list(settings.extension)} if settings.extension else {}
    return {
        "scenario": settings.scenario,
        "command": "".join(f" {option}" for option in options),
        "python": [
            "from experiments.study.prepare import make_study",
            "from experiments.study.settings import merge_settings",
            "from model import RegionalModel",
            f"study = make_study(merge_settings(None, {given!r}, {changes!r}))",
        ],
    }


def _cities(cities: pd.DataFrame) -> list[list[Any]]:
    """Return English name, longitude, latitude, city_id and Chinese name of each city."""
    chinese = cities["name_zh"] if "name_zh" in cities else cities["name_en"]
    columns = (cities["name_en"], cities["lon"], cities["lat"], cities["city_id"], chinese)
    return [
        [str(one), round(float(lon), 3), round(float(lat), 3), int(number), str(other) or str(one)]
        for one, lon, lat, number, other in zip(*columns, strict=True)
    ]


def _engine(
    study: Study, whole: Extended, parameters: Parameters, openings: list[Opening], seed: int
) -> Engine:
    """Return the engine of a run before its burn-in, with these centres."""
    country = study.country
    hubs = hub_cities(country.cities, country.centres).tolist() if parameters.building_slots else ()
    state = whole.initial_state(country.cities, country.network, openings, parameters, seed, hubs)
    numbers, paths = parameters.numbers(), whole.paths(parameters, country.cities)
    return Engine(whole.quarter, state, whole.rules, numbers, seed, varying=paths)


def _differing(program: Program, state: State, first: State, block: _Block) -> dict[str, Any]:
    """Return the arrays of another seed that are not those of the first."""
    if state is first:
        return {}
    found = {}
    for name, values in program.arrays.items():
        table, _, column = name.partition(".")
        other = state[table][column] if column and table in state.tables else state.arrays.get(name, values)
        if name not in MADE and other.tobytes() != values.tobytes():
            found[name] = block.put(other)
    return found


def _openings(study: Study, scenario: Scenario, parameters: Parameters, seed: int) -> list[dict[str, Any]]:
    """Return the centres of a run in the order of their rows."""
    country = study.country
    found = openings_of(scenario, country.cities, country.centres, parameters.start_year, seed)
    listed = {one.centre_id for one in scenario.openings}
    return [
        {
            "city": one.city,
            "kind": KINDS.index(one.kind),
            "quarter": one.quarter,
            "sizes": relative_sizes(one, parameters),
            "industry": None if one.industry is None else TIERS.index(one.industry),
            # A centre that a user adds comes after these, before those of the scenario's rule.
            "listed": one.centre_id in listed or bool(re.fullmatch(r"P\d+", one.centre_id)),
        }
        for one in found
    ]


def _off(program: Program, absent: Absent) -> dict[str, str]:
    """Return the arrays of columns that are switched off, each with its table."""
    tables = {column: table for table, column in absent}
    found = {}
    for name in program.arrays:
        if name.startswith("off."):
            column = next(one for one in sorted(tables, key=len, reverse=True) if name.endswith(one))
            found[name] = tables[column]
    return found


def _described(program: Program, kernels: list[int]) -> dict[str, Any]:
    return {
        "calls": [
            {
                "event": call.event,
                "kernel": kernels[call.kernel],
                "every": call.every,
                "arguments": call.arguments,
                "table": call.table,
                "totals": call.totals,
            }
            for call in program.calls
        ],
        "parameters": program.parameters,
        "streams": program.streams,
        "values": program.values,
        "indices": program.indices,
    }
