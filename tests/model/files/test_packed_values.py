"""Values packed as JSON and arrays come back as they were; anything else is refused."""

import json
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from model.files.packed_values import pack, unpack


@dataclass(frozen=True)
class Pair:
    one: object
    other: object


def there_and_back(value):
    arrays = {}
    text = json.dumps(pack(value, arrays, {"Pair": Pair}))
    return unpack(json.loads(text), arrays, {"Pair": Pair})


@pytest.mark.parametrize(
    "value",
    [
        [1, 2.5, True, None, "é", float("inf")],
        (1, (2, 3), [4]),
        {1: "a", ("b", 2): {3}},
        Pair({"x": 0.1}, (1, 2**70)),
        np.float64(0.1),
        [],
    ],
)
def test_values_come_back(value):
    assert there_and_back(value) == value
    assert type(there_and_back(value)) is type(value)


def test_arrays_frames_and_graphs_come_back():
    arrays = [np.arange(3.0), np.arange(3.0) + 1.0]
    assert all(map(np.array_equal, there_and_back(arrays), arrays))
    assert there_and_back([np.arange(2), np.arange(3)])[1].dtype == np.arange(3).dtype
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"], "c": pd.array([1, None], dtype="Int64")})
    frame.attrs["reading"] = ["plain"]
    back = there_and_back(frame)
    pd.testing.assert_frame_equal(back, frame, check_index_type=False)
    assert back.attrs == frame.attrs
    graph = nx.Graph(made="today")
    graph.add_edge(2, 1, km=np.float64(3.5))
    back = there_and_back(graph)
    assert list(back.nodes) == [2, 1]
    assert back.edges[1, 2] == {"km": 3.5}
    assert back.graph == {"made": "today"}


def test_anything_else_is_refused():
    for value, said in ((print, "a builtin"), (np.array([print]), "objects"), (nx.DiGraph(), "a DiGraph")):
        with pytest.raises(TypeError, match=said):
            pack({"x": value}, {})
    for value in ({"code": "x"}, [1], {"array": "none"}, {"of": "Pair", "with": {}}):
        with pytest.raises((ValueError, KeyError)):
            unpack(value, {})
