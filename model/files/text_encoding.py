"""The encoding of a text file: UTF-8, UTF-16 or GB18030 where that is certain, else a sentence."""

from __future__ import annotations

import codecs

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
SAMPLE = 100_000  # bytes or characters looked at
CHINESE, COMMON = 0.95, 0.5
"""Least shares, among the signs beyond ASCII, of those of GB 2312 and of its 3,755 common characters."""


class EncodingError(ValueError):
    """Bytes whose encoding is not certain; `row` is the line of the first one that is not UTF-8."""

    def __init__(self, what: str, row: int | None = None) -> None:
        super().__init__(what)
        self.row = row


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding. Raises EncodingError.

    GB18030 turns almost any bytes into characters, so that it counts only if these are the characters of
    Chinese texts; other encodings are named but not read.
    """
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            return _strictly(data, codec, name), name
    start = data[:SAMPLE]
    if b"\0" in start:
        halves = start[::2], start[1::2]
        for codec, letters, zeros in (("utf-16-le", *halves), ("utf-16-be", *halves[::-1])):
            if 0 not in letters and zeros.count(0) > len(zeros) / 4:
                return _strictly(data, codec, "UTF-16"), "UTF-16"
    try:
        return _without_zeros(data.decode("utf-8")), "UTF-8"
    except UnicodeDecodeError as error:
        wrong = error
    row = data.count(b"\n", 0, wrong.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if text and _is_chinese(text):
        return _without_zeros(text), "GB18030"
    what = f"byte 0x{data[wrong.start]:02x} is not UTF-8 text{_guess(data)}; save the table as 'CSV UTF-8'"
    raise EncodingError(what, row)


def _strictly(data: bytes, codec: str, name: str) -> str:
    try:
        return _without_zeros(data.decode(codec))
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1  # of the text behind the mark
        raise EncodingError(
            f"begins as {name} but is not {name} here; save the table as 'CSV UTF-8'", row
        ) from None


def _without_zeros(text: str) -> str:
    if "\0" in text:
        row = text.count("\n", 0, text.index("\0")) + 1
        raise EncodingError("is not CSV: it holds zero bytes, as a binary file does", row)
    return text


def _is_chinese(text: str) -> bool:
    beyond = [sign for sign in text[: 10 * SAMPLE] if not sign.isascii()][:SAMPLE]
    codes = [sign.encode("gb2312", "ignore") for sign in beyond]
    known = [code for code in codes if code]
    common = [
        code for code in known if code[0] <= 0xD7
    ]  # rows 1 to 9 are signs, 16 to 55 the common characters
    return len(known) >= CHINESE * len(beyond) and len(common) >= COMMON * len(beyond)


def _guess(data: bytes) -> str:
    """Return what another library takes the text for, as a part of a sentence."""
    import charset_normalizer

    try:
        best = charset_normalizer.from_bytes(data[:SAMPLE]).best()
    except Exception:  # a guess for a message must never end the program
        return ""
    return f" (it may be {best.encoding})" if best is not None else ""
