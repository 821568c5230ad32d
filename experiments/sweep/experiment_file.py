"""The experiment file: factors, seeds, records. TOML or YAML, checked by schema."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from agents.suggestions import did_you_mean, shown, shown_key
from experiments.sweep.errors import SweepError
from model.country.country import is_table_of_cities
from model.extensions.extended_model import Extended, extended
from model.extensions.loading import load_extensions
from model.files.toml_file import TomlError, read_toml
from model.files.yaml_file import read_yaml

KINDS = ("factorial", "lhs", "sobol", "random", "morris", "saltelli", "table")
SAMPLED = ("lhs", "sobol", "random", "morris", "saltelli")
PRESETS = Path(__file__).resolve().with_name("presets")
ENDINGS = (".toml", ".yaml", ".yml")

BUILT_IN_SCALES: dict[str, tuple[str, ...]] = {
    "latency_scale": ("latency_penalty_basic", "latency_penalty_intelligent", "latency_penalty_super"),
    "traffic_scale": ("traffic_basic", "traffic_intelligent", "traffic_super"),
    "trade_reach_scale": ("final_trade_reach", "intermediate_trade_reach"),
}
"""Factors that multiply several parameters at once; [scales] of an experiment adds to them."""

Value = bool | int | float | str


class Part(BaseModel):
    """A table of the experiment file: frozen, unknown keys refused, no silent conversion of types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Span(Part):
    """A factor that varies over a range: linearly or on a log scale, at ``n`` levels in a factorial."""

    low: float = Field(description="smallest value")
    high: float = Field(description="largest value")
    n: int | None = Field(None, ge=2, le=10**6, description="number of levels in a factorial design")
    scale: Literal["linear", "log"] = Field("linear", description="how levels are spaced")


def _kind_of_levels(given: Any) -> str:
    return "list" if isinstance(given, list) else "range"


Levels = Annotated[
    Annotated[list[Value], Tag("list")] | Annotated[Span, Tag("range")], Discriminator(_kind_of_levels)
]


class Design(Part):
    """The points to run."""

    kind: Literal["factorial", "lhs", "sobol", "random", "morris", "saltelli", "table"] = Field(
        "factorial", description="how points are laid"
    )
    n: int | None = Field(
        None, ge=1, le=10**7, description="points; trajectories of morris, base size of saltelli"
    )
    levels: int = Field(4, ge=2, le=100, description="levels of a morris design")
    second_order: bool = Field(False, description="saltelli: room for second-order indices")
    factors: dict[str, Levels] = Field(default_factory=dict, description="factors by name")
    file: str | None = Field(None, description="CSV or Parquet file of kind table: a column for each factor")
    where: str | None = Field(None, description="SQL condition on the factors that a point must meet")


class Record(Part):
    """The tables of a run that are kept."""

    metrics: list[str] | None = Field(None, description="yearly national metrics; all by default")
    panel: str | None = Field(
        None, description="SQL condition for the runs whose city panel is kept, such as replication = 0"
    )


class Limits(Part):
    """Limits of the runner; they may change between one start and the next."""

    timeout: float | None = Field(None, gt=0, le=1e7, description="longest time of a run, s")
    retries: int = Field(0, ge=0, le=10, description="times that a run that raises is tried again")
    max_failures: int | float = Field(
        0.05, ge=0, description="failed runs that stop the sweep: a count, or a share of all runs below 1"
    )
    chunk_seconds: float = Field(3.0, gt=0, le=3600, description="aim for the time of a chunk of runs, s")
    chunk: int | None = Field(None, ge=1, le=10**6, description="runs in a chunk, instead of that aim")


