"""Plain values and arrays as JSON and NumPy arrays, and back: no file of them is ever executed.

``pack`` takes what a run consists of: numbers, texts, lists, tuples, mappings, arrays, DataFrames, graphs and
the dataclasses that the caller names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

PLAIN = (bool, int, float, str)
Arrays = dict[str, np.ndarray]


def pack(given: object, arrays: Arrays, kinds: Mapping[str, type] | None = None) -> object:
    """Return the value as JSON can hold it; arrays go to ``arrays``, which it names.

    kinds: dataclasses that may occur, by name.

    Raises:
        TypeError: it holds something else; the message says what.
    """
    value: Any = given
    if value is None or type(value) in PLAIN:
        return value
    if value is pd.NA:
        return {"missing": True}
    if isinstance(value, np.ndarray | np.generic):
        if value.dtype.hasobject:
            raise TypeError("an array of objects")
        return {"scalar" if isinstance(value, np.generic) else "array": _kept(np.asarray(value), arrays)}

    def packed(item: Any) -> Any:
        return pack(item, arrays, kinds)

    if isinstance(value, list) and _alike(value):
        return {"arrays": _kept(np.stack(value), arrays)}
    if type(value) in (list, tuple, set, frozenset):
        return {type(value).__name__: [packed(item) for item in value]}
    if isinstance(value, Mapping):
        return {"mapping": [[packed(key), packed(item)] for key, item in value.items()]}
    if isinstance(value, pd.DataFrame):
        return {"frame": _frame(value, packed)}
    if isinstance(value, nx.Graph) and type(value) is nx.Graph:
        nodes, edges = (
            [list(item) for item in value.nodes(data=True)],
            [list(e) for e in value.edges(data=True)],
        )
        return {"graph": packed([value.graph, nodes, edges])}
    name = type(value).__name__
    if is_dataclass(value) and (kinds or {}).get(name) is type(value):
        return {"of": name, "with": {one.name: packed(getattr(value, one.name)) for one in fields(value)}}
    raise TypeError(f"a {name}")


def _alike(values: list[Any]) -> bool:
    first = values[0] if values else None
    return (
        isinstance(first, np.ndarray)
        and not first.dtype.hasobject
        and all(
            isinstance(one, np.ndarray) and one.dtype == first.dtype and one.shape == first.shape
            for one in values
        )
    )


def _kept(array: np.ndarray, arrays: Arrays) -> str:
    name = f"a{len(arrays)}"
    arrays[name] = array
    return name


def _frame(frame: pd.DataFrame, packed: Callable[[Any], Any]) -> dict[str, Any]:
    columns = []
    for name, column in frame.items():
        numbers = isinstance(column.dtype, np.dtype) and column.dtype != object
        values = column.to_numpy() if numbers else list(column)
        columns.append([packed(name), str(column.dtype), packed(values)])
    return {"columns": columns, "index": packed(list(frame.index)), "attrs": packed(dict(frame.attrs))}


def unpack(value: Any, arrays: Mapping[str, np.ndarray], kinds: Mapping[str, type] | None = None) -> Any:
    """Return the value that ``pack`` was given.

    Raises:
        ValueError, KeyError, TypeError: it is none that ``pack`` makes.
    """
    if not isinstance(value, dict):
        if value is None or type(value) in PLAIN:
            return value
        raise ValueError("a list without its kind")

    def back(item: Any) -> Any:
        return unpack(item, arrays, kinds)

    if "of" in value:
        kind = (kinds or {})[value["of"]]
        return kind(**{name: back(item) for name, item in value["with"].items()})
    ((kind, content),) = value.items()
    match kind:
        case "missing":
            return pd.NA
        case "array":
            return arrays[content]
        case "scalar":
            return arrays[content][()]
        case "arrays":
            return list(arrays[content])
        case "list" | "tuple" | "set" | "frozenset":
            return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[kind](
                map(back, content)
            )
        case "mapping":
            return {back(key): back(item) for key, item in content}
        case "frame":
            columns = {back(name): pd.Series(back(held), dtype=of) for name, of, held in content["columns"]}
            frame = pd.DataFrame(columns).set_axis(back(content["index"]), axis="index")
            frame.attrs.update(back(content["attrs"]))
            return frame
        case "graph":
            graph, nodes, edges = back(content)
            made: nx.Graph[Any] = nx.Graph(**graph)
            made.add_nodes_from((node, held) for node, held in nodes)
            made.add_edges_from((one, other, held) for one, other, held in edges)
            return made
    raise ValueError(f"a value of kind {kind!r}")
