"""A run on disk: its arrays and a manifest in JSON, in one ``.npz`` archive. Nothing in it is executed.

Rules, extensions and agent classes are code and not in the file, which holds their fingerprint: who loads a
run gives them again, and others are refused.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model.country.country import Country
from model.extensions.extended_model import OF_SCENARIO, Extended
from model.files.packed_values import Arrays, pack, unpack
from model.run_copies import Content, CopyError, snapshot
from model.running_model import RunningModel
from model.scenarios.parameter_paths import By, Dated, Ramp, Step
from model.scenarios.scenario import Opening, Place, Scenario
from model.version import VERSION

FORM = "computeleap run 1"
MANIFEST = "manifest"
KINDS = {kind.__name__: kind for kind in (Country, Scenario, Opening, Place, Ramp, Step, Dated, By)}
PACKED = ("scenario", "country", "parameters", "how")  # values of classes of the model, as data
HOW = ("engine", "threads", "arithmetic")


def save(model: RunningModel, path: str | Path) -> None:
    """Write a run to a file. Raises CopyError: it holds something that is no data, or cannot be written."""
    if model.own_agents:
        kind = type(model.own_agents[0]).__name__
        raise CopyError(f"a model with agents of Mesa ({kind}) cannot be saved: fork() copies it")
    kept = snapshot(model)
    del kept["agents"]
    collected = kept["records"].pop("datacollector")
    kept["collected"] = collected.model_vars
    content = {
        "form": FORM,
        "version": VERSION,
        "class": type(model).__name__,
        "scenario": model.experiment,
        "seed": model.seed,
        "country": model.country,
        "parameters": model.parameters.model_dump(),
        "how": {name: model._made_with[name] for name in HOW},
        "code": [one.name for one in model.extended.extensions if not one.place.startswith(OF_SCENARIO)],
        "fingerprint": model.extended.fingerprint,
    }
    arrays: Arrays = {}
    try:
        content |= {name: pack(content[name], arrays, KINDS) for name in PACKED}
        content["kept"] = {name: _packed(name, value, arrays) for name, value in kept.items()}
    except TypeError as error:
        raise CopyError(f"this model cannot be saved: it holds {error}, which is no data") from None
    text = json.dumps(content)
    stream = io.BytesIO()
    written: dict[str, Any] = {MANIFEST: np.frombuffer(text.encode(), np.uint8), **arrays}
    np.savez_compressed(stream, **written)
    try:
        Path(path).write_bytes(stream.getvalue())
    except OSError as error:
        raise CopyError(f"{path} cannot be written: {error.strerror}") from None


def _packed(part: str, value: Any, arrays: Arrays) -> Any:
    try:
        return pack(value, arrays, KINDS)
    except TypeError:
        if part != "own":
            raise
    for name, item in value.items():  # name the attribute that cannot be kept
        try:
            pack(item, {}, KINDS)
        except TypeError as error:
            raise TypeError(f"{error} in {name}") from None
    raise AssertionError(part)


def read(path: str | Path) -> Content:
    """Return the content of a file that ``save`` wrote. Raises CopyError: it is none of this version."""
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise CopyError(f"{path} cannot be read: {error.strerror}") from None
    try:
        with np.load(io.BytesIO(text), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        content: Content = json.loads(arrays.pop(MANIFEST).tobytes().decode())
        if content["form"] != FORM or content["version"] != VERSION:
            found = content["version"]
            raise CopyError(f"{path} holds a run of version {found} of the model: this is {VERSION}")
        content |= {name: unpack(content[name], arrays, KINDS) for name in PACKED}
        content["kept"] = {name: unpack(value, arrays, KINDS) for name, value in content["kept"].items()}
        return content
    except (CopyError, MemoryError):
        raise
    except Exception as error:  # a damaged archive raises whatever its parts bring about
        raise CopyError(f"{path} holds no run of this version ({type(error).__name__}: {error})") from None


def check_code(path: str | Path, content: Mapping[str, object], found: Extended) -> None:
    """Check that the extensions given are those of the saved run. Raises CopyError."""
    if found.fingerprint == content["fingerprint"]:
        return
    had_code = content["code"]
    names = [str(name) for name in had_code] if isinstance(had_code, list) else []
    had = f"extensions {', '.join(names)}" if names else "no extension"
    given = ", ".join(one.name for one in found.extensions) or "none"
    raise CopyError(
        f"{path} is a run with {had}: give the same rules, extension and faces to load, with the same text; "
        f"{given} was given, or was edited since"
    )
