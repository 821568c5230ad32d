"""Mutants: the modules of each group, and the changes that cosmic-ray makes to their text.

A mutant is a module with one operator, number, condition or loop changed; good tests notice it. Left out are
changes that only fail to run (a float shifted by bits), and places without behaviour: annotations,
decorators, texts.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Iterator

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

from tests import ROOT


def modules_in(folder: str, *others: str) -> tuple[str, ...]:
    """Modules of a folder, by their paths, without packages and the ``others`` named."""
    paths = sorted((ROOT / folder).glob("[!_]*.py"))
    return tuple(path.relative_to(ROOT).as_posix() for path in paths if path.stem not in others)


# Tables of columns and targets, first states and checks of a run are no rules, markets or measures.
GROUPS = {
    "rules": modules_in("agents"),
    "markets": (
        *modules_in("model/economy", "centre_tables", "initial_state", "invariants", "regional_schema"),
        "model/engine/matrix_products.py",
    ),
    "measures": modules_in(
        "experiments/measures", "findings", "observed_decade", "panel_checks", "published_targets"
    ),
}
# Tests of single rules, markets and measures: whole runs would notice nearly every mutant by their hash,
# without saying what a number ought to be.
TESTS = {
    "rules": ("tests/agents",),
    "markets": ("tests/model/economy", "tests/model/engine/test_matrix_products.py"),
    "measures": ("tests/experiments/measures",),
}
ARITHMETIC = {
    "Add": ("Sub", "Mul"),
    "Sub": ("Add", "Mul"),
    "Mul": ("Div", "Add"),
    "Div": ("Mul", "Sub"),
    "FloorDiv": ("Div", "Mul"),
    "Mod": ("FloorDiv", "Mul"),
    "Pow": ("Mul", "Div"),
    "BitAnd": ("BitOr",),
    "BitOr": ("BitAnd",),
    "BitXor": ("BitAnd",),
    "LShift": ("RShift",),
    "RShift": ("LShift",),
}
COMPARISON = {
    "Lt": ("LtE", "Gt"),
    "LtE": ("Lt", "Gt"),
    "Gt": ("GtE", "Lt"),
    "GtE": ("Gt", "Lt"),
    "Eq": ("NotEq", "LtE"),
    "NotEq": ("Eq",),
    "Is": ("IsNot",),
    "IsNot": ("Is",),
}
OTHERS = (
    "NumberReplacer",
    "AddNot",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ZeroIterationForLoop",
    "ReplaceUnaryOperator_USub_UAdd",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_Delete_Invert",
)
OPERATORS = (
    *(f"ReplaceBinaryOperator_{a}_{b}" for a, others in ARITHMETIC.items() for b in others),
    *(f"ReplaceComparisonOperator_{a}_{b}" for a, others in COMPARISON.items() for b in others),
    *OTHERS,
)


Span = tuple[tuple[int, int], tuple[int, int]]
# Of two equal numbers it does not matter which is the lesser.
TIES = ("Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One change: the ``occurrence``-th place in the module to which the operator applies."""

    module: str
    operator: str
    occurrence: int
    line: int
    column: int

    def source(self) -> str | None:
        """The module's text with the change; None if there is no such place."""
        made = get_operator(f"core/{self.operator}")()
        text: str | None = mutate_code(original(self.module), made, self.occurrence)
        return text


def original(module: str) -> str:
    """Text of a module, named by its path from the root of the project."""
    return (ROOT / module).read_text(encoding="utf-8")


def mutants_of(module: str) -> Iterator[Mutant]:
    """All mutants of a module, operator by operator."""
    text = original(module)
    nodes = list(ast_nodes(get_ast(text)))
    skipped, choices = silent_places(text), least_or_most(text)
    for operator in OPERATORS:
        made = get_operator(f"core/{operator}")()
        places = [start for node in nodes for start, _ in made.mutation_positions(node)]
        for occurrence, (line, column) in enumerate(places):
            silent = any(first <= (line, column) < last for first, last in skipped)
            same = operator.endswith(TIES) and any(f <= (line, column) < last for f, last in choices)
            if not silent and not same:
                yield Mutant(module, operator, occurrence, line, column)


def silent_places(text: str) -> list[Span]:
    """(line, column) of start and end of annotations and decorators, and of ``main``, which prints tables."""
    lines = text.splitlines()
    found = []
    for node in ast.walk(ast.parse(text)):
        parts: list[ast.expr | ast.stmt | None] = []
        if isinstance(node, ast.FunctionDef):
            parts = [node.returns, *node.decorator_list]
            if node.name == "main":
                parts += [*node.body]
        elif isinstance(node, ast.If) and ast.unparse(node.test).startswith("__name__"):
            parts = [node.test]
        elif isinstance(node, ast.ClassDef):
            parts = [*node.decorator_list]
        elif isinstance(node, ast.arg | ast.AnnAssign):
            parts = [node.annotation]
        found += [span(lines, part) for part in parts if part is not None]
    return found


def least_or_most(text: str) -> list[Span]:
    """The comparisons of ``a if a < b else b``: with ≤ they are the same."""
    lines = text.splitlines()
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.IfExp) and isinstance(node.test, ast.Compare) and len(node.test.ops) == 1:
            compared = {ast.dump(node.test.left), ast.dump(node.test.comparators[0])}
            if compared == {ast.dump(node.body), ast.dump(node.orelse)}:
                found.append(span(lines, node.test))
    return found


def span(lines: list[str], node: ast.expr | ast.stmt) -> Span:
    """Where a part of the text starts and ends, in characters."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return (
        (node.lineno, characters(lines[node.lineno - 1], node.col_offset)),
        (node.end_lineno, characters(lines[node.end_lineno - 1], node.end_col_offset)),
    )


def characters(line: str, bytes_before: int) -> int:
    """Column in characters of a place that is given in bytes."""
    return len(line.encode()[:bytes_before].decode())


def changed_line(module: str, text: str) -> tuple[str, str]:
    """The first line that differs, before and after."""
    for old, new in zip(original(module).splitlines(), text.splitlines(), strict=False):
        if old != new:
            return old.strip(), new.strip()
    return "", ""
