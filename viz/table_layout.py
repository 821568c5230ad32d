"""Tables as lines of text: they fit a width, and no number is broken."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import cell_len

GAP = "   "  # between columns
READABLE = 24  # characters to which a column of text is narrowed before columns go to a part of their own
TOKENS = re.compile(r"(?:[^\s_/\u2e80-\u9fff]|(?<=\d)[_/])+(?: ± [^\s_/]+)?[_/]*\s*|[\u2e80-\u9fff_/]\s*")

Part = list[tuple[int, int]]  # columns of a part of the table, each with its width


def table_lines(
    columns: Sequence[str], rows: Sequence[Sequence[str]], text: Sequence[bool], width: int | None
) -> tuple[list[str], list[int]]:
    """Return the lines of a table, and the numbers of those that are headings.

    text: Which columns hold text, flush left and broken between words; the others are flush right and never
    broken. Columns that do not fit go to further parts, each with the first column. width: None takes all
    that the table needs.
    """
    cells = [[plain(cell) for cell in row] for row in rows]
    heads = [plain(column) for column in columns]
    lines: list[str] = []
    headings: list[int] = []
    for part in _parts(heads, cells, text, width):
        if lines:
            lines.append("")
        head = _row_lines([heads[column] for column, _ in part], part, text)
        headings += range(len(lines), len(lines) + len(head))
        lines += [*head, " " + "─" * (sum(size + len(GAP) for _, size in part) - len(GAP))]
        for row in cells:
            lines += _row_lines([row[column] for column, _ in part], part, text)
    return lines, headings


def plain(cell: object) -> str:
    """Return a cell on one line, without characters that would control a terminal."""
    return "".join(char if char.isprintable() else "?" for char in " ".join(str(cell).split()))


def wrapped(cell: str, width: int) -> list[str]:
    """Return a cell as lines of a width, broken between words, or after a letter's ``_`` or ``/``.

    A word that is too long is broken, a number never: such a line is longer.
    """
    lines = [""]
    for token in TOKENS.findall(cell):
        while cell_len(token.rstrip()) > width and not any(char.isdigit() for char in token):
            room = width - cell_len(lines[-1])
            if room < 1:
                lines.append("")
                continue
            lines[-1], token = lines[-1] + token[:room], token[room:]
        if cell_len((lines[-1] + token).rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += token
    return [line.rstrip() for line in lines]


def _row_lines(cells: Sequence[str], part: Part, text: Sequence[bool]) -> list[str]:
    """Return one row of a part: as many lines as its longest cell."""
    stacks = [wrapped(cell, size) for cell, (_, size) in zip(cells, part, strict=True)]
    lines = []
    for place in range(max(map(len, stacks))):
        line = []
        for stack, (column, size) in zip(stacks, part, strict=True):
            word = stack[place] if place < len(stack) else ""
            pad = " " * (size - cell_len(word))
            line.append(word + pad if text[column] else pad + word)
        lines.append(" " + GAP.join(line).rstrip())
    return lines


def _parts(
    heads: Sequence[str], cells: Sequence[Sequence[str]], text: Sequence[bool], width: int | None
) -> list[Part]:
    """Divide the columns into parts that fit the width, and give each column its width."""
    full, least, readable = [], [], []
    for column, head in enumerate(heads):
        own = [row[column] for row in cells]
        words = [cell_len(token.rstrip()) for cell in [head, *own] for token in TOKENS.findall(cell)]
        longest = max(map(cell_len, own), default=0)
        full.append(max(longest, cell_len(head)))
        least.append(max(words, default=0) if text[column] else max([longest, *_words(head)]))
        readable.append(min(full[-1], max(least[-1], READABLE)) if text[column] else least[-1])
    everything = list(range(len(heads)))
    if width is None or _total(full, everything) <= width:
        return [list(enumerate(full))]
    parts: list[list[int]] = [[0]]
    for column in everything[1:]:
        if _total(readable, [*parts[-1], column]) > width and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(column)
    return [_fitted(part, full, readable, least, width) for part in parts]


def _words(head: str) -> list[int]:
    return [cell_len(token.rstrip()) for token in TOKENS.findall(head)]


def _total(sizes: Sequence[int], part: Sequence[int]) -> int:
    return 1 + sum(sizes[column] + len(GAP) for column in part) - len(GAP)


def _fitted(
    part: Sequence[int], full: Sequence[int], readable: Sequence[int], least: Sequence[int], width: int
) -> Part:
    """Narrow the widest columns of a part until it fits: to what is readable, then to their longest word."""
    sizes = list(full)
    for floor in (readable, least):
        while _total(sizes, part) > width:
            wide = [column for column in part if sizes[column] > floor[column]]
            if not wide:
                break
            widest = max(wide, key=lambda column: sizes[column])
            sizes[widest] -= 1
    return [(column, sizes[column]) for column in part]
