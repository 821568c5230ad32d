"""The rules page of an extension, as Markdown and as LaTeX: what a paper prints of it."""

from __future__ import annotations

from collections.abc import Iterable

from agents.columns import Column
from experiments.pages.odd_pages import event_line, procedure_text, rule_text, totals_text
from experiments.pages.rule_tex import escaped, rule_tex
from model.engine.events import ForEach
from model.extensions.dependencies import MODEL_EVENTS, bound_event, readings
from model.extensions.extended_model import Extended
from model.extensions.extension import Extension


def extension_page(whole: Extended) -> str:
    """Return parameters, columns, measures and rules of extensions as Markdown, in order of the quarter."""
    parts: list[str] = []
    for one in whole.extensions:
        parts.append(f"# {one.name}\n\n{one.meaning or 'An extension of ComputeLeap'}.\n")
        parts += _table(("parameter", "default", "range", "unit", "meaning", "source"), _parameters(one))
        parts += _table(("column", "unit", "meaning", "start"), _columns(one))
        parts += _table(("measure", "of", "by", "how", "unit", "meaning"), _measures(one))
        parts += _table(
            ("account", "stock", "equals", "by"), [(a.name, a.stock, a.equals, a.by) for a in one.accounts]
        )
        parts += _table(("varying", "how"), [(name, repr(how)) for name, how in sorted(one.varying.items())])
    own = {(one.event, one.rule): one for one in readings(whole) if one.own}
    before = ""
    for event in whole.quarter:
        here = [rule for of, rule in own if of == event.name]
        if here:
            place = (
                ""
                if event.name in MODEL_EVENTS
                else f" Placed after `{before}`."
                if before
                else " Placed first."
            )
            parts.append(f"## {event.name}\n\n{event_line(event)}{place}\n")
            if isinstance(event, ForEach):
                bound = bound_event(event, whole)
                parts += [rule_text(rule, bound) for rule in bound.rules if rule.name in here]
                parts += [totals_text(bound)] if bound.totals and event.name not in MODEL_EVENTS else []
            else:
                parts.append(procedure_text(event, tuple(whole.parameters.model_fields)))
        before = event.name
    return "\n".join(parts)


def extension_tex(whole: Extended) -> str:
    """Return the same as LaTeX (packages amsmath, booktabs): parameters, columns and an equation a rule."""
    parts = ["% needs \\usepackage{amsmath,booktabs}"]
    for one in whole.extensions:
        parts.append(f"\\section*{{{escaped(one.name)}: {escaped(one.meaning)}}}")
        rows = [(n, d, r, u, m) for n, d, r, u, m, _ in _parameters(one)]
        parts += _tabular(("parameter", "default", "range", "unit", "meaning"), rows, "llllp{5cm}")
        parts += _tabular(("column", "unit", "meaning"), [row[:3] for row in _columns(one)], "llp{7cm}")
    for event in whole.quarter:
        if not isinstance(event, ForEach):
            continue
        own = {one.rule for one in readings(whole) if one.own and one.event == event.name}
        for rule in bound_event(event, whole).rules:
            if rule.name in own:
                around = getattr(rule.function, "around", rule.function)
                parts.append(rule_tex(rule.name, around))
    return "\n\n".join(parts) + "\n"


def _parameters(one: Extension) -> list[tuple[str, ...]]:
    return [
        (p.name, f"{p.default:g}", f"{p.low:g} to {p.high:g}", p.unit, p.meaning, p.source)
        for p in one.parameters
    ]


def _columns(one: Extension) -> list[tuple[str, ...]]:
    brought: list[tuple[str, Iterable[Column]]] = [*one.columns.items()]
    brought += [(kind.table, kind.columns) for kind in one.agents]
    return [
        (f"{table}.{c.name}", f"row of {c.index_of}" if c.index_of else c.unit, c.meaning, f"{c.start:g}")
        for table, columns in brought
        for c in columns
    ]


def _measures(one: Extension) -> list[tuple[str, ...]]:
    return [(m.name, m.column, m.by, m.how, m.unit, m.meaning) for m in one.measures]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in (f"`{row[0]}`", *row[1:])) + " |"
        for row in rows
    ]
    return ["\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines]) + "\n"] if lines else []


def _tabular(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], columns: str) -> list[str]:
    lines = [" & ".join([f"\\texttt{{{escaped(row[0])}}}", *map(escaped, row[1:])]) + " \\\\" for row in rows]
    if not lines:
        return []
    top = [f"\\begin{{tabular}}{{{columns}}}", "\\toprule", " & ".join(head) + " \\\\", "\\midrule"]
    return ["\n".join([*top, *lines, "\\bottomrule", "\\end{tabular}"])]
