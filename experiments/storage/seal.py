"""Seals: a checksum of a whole Parquet file, kept in its own end.

A seal covers every byte of the file, and the name that the file was given, so that two files that changed
places are noticed too. It is one of the texts that Parquet files carry, so every reader of Parquet reads a
sealed file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from typing import BinaryIO

KEY = "computeleap.seal"
EMPTY = "0" * 64
BEFORE = KEY.encode() + b"\x18\x40"  # Parquet writes a text of 64 bytes as 18 40, then the text
BLOCK = 1 << 20


def seal(file: BinaryIO, name: str) -> None:
    """Write the seal of a file that holds an empty one. ``file`` can be read and written."""
    place = _place(file)
    if place is None:
        raise ValueError("the file was written without an empty seal")
    found = _hash(file, name, place)
    file.seek(place)
    file.write(found.encode())


def is_sealed(file: BinaryIO) -> bool:
    """Return whether a file has a seal."""
    return _place(file) is not None


def is_whole(file: BinaryIO, name: str) -> bool:
    """Return whether a file has a seal that agrees with its bytes and name."""
    place = _place(file)
    if place is None:
        return False
    file.seek(place)
    return file.read(len(EMPTY)) == _hash(file, name, place).encode()


def _place(file: BinaryIO) -> int | None:
    """Return where the seal begins, at the end of the file; None if there is none."""
    size = file.seek(0, os.SEEK_END)
    if size < 12:
        return None
    file.seek(size - 8)
    length = int.from_bytes(file.read(4), "little")
    start = size - 8 - length
    if start < 0:
        return None
    file.seek(start)
    within = file.read(length).rfind(BEFORE)
    return None if within < 0 else start + within + len(BEFORE)


def _hash(file: BinaryIO, name: str, place: int) -> str:
    known = hashlib.blake2b(name.encode() + b"\0", digest_size=32)
    for block in _blocks(file, place):
        known.update(block)
    return known.hexdigest()


def _blocks(file: BinaryIO, place: int) -> Iterator[bytes]:
    """Yield the bytes of a file with an empty seal."""
    file.seek(0)
    left = place
    while left:
        block = file.read(min(BLOCK, left))
        if not block:
            return
        left -= len(block)
        yield block
    yield EMPTY.encode()
    file.seek(place + len(EMPTY))
    while block := file.read(BLOCK):
        yield block