class Experiment(Part):
    """A whole experiment file; its words are those of a settings file wherever both say the same."""

    name: str = Field(
        min_length=1, max_length=100, pattern=r"^[\w-][\w.-]*$", description="name of the experiment"
    )
    meaning: str = Field("", description="the question it asks")
    scenario: str = Field("actual", description="name of a scenario")
    until: int = Field(2030, ge=1900, le=2100, description="last year")
    cities: str = Field("shipped", description="shipped, synthetic:N, synthetic:N:SEED, or a file")
    centres: str | None = Field(None, description="user-defined table of centres")
    links: str | None = Field(None, description="user-defined table of network links")
    rules: str = Field("default", description="module:attribute of a set of rules, or default")
    extension: str | list[str] | None = Field(
        None, description="module:name or file.py:name of user-defined rules, parameters, agents; or several"
    )
    parameters: dict[str, int | float] = Field(
        default_factory=dict, description="parameters that differ from their defaults"
    )
    design: Design = Field(
        default_factory=lambda: Design.model_validate({}), description="which points are run"
    )
    scales: dict[str, list[str]] = Field(
        default_factory=dict, description="further factors that multiply several parameters"
    )
    seeds: int = Field(1, ge=1, le=10**6, description="number of seeds; each point is run with each")
    first_seed: int = Field(1, ge=0, le=10**15, description="first seed; the others follow it")
    common_random_numbers: bool = Field(
        True, description="all points share the seeds; if false, each run has its own"
    )
    twin: bool = Field(False, description="also run each run's twin without centres, and report effects")
    record: Record = Field(default_factory=lambda: Record.model_validate({}), description="what is kept")
    run: Limits = Field(default_factory=lambda: Limits.model_validate({}), description="limits of the runner")
    store: str | None = Field(None, description="folder of the results; results/NAME by default")
    folder: str = Field(
        ".", description="set by the program: where the file lies; rules and extensions are looked for there"
    )

    @property
    def extended(self) -> Extended:
        """The model with the experiment's extensions. Raises ExtensionError."""
        given = self.extension or []
        return extended(load_extensions([given] if isinstance(given, str) else given, self.folder))

    @property
    def own_metrics(self) -> list[str]:
        """Names of the measures that the experiment's extensions record. Raises ExtensionError."""
        return [one.name for one in self.extended.measures] if self.extension else []

    @property
    def all_scales(self) -> dict[str, tuple[str, ...]]:
        """Names of factors that multiply parameters → those parameters."""
        return BUILT_IN_SCALES | {name: tuple(found) for name, found in self.scales.items()}

    def identity(self) -> dict[str, object]:
        """All that decides which runs there are and what they give, as plain values."""
        return self.model_dump(mode="json", exclude={"run", "store", "meaning", "folder"})


def read_experiment(path: str | Path) -> Experiment:
    """Read an experiment from a TOML or YAML file, or a preset by name; input paths count from its folder.

    Raises SweepError with one sentence for each mistake; the text begins with the file's name.
    """
    found = find_file(path)
    try:
        values = _parse(found)
        _anchor_paths(values, found.parent)
        return checked({**values, "folder": str(found.resolve().parent)})
    except (SweepError, TomlError) as error:
        raise SweepError("\n".join(f"{found}: {line}" for line in str(error).splitlines())) from None


def find_file(path: str | Path) -> Path:
    """Return the experiment file of that path, or the preset of that name. Raises SweepError."""
    given = Path(path)
    if given.is_file():
        return given
    presets = sorted(file.stem for file in PRESETS.glob("*.toml"))
    if str(path) in presets:
        return PRESETS / f"{path}.toml"
    hint = did_you_mean(given.stem, presets, f"; the presets are {', '.join(presets)}")
    raise SweepError(f"there is no experiment file and no preset {given}{hint}")


def checked(values: Mapping[str, object]) -> Experiment:
    """Return an experiment from plain values. Raises SweepError with a sentence for each mistake."""
    if renamed := _renamed(values):
        raise SweepError("\n".join(renamed))
    try:
        return Experiment.model_validate(dict(values))
    except ValidationError as error:
        said = dict.fromkeys(_sentence(item) for item in error.errors())
        raise SweepError("\n".join(said)) from None


def _renamed(values: Mapping[str, object]) -> list[str]:
    """Return a sentence for each key that had another name in an earlier version."""
    base, seeds = values.get("base"), values.get("seeds")
    found = {"replications": "seeds, the number of runs of each point"} if "replications" in values else {}
    if "base" in values and not (isinstance(base, dict) and base):
        found["base"] = "without a table: its keys are at the top of the file"
    for key in base if isinstance(base, dict) else ():
        new = {"parameters": "a table [parameters]", "edges": "links"}.get(key, key)
        found[f"base.{shown_key(key)}"] = f"{new}, at the top of the file"
    if "edges" in values:
        found["edges"] = "links"
    if isinstance(seeds, dict):
        found["seeds.root"], found["seeds.common"] = "first_seed", "common_random_numbers"
    return [f"{old} is now {new}" for old, new in found.items()]


