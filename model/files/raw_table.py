"""A table as rows of text, with its limits: what every kind of file is opened as."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from model.files.cell_values import visible, without_controls

MAX_BYTES = 200_000_000
MAX_UNPACKED_BYTES = 2_000_000_000  # a small Parquet file can unpack to far more than its own size
MAX_ROWS = 1_000_000
MAX_CELL = 100_000  # characters of a cell that is read
MAX_FIELD = 1_000_000  # characters of any field of CSV; a map's outline takes 100,000
MAX_COLUMNS = 16_384  # as a spreadsheet has
HEAD = 20  # rows among which the header is looked for

Row = tuple[int, list[str]]
Known = Callable[[str], bool]


class TableFileError(ValueError):
    """A file that is no table; the text says why, without the file's name."""

    def __init__(self, what: str, row: int | None = None) -> None:
        super().__init__(what)
        self.row = row


@dataclass
class RawTable:
    """A table as text.

    Attributes:
        form: What the file is, such as "CSV, UTF-8, commas".
        header: Names of the columns.
        header_row: Row of the header, as a spreadsheet counts.
        rows: Returns number and cells of each row that is not blank; cells of columns that are not chosen, by
            index, may be blank.
        remarks: What a reader should know: an encoding, a title that was left out.
        labels: Second names of the columns, as Stata has them.
    """

    form: str
    header: list[str]
    header_row: int
    rows: Callable[[Sequence[int]], Iterator[Row]]
    remarks: list[str] = field(default_factory=list)
    separator: str = ","
    labels: list[str] = field(default_factory=list)


def located(
    form: str,
    head: list[Row],
    place: int,
    rows: Callable[[Sequence[int]], Iterator[Row]],
    remarks: list[str],
    separator: str = ",",
) -> RawTable:
    """Return the table whose header is one of its first rows; what stands above is left out with a remark."""
    if not head:
        raise TableFileError("is blank: the first row must hold the names of the columns", 1)
    number, header = head[place]
    for above, cells in head[:place]:
        title = next(cell for cell in cells if cell.strip())
        remarks.append(f"row {above} left out, a title ({title.strip()[:40]!r})")

    def below(chosen: Sequence[int]) -> Iterator[Row]:
        return (row for row in rows(chosen) if row[0] > number)

    return RawTable(
        form, [without_controls(visible(name)).strip() for name in header], number, below, remarks, separator
    )


def header_place(head: list[Row], known: Known) -> tuple[int, int]:
    """Return the number of known names of the header, and its place among the first rows.

    Above it stand short rows, such as a title, and rows of headings of groups, which have gaps.
    """
    best = (0, 0)
    for place, (_, cells) in enumerate(head):
        score = sum(known(cell) for cell in cells)
        if score > best[0]:
            best = score, place
        filled = sum(bool(cell.strip()) for cell in cells)
        if filled > 2 and (score or filled == len(cells)):
            break
    return best


def as_text(value: object) -> str:
    """Return a value of a typed file as the text that a CSV file would hold."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}" if abs(value) < 1e18 else repr(value)
    return value.isoformat()[:10] if isinstance(value, date) else str(value)


def first_line(error: Exception) -> str:
    """Return the first line of what an error says, or its name, as a message shows it."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
    return "".join(sign if sign.isprintable() else "?" for sign in text)
