"""Tables as lines of text: they fit a width, and no number is broken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

GAP = "   "  # between columns
NARROW = 8  # characters to which a column of text is narrowed at last
READABLE = 16  # characters to which a column of text is narrowed before columns go to a part of their own
LONGEST = 40  # characters of a word, such as a path, that is never broken
TOKENS = re.compile(r"[^\s\u2e80-\u9fff]+(?: ± \S+)?\s*|[\u2e80-\u9fff]\s*")
PIECES = re.compile(r"[^_/]+[_/]*|[_/]+")

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
    """Return a cell as lines of a width, broken between words.

    A word that is too long is broken after ``_`` or ``/``, then anywhere; a number never: its line is longer.
    """
    lines = [""]
    for token in TOKENS.findall(cell):
        fits = cell_len(token.rstrip()) <= width
        for piece in [token] if fits else PIECES.findall(token):
            while cell_len(piece.rstrip()) > width and not _is_number(piece):
                lines.append(piece[:width])
                piece = piece[width:]
            if cell_len((lines[-1] + piece).rstrip()) > width:
                lines.append("")
            lines[-1] += piece
    return [line.rstrip() for line in lines if line] or [""]


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
    made = [Widths.of(head, [row[n] for row in cells], text[n]) for n, head in enumerate(heads)]
    full = [column.full for column in made]
    everything = list(range(len(heads)))
    if width is None or _total(full, everything) <= width:
        return [list(enumerate(full))]
    readable = [column.readable for column in made]
    parts: list[list[int]] = [[0]]
    for column in everything[1:]:
        if _total(readable, [*parts[-1], column]) > width and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(column)
    floors = [readable, [column.whole for column in made], [column.least for column in made]]
    return [_fitted(part, full, floors, width) for part in parts]


@dataclass(frozen=True)
class Widths:
    """Widths of a column: of all on one line, readable, with its words whole, with its numbers whole."""

    full: int
    readable: int
    whole: int
    least: int

    @classmethod
    def of(cls, head: str, cells: Sequence[str], is_text: bool) -> Widths:
        """Return the widths of a column."""
        longest = max(map(cell_len, cells), default=0)
        full = max(longest, cell_len(head))
        words = [token.rstrip() for cell in [head, *cells] for token in TOKENS.findall(cell)]
        whole = max(
            (cell_len(word) if _is_number(word) else min(LONGEST, cell_len(word)) for word in words),
            default=0,
        )
        least = max([cell_len(word) for word in words if _is_number(word)], default=0)
        if not is_text:
            whole = max(longest, whole)
            return cls(full, whole, whole, max(longest, least))
        return cls(full, min(full, max(whole, READABLE)), whole, max(least, min(whole, NARROW)))


def _is_number(word: str) -> bool:
    return any(char.isdigit() for char in word) and not any(char.isalpha() for char in word)


def _total(sizes: Sequence[int], part: Sequence[int]) -> int:
    return 1 + sum(sizes[column] + len(GAP) for column in part) - len(GAP)


def _fitted(part: Sequence[int], full: Sequence[int], floors: Sequence[Sequence[int]], width: int) -> Part:
    """Narrow columns until a part fits: first to what is readable, at last until words are broken.

    The column that becomes highest by it is spared; one that is still whole counts as two lines.
    """
    sizes = list(full)

    def height(column: int) -> float:
        return full[column] / max(1, sizes[column] - 1) if sizes[column] < full[column] else 2.0

    for floor in floors:
        while _total(sizes, part) > width:
            wide = [column for column in part if sizes[column] > floor[column]]
            if not wide:
                break
            sizes[min(wide, key=height)] -= 1
    return [(column, sizes[column]) for column in part]