def _parse(path: Path) -> dict[str, Any]:
    if path.suffix.lower() not in ENDINGS:
        raise SweepError(f"an experiment file ends in {', '.join(ENDINGS)}")
    if path.suffix.lower() == ".toml":
        return read_toml(path)
    values = read_yaml(path)
    if not isinstance(values, dict):
        raise SweepError("it holds no table of settings")
    return values


def _anchor_paths(values: dict[str, Any], folder: Path) -> None:
    """Make the paths of an experiment count from the folder of its file."""
    design = values.get("design")
    factors = design.get("factors") if isinstance(design, dict) else None
    for key in ("cities", "centres", "links"):
        _anchor(values, key, folder)
    if isinstance(design, dict):
        _anchor(design, "file", folder)
    if isinstance(factors, dict) and isinstance(factors.get("cities"), list):
        factors["cities"] = [
            anchored(one, folder) if isinstance(one, str) else one for one in factors["cities"]
        ]


def _anchor(table: dict[str, Any], key: str, folder: Path) -> None:
    if isinstance(table.get(key), str):
        table[key] = anchored(table[key], folder)


def anchored(name: str, folder: Path) -> str:
    """A path as seen from a folder; ``shipped`` and ``synthetic:N`` are not paths. Raises SweepError."""
    if "\0" in name:
        raise SweepError(f"a path cannot hold a zero byte, as {name[:60]!r} does")
    if not name or not is_table_of_cities(name):
        return name
    return str((folder / name).resolve())


_WANTED = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
}


def _exponent(value: object) -> str:
    """Return how YAML writes a number that looks like one but is a text there, such as 2e2."""
    if not isinstance(value, str):
        return ""
    try:
        number = float(value)
    except ValueError:
        return ""
    return f": YAML takes it for a text; write {number:.1f}" if math.isfinite(number) else ""


_LIMITS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def _sentence(error: Any) -> str:
    """Return one mistake as a sentence, with the key and, for an unknown one, the nearest valid one."""
    place = [str(item) for item in error["loc"]]
    if place[0] == "parameters" and len(place) > 2:  # the third says whether it was read as a whole number
        given = error["input"]
        return f"parameters.{shown_key(place[1])} must be a number, not {shown(given)}{_exponent(given)}"
    of_factor = place[:2] == ["design", "factors"] and len(place) > 3
    if of_factor:  # the fourth says whether it was read as a list or a range
        place = [
            *place[:3],
            *(item for item in place[4:] if error["type"] == "extra_forbidden" or item in Span.model_fields),
        ]
    name = ".".join(map(shown_key, place))
    if error["type"] == "extra_forbidden":
        *above, key = place
        known = sorted(_fields(above))
        hint = did_you_mean(key, known, f"; there are {', '.join(known)}")
        return f"there is no key {name}{hint}"
    if of_factor and len(place) == 3:
        example = '{low = 0.1, high = 2, n = 5, scale = "log"}'
        return f"{name} must be a list of values, or a range such as {example}"
    if error["type"] == "literal_error":
        return f"{name} cannot be {shown(error['input'])}: it is one of {error['ctx']['expected']}"
    if error["type"] in _WANTED:
        given = "" if error["type"] == "missing" else f", not {shown(error['input'])}"
        return f"{name} {_WANTED[error['type']]}{given}"
    ctx = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        given = shown(error["input"])
        return (
            f"{name} cannot be {given}: it takes letters, digits, _, - and ., no space, no dot at the start"
        )
    for limit, words in _LIMITS.items():
        if limit in ctx:
            return f"{name} cannot be {shown(error['input'])}: it must be {words} {ctx[limit]}"
    return f"{name} cannot be {shown(error['input'])}: {error['msg'].lower()}"


def _fields(place: list[str]) -> set[str]:
    model: Any = Experiment
    for key in place:
        if key in ("design", "record", "run") and model is Experiment:
            model = Experiment.model_fields[key].annotation
        elif model is Design:
            model = Span
    fields = set(model.model_fields)
    return fields - {"folder"} if model is Experiment else fields
