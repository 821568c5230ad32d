"""The picture of the architecture: rooms and imports as the code has them."""

from __future__ import annotations

import networkx as nx
import pytest

from viz.figures.architecture_figure import PACKAGES, architecture_figure, import_graph, room_of


@pytest.mark.parametrize(
    ("module", "room"),
    [
        ("model.engine.compile.kernel_cache", "model.engine"),
        ("model.step.QUARTER", "model.step"),
        ("agents.firm", "agents"),
        ("model.RegionalModel", "model"),
    ],
)
def test_a_module_is_in_a_folder_or_is_a_room_itself(module, room):
    assert room_of(module) == room


def test_the_graph_is_that_of_the_code():
    graph = import_graph()
    assert graph.nodes["model.engine"]["lines"] > 1_000
    assert graph.has_edge("model.step", "model.economy")
    assert not any(graph.has_edge("model.engine", room) for room in graph if room.startswith("model."))


def test_no_arrow_leads_up_and_none_in_a_circle():
    graph = import_graph()
    rank = {package: k for k, package in enumerate(PACKAGES)}
    assert all(rank[v.split(".")[0]] <= rank[u.split(".")[0]] for u, v in graph.edges)
    assert nx.is_directed_acyclic_graph(graph)


def test_rooms_in_a_circle_are_refused():
    graph = nx.DiGraph([("model.a", "model.b"), ("model.b", "model.a")])
    nx.set_node_attributes(graph, 1, "lines")
    with pytest.raises(ValueError, match=r"circle: model\.\w → model\.\w → model\.\w"):
        architecture_figure(graph)


def test_every_room_is_drawn():
    graph = nx.DiGraph([("viz.cli", "model.engine"), ("viz.cli", "viz.figures")])
    nx.set_node_attributes(graph, 7, "lines")
    graph.add_nodes_from(("agents", "experiments.study"), lines=7)
    texts = [text.get_text() for text in architecture_figure(graph).axes[0].texts]
    assert {"cli/", "engine/", "figures/", "agents/", "study/", "7 lines"} <= set(texts)
