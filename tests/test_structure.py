"""The layout of the code: no circle of imports, no file name twice, no long file, few unformatted tables."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import networkx as nx

from tests import ROOT

PACKAGES = ("agents", "model", "experiments", "viz")
LINES = 400
# Tests of several modules, and what they share; the files of tests/ itself are about the project's own files.
CROSSING = ("docs", "fuzzing", "mutation", "properties", "robustness", "support")
UNTYPED = 30  # fewer public functions may have Any in their signature
# The order of a quarter and the parameters are tables; elsewhere the formatter decides.
UNFORMATTED = ("model/step.py", "model/parameters.py")


def files(*folders: str) -> list[Path]:
    """Python files below some folders of the project, in order."""
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def modules() -> dict[str, Path]:
    """Modules of the packages and of the benchmarks by their dotted names."""
    found = {}
    for path in files(*PACKAGES, "benchmarks"):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


def imported(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    """Modules that a module imports anywhere: at the top, in functions, for type checkers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in known else node.module for name in names)


def test_no_modules_import_each_other_in_a_circle():
    known = modules()
    graph = nx.DiGraph()
    for name, path in known.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        graph.add_edges_from((name, other) for other in imported(tree, known) if other != name)
    circles = [sorted(group) for group in nx.strongly_connected_components(graph) if len(group) > 1]
    assert circles == []


def test_no_file_name_occurs_twice():
    counts = Counter(path.name for path in files(*PACKAGES) if not path.name.startswith("__"))
    assert [name for name, count in counts.items() if count > 1] == []


def test_no_file_is_long():
    lengths = {
        path: len(path.read_text(encoding="utf-8").splitlines())
        for path in files(*PACKAGES, "benchmarks", "tests")
    }
    assert [f"{path.relative_to(ROOT)}: {count}" for path, count in lengths.items() if count > LINES] == []


def test_a_test_file_has_the_name_and_place_of_its_source():
    found = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        folder = path.relative_to(ROOT / "tests").parent
        name = path.name.removeprefix("test_")
        special = f"__{path.stem.removeprefix('test_')}__.py"  # test_main.py of __main__.py
        sources = [ROOT / folder / name, ROOT / folder / special]
        if folder.parts and folder.parts[0] not in CROSSING and not any(map(Path.exists, sources)):
            found.append(path.relative_to(ROOT).as_posix())
    assert found == []


def test_every_source_has_a_test_file_of_its_name():
    missing = set()
    for path in files(*PACKAGES, "benchmarks"):
        place = path.relative_to(ROOT)
        if (
            not path.name.startswith("__")
            and not (ROOT / "tests" / place.parent / f"test_{path.name}").exists()
        ):
            missing.add(place.as_posix())
    assert missing == set()


def test_the_formatter_decides():
    marked = [
        path.relative_to(ROOT).as_posix()
        for path in files(*PACKAGES, "benchmarks")
        if re.search(r"# fmt: (skip|off)", path.read_text(encoding="utf-8"))
    ]
    assert [path for path in marked if path not in UNFORMATTED] == []


def signatures(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Name and signature of every public function, and of public methods of public classes."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield (
                node.name,
                ast.unparse(node.args) + f" -> {ast.unparse(node.returns) if node.returns else ''}",
            )
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for name, text in signatures(ast.Module(node.body, [])):
                yield f"{node.name}.{name}", text


def test_few_public_signatures_have_any():
    found = []
    for path in files(*PACKAGES):
        for name, text in signatures(ast.parse(path.read_text(encoding="utf-8"))):
            if re.search(r"\bAny\b", text):
                found.append(f"{path.relative_to(ROOT)}: {name}")
    assert len(found) < UNTYPED, "\n".join(found)
