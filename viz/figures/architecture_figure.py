"""The rooms of the four packages and the imports between them, read from the code.

``python -m viz.figures.architecture_figure FILE.svg`` renews the picture of docs/architecture.md.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import networkx as nx
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

PACKAGES = ("agents", "model", "experiments", "viz")  # from the bottom to the top
PROJECT = Path(__file__).resolve().parents[2]
COLOURS = {"agents": "#dbe8d8", "model": "#d8e3f0", "experiments": "#f3e6cf", "viz": "#ead9ea"}
WIDTH, HEIGHT, GAP = 1.75, 0.62, 0.3  # of a room, in units of the axes
LEFT = -4.9


def room_of(module: str) -> str:
    """Return the room of a dotted module: a folder of a package, or a file directly in it.

    ``model.engine.compile.kernel_cache`` is in ``model.engine``, ``model.step.QUARTER`` in ``model.step``;
    the files of ``agents`` are one room.
    """
    parts = module.split(".")
    inside = len(parts) > 1 and parts[0] != "agents"
    if inside and PROJECT.joinpath(*parts[:2]).is_dir():
        return ".".join(parts[:2])
    return (
        ".".join(parts[:2])
        if inside and PROJECT.joinpath(*parts[:2]).with_suffix(".py").exists()
        else parts[0]
    )


def import_graph(project: Path = PROJECT) -> nx.DiGraph[str]:
    """Return the graph of rooms; an edge u → v says that a file of u imports one of v.

    Nodes have ``lines``, the lines of Python in the room; edges have ``imports``, a count.
    """
    lines: Counter[str] = Counter()
    imports: Counter[tuple[str, str]] = Counter()
    for package in PACKAGES:
        for path in sorted((project / package).rglob("*.py")):
            if path.stem in ("__init__", "__main__") and path.parent.name == package != "agents":
                continue  # names for users, and the commands
            text = path.read_text(encoding="utf-8")
            room = room_of(".".join(path.relative_to(project).with_suffix("").parts))
            lines[room] += text.count("\n")
            for target in _imported(ast.parse(text)):
                if target.split(".")[0] in PACKAGES and room_of(target) != room:
                    imports[room, room_of(target)] += 1
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from((room, {"lines": count}) for room, count in lines.items())
    # Names that a package offers to users have no room.
    graph.add_edges_from((u, v, {"imports": n}) for (u, v), n in imports.items() if v in lines)
    return graph


def _imported(tree: ast.Module) -> list[str]:
    """Dotted names of the modules that a file imports; ``from model import engine`` is ``model.engine``."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [f"{node.module}.{name.name}" for name in node.names]
    return found


def architecture_figure(graph: nx.DiGraph[str] | None = None) -> Figure:
    """Draw the rooms, one band for each package, each room above those of its package that it imports.

    An arrow joins a room with one of its package that it imports, unless others lead there too; between
    packages the direction is that of the bands.

    Raises:
        ValueError: rooms of a package import each other in a circle.
    """
    graph = import_graph() if graph is None else graph
    figure = Figure(figsize=(9.5, 12.5))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    floor = 0.0
    for package in PACKAGES:
        own = graph.subgraph(room for room in graph if room.split(".")[0] == package)
        if not len(own):
            continue
        if not nx.is_directed_acyclic_graph(own):
            raise ValueError(f"rooms import each other in a circle: {' → '.join(_circle(own))}")
        places = _places(own, floor)
        top = max(y for _, y in places.values())
        axes.axhspan(floor - HEIGHT, top + HEIGHT, color=COLOURS[package], alpha=0.35, zorder=0)
        axes.text(LEFT, (floor + top) / 2, package, fontsize=15, weight="bold", va="center", color="#444444")
        for room, place in places.items():
            _draw_room(axes, room, place, graph.nodes[room]["lines"])
        for u, v in nx.transitive_reduction(own).edges:
            (x, y), (x2, y2) = places[u], places[v]
            arrow = {"arrowstyle": "-|>", "color": "#777777", "lw": 0.8, "shrinkA": 0, "shrinkB": 1}
            axes.annotate("", (x2, y2 + HEIGHT / 2), (x, y - HEIGHT / 2), arrowprops=arrow, zorder=1)
        floor = top + 2 * HEIGHT + 2 * GAP
    axes.set_xlim(LEFT - 0.2, -LEFT)
    axes.set_ylim(-HEIGHT, floor - 2 * GAP)
    return figure


def _circle(graph: nx.DiGraph[str]) -> list[str]:
    edges = nx.find_cycle(graph)
    return [edges[0][0], *(v for _, v in edges)]


def _places(graph: nx.DiGraph[str], floor: float) -> dict[str, tuple[float, float]]:
    """Return the centre (x, y) of each room of a package: one row for each level of imports."""
    places = {}
    for level, rooms in enumerate(nx.topological_generations(graph.reverse())):
        for k, room in enumerate(sorted(rooms)):
            x = (k - (len(rooms) - 1) / 2) * (WIDTH + GAP)
            places[room] = (x, floor + level * (HEIGHT + 2 * GAP))
    return places


def _draw_room(axes: Axes, room: str, place: tuple[float, float], lines: int) -> None:
    x, y = place
    corner = (x - WIDTH / 2, y - HEIGHT / 2)
    colour = COLOURS[room.split(".")[0]]
    axes.add_patch(
        FancyBboxPatch(
            corner, WIDTH, HEIGHT, boxstyle="round,pad=0.02", facecolor=colour, edgecolor="#666666", zorder=2
        )
    )
    ending = "/" if (PROJECT / room.replace(".", "/")).is_dir() else ".py"
    axes.text(x, y + 0.1, (room.partition(".")[2] or room) + ending, ha="center", va="center", fontsize=9)
    axes.text(x, y - 0.17, f"{lines:,} lines", ha="center", va="center", fontsize=7, color="#555555")


def main(target: str) -> None:
    """Write the picture to a file."""
    architecture_figure().savefig(target, dpi=110)


if __name__ == "__main__":
    main(sys.argv[1])
