"""An object file of LLVM as a WebAssembly module: one file needs no linker, only names for what it exports.

Addresses in an object file hold for the file alone, its data starting at 0. Where there is no other file they
are final. What a linker would add is the list of exports; the symbols that it would read are left out.
https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md
"""

from __future__ import annotations

from collections.abc import Iterator

CUSTOM, IMPORT, EXPORT, ELEMENTS, DATA = 0, 2, 7, 9, 11
SYMBOLS = 8  # subsection of the section "linking"
FUNCTION, DATA_SYMBOL, SECTION_SYMBOL = 0, 1, 3
UNDEFINED, EXPLICIT_NAME = 0x10, 0x40
BEFORE_EXPORTS = (1, 2, 3, 4, 5, 13, 6)  # sections in the order of the specification


def as_module(content: bytes, exported: str) -> bytes:
    """Return an object file as a module that exports one function and, of its imports, needs memory alone."""
    parts = list(sections(content))
    linking = next(body for kind, body in parts if kind == CUSTOM and _name(body) == "linking")
    index = _function(linking, exported)
    name = exported.encode()
    export = b"\x01" + _number(len(name)) + name + b"\x00" + _number(index)
    module = bytearray(content[:8])
    written = False
    for kind, body in parts:
        if kind == CUSTOM:
            continue
        if not written and kind not in BEFORE_EXPORTS:
            module += bytes([EXPORT]) + _number(len(export)) + export
            written = True
        module += bytes([kind]) + _number(len(body)) + body
    return bytes(module)


def sections(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of each section of a module."""
    place = 8
    while place < len(content):
        kind = content[place]
        size, place = _read(content, place + 1)
        yield kind, content[place : place + size]
        place += size


def data_end(module: bytes) -> int:
    """Return the first address after the data of a module."""
    end = 0
    for kind, body in sections(module):
        if kind == DATA:
            count, place = _read(body, 0)
            for _ in range(count):
                flag, place = _read(body, place)
                assert (flag, body[place]) == (0, 0x41), "data at an address that is not constant"
                start, place = _read(body, place + 1)
                size, place = _read(body, place + 1)
                end = max(end, start + size)
                place += size
    return end


def _function(linking: bytes, wanted: str) -> int:
    """Return the number of a function by the name of its symbol."""
    _, place = _text(linking, 0)
    _, place = _read(linking, place)  # version
    while place < len(linking):
        kind = linking[place]
        size, place = _read(linking, place + 1)
        if kind == SYMBOLS:
            return _symbols(linking, place)[wanted]
        place += size
    raise LookupError("symbols")


def _symbols(linking: bytes, place: int) -> dict[str, int]:
    found = {}
    count, place = _read(linking, place)
    for _ in range(count):
        kind = linking[place]
        flags, place = _read(linking, place + 1)
        if kind == DATA_SYMBOL:
            _, place = _text(linking, place)
            for _ in range(0 if flags & UNDEFINED else 3):
                _, place = _read(linking, place)
            continue
        index, place = _read(linking, place)
        if kind != SECTION_SYMBOL and (not flags & UNDEFINED or flags & EXPLICIT_NAME):
            name, place = _text(linking, place)
            if kind == FUNCTION:
                found[name] = index
    return found


def _name(custom: bytes) -> str:
    return _text(custom, 0)[0]


def _text(content: bytes, place: int) -> tuple[str, int]:
    size, place = _read(content, place)
    return content[place : place + size].decode(), place + size


def _read(content: bytes, place: int) -> tuple[int, int]:
    """Return an unsigned number in LEB128 and the place after it."""
    value = shift = 0
    while True:
        byte = content[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _number(value: int) -> bytes:
    found = bytearray()
    while value >= 0x80:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
