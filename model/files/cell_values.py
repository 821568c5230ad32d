"""Numbers, dates and blanks as people write them: full-width digits, thousands, percent, words for missing.

Every function reads what is certain and refuses the rest with a sentence that says how to write it. What was
not written plainly is named in `CellReading.manner`, so that a table can say how its cells were read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from unicodedata import category

Scalar = int | float | str

_MISSING = (
    "- -- --- – — —— … …… ... . .. / \\ * na n/a n.a. #n/a #n/a! nan <na> nil none null nat missing unknown "
    "缺失 缺 暂无 无数据 暂无数据 数据缺失 未公布 不详 未知"
)
MISSING = frozenset(_MISSING.split())
"""Words for a figure that is not known, in lower case."""

FIRST_YEAR, LAST_YEAR = 1950, 2100
ALLOWED_DATE = (
    f"a date: YYYY, YYYYQn, YYYY-MM, YYYY-MM-DD, YYYY/M/D or YYYY年M月, from {FIRST_YEAR} to {LAST_YEAR}"
)

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # ！ to ～
_SPACES = dict.fromkeys((0x3000, 0xA0, 0x2007, 0x2009, 0x202F), " ")
_PLAIN = {**_FULL_WIDTH, **_SPACES, 0x2212: "-", 0x2019: "'"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}(\.0*)?", re.ASCII)  # 110000.0: as pandas writes it if a cell is blank
_SCIENTIFIC = re.compile(r"[+-]?(\d)\.?(\d*)[eE]\+?(\d{1,2})", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?|[+-]?\d{1,3}(?: \d{3})+(?:\.\d*)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,(?:\d{1,2}|\d{4,})", re.ASCII)
_DEGREES = re.compile(
    r"[EWNS东西南北]?\D{0,2}(\d{1,3})\s*°\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'分])?.{0,12}", re.ASCII
)
_NOT_FINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_YEAR_QUARTER = re.compile(r"(\d{4})\s*-?\s*[Qq]([1-4])|(\d{4})年第?([1-4一二三四])季度?", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(?:\.0+)?|(\d{4})"
    r"(?:([-/.])(\d{1,2})\3(\d{1,2})|[-/](\d{1,2})|年(?:(\d{1,2})月(?:(\d{1,2})[日号])?)?)",
    re.ASCII,
)
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$", re.ASCII)
_DAY_AND_MONTH = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_EXCEL_DAYS = range(18_264, 73_416)  # 1950 to 2100, counted from 30 December 1899
_EXCEL_START = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class CellReading:
    """What a cell means.

    Attributes:
        value: None if the cell is blank or wrong.
        manner: How it was written, if not plainly: "thousands separators".
        wrong: Why it cannot be read; empty if it can.
    """

    value: Scalar | None
    manner: str = ""
    wrong: str = ""


def plain(text: str) -> str:
    """Return a cell without full-width signs and unusual spaces at its ends and inside."""
    return text.translate(_PLAIN).strip()


def visible(text: str) -> str:
    """Return a text without signs that turn the direction of writing or are not seen."""
    return (
        text
        if text.isprintable()
        else "".join(c for c in text if category(c) not in ("Cf", "Cs", "Zl", "Zp"))
    )


def without_controls(text: str) -> str:
    """Return a text without control characters; ends of lines and tabs become spaces."""
    if text.isprintable():
        return text
    return "".join(c for c in " ".join(re.split(r"[\t\n\r]+", text)) if category(c) != "Cc")


def is_missing(text: str) -> bool:
    """Return whether a cell is blank or a word for "not known"."""
    return not text or text.lower() in MISSING


def read_number(text: str, *, ratio: bool = False, separator: str = ",") -> CellReading:
    """Return the number of a cell.

    Args:
        ratio: The column has no unit, so that a percentage is a hundredth.
        separator: Between the cells of the file: in a file with semicolons a comma may be a decimal point.
    """
    if _NUMBER.fullmatch(text):
        return CellReading(float(text))
    tidy = plain(text).removeprefix("'")
    manner = "full-width signs" if tidy != text else ""
    percent = tidy.endswith("%")
    body = tidy[:-1].strip() if percent else tidy
    if _THOUSANDS.fullmatch(body):
        if separator == ";" and body.count(",") == 1 and "." not in body:
            mend = body.replace(",", "")
            return CellReading(
                None, "", f"may be {mend} or {body.replace(',', '.')}; write it without the comma"
            )
        body, manner = re.sub(r"[, ]", "", body), "thousands separators"
    elif separator == ";" and _DECIMAL_COMMA.fullmatch(body):
        body, manner = body.replace(",", "."), "decimal commas"
    if not _NUMBER.fullmatch(body):
        return CellReading(None, "", _why_no_number(tidy))
    if percent and not ratio:
        return CellReading(
            None, "", "is a percentage, which this column does not take: write the amount itself"
        )
    return CellReading(float(body) / 100.0 if percent else float(body), "percentages" if percent else manner)


def read_integer(text: str) -> CellReading:
    """Return the whole number of a cell, exactly; 1.101e5 is one, if it shows enough digits."""
    if _INTEGER.fullmatch(text):
        return CellReading(int(text.split(".")[0]))
    tidy = plain(text)
    tidy = re.sub(r'^=?"(.*)"$', r"\1", tidy).strip().removeprefix("'").strip()
    manner = "" if tidy == text else "signs around the code"
    if _THOUSANDS.fullmatch(tidy):
        tidy, manner = re.sub(r"[, ]", "", tidy), "thousands separators"
    if _INTEGER.fullmatch(tidy):
        return CellReading(int(tidy.split(".")[0]), manner)
    if match := _SCIENTIFIC.fullmatch(tidy):
        first, rest, power = match[1], match[2], int(match[3])
        if len(rest.rstrip("0")) <= power <= 17:
            if power >= 4 and len(rest) < 3:
                return CellReading(None, "", "shows too few digits to be certain; write the whole number")
            return CellReading(int((first + rest.rstrip("0")).ljust(power + 1, "0")), "powers of ten")
    return CellReading(None, "", _why_no_number(tidy, "a whole number"))


def read_date(text: str) -> CellReading:
    """Return a date as "2016", "2016Q2", "2016-05" or "2016-05-01"; the time of a day is left aside."""
    tidy = plain(text)
    if match := _YEAR_QUARTER.fullmatch(tidy):
        year, quarter = match[1] or match[3], match[2] or match[4]
        made = f"{year}Q{_QUARTERS.get(quarter, quarter)}"
        return _dated(made, text, int(year))
    body = _CLOCK.sub("", tidy)
    if match := _DATE.fullmatch(body):
        year = int(match[1] or match[2])
        month, day = match[4] or match[6] or match[7], match[5] or match[8]
        try:
            date(year, int(month or 1), int(day or 1))
        except ValueError:
            return CellReading(None, "", "is not in the calendar")
        made = f"{year}" + (f"-{int(month):02d}" if month else "") + (f"-{int(day):02d}" if day else "")
        return _dated(made, text, year)
    if match := _DAY_AND_MONTH.fullmatch(body):
        return CellReading(None, "", f"may begin with the day or with the month; write {match[3]}-MM-DD")
    if body.isascii() and body.isdigit() and int(body) in _EXCEL_DAYS:
        day_of = _EXCEL_START + timedelta(days=int(body))
        return CellReading(None, "", f"looks like a date as Excel counts days; write {day_of.isoformat()}")
    return CellReading(None, "", "is not a date")


def read_year(text: str) -> CellReading:
    """Return the year of a cell: 2010, 2010.0, 2010年, or that of a date."""
    number = read_integer(text)
    if isinstance(number.value, int):
        return CellReading(number.value)
    found = read_date(text)
    if found.value is None:
        return CellReading(None, "", "is not a whole number")
    return CellReading(
        int(str(found.value)[:4]), "dates, of which the year is taken" if "-" in str(found.value) else ""
    )


def _dated(made: str, text: str, year: int) -> CellReading:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return CellReading(None, "", f"is not from {FIRST_YEAR} to {LAST_YEAR}")
    return CellReading(made, "" if made == text else "dates in other forms")


def _why_no_number(text: str, what: str = "a number") -> str:
    match = _DEGREES.fullmatch(text)
    if match and "°" in text:
        degrees = int(match[1]) + float(match[2] or 0) / 60
        return f"is not {what}; write degrees with decimals, such as {degrees:.4f}"
    if _NOT_FINITE.fullmatch(text):
        return "is not a finite number"
    return f"is not {what}"
