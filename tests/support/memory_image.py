"""The memory of a module: where each array of a program lies, and the list of calls that ``run`` follows."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from model.engine.compile.kernel_source import BLOCK
from model.engine.webassembly.quarter_program import (
    BASES,
    KEYS,
    PARAMETERS,
    ROWS,
    VALUES,
    Array,
    Call,
    Program,
)

STACK = 65_536  # bytes between the module's data and the first array
KEYS_OF_STEP, CLEAR, TAKE, ADD = range(4)  # the helper kernels, in their order
Chunk = tuple[tuple[int, int], tuple[int, int], int]


@dataclass
class Image:
    """Content of the memory from ``start`` on; address of every array; address and length of the program."""

    start: int
    content: bytearray = field(default_factory=bytearray)
    places: dict[str, int] = field(default_factory=dict)
    program: int = 0
    count: int = 0

    def add(self, data: bytes) -> int:
        """Append data, at a multiple of 16, and return its address."""
        self.content += bytes(-len(self.content) % 16)
        place = self.start + len(self.content)
        self.content += data
        return place

    @property
    def end(self) -> int:
        """The first address after the content."""
        return self.start + len(self.content)


def memory_image(
    program: Program,
    parameters: Mapping[str, float],
    seed: int,
    chunks: Mapping[str, Sequence[Chunk]],
    data_end: int,
) -> Image:
    """Return the memory of a run in its present state; ``chunks``: of each table, by ``Engine.chunks``."""
    image = Image((data_end + STACK + 15) // 16 * 16)
    arrays: dict[str, Array] = dict(program.arrays)
    arrays |= {PARAMETERS: program.numbers(parameters), BASES: program.bases(seed)}
    arrays |= {KEYS: np.zeros(len(program.streams), np.uint64), VALUES: np.zeros(program.values)}
    arrays |= {ROWS.format(k): np.zeros(BLOCK, np.uint32) for k in range(program.indices)}
    for name, values in arrays.items():
        image.places[name] = image.add(values.tobytes())
    writer = _Entries(image, program, arrays)
    writer.entry(KEYS_OF_STEP, 1, [writer.array(BASES), writer.array(KEYS), writer.array("nation.quarter")])
    for call in program.calls:
        writer.call(call, chunks[call.table] if call.table else [None])
    image.program = image.add(b"".join(writer.entries))
    image.count = len(writer.entries)
    return image


class _Entries:
    def __init__(self, image: Image, program: Program, arrays: Mapping[str, Array]) -> None:
        self.image, self.program, self.arrays = image, program, arrays
        self.entries: list[bytes] = []

    def entry(self, kernel: int, every: int, slots: Sequence[bytes]) -> None:
        block = self.image.add(b"".join(slots))
        self.entries.append(struct.pack("<iiii", kernel, block, every, 0))

    def array(self, name: str) -> bytes:
        shape = self.arrays[name].shape
        return struct.pack(f"<{1 + len(shape)}q", self.image.places[name], *shape)

    def call(self, call: Call, chunks: Sequence[Chunk | None]) -> None:
        """Add the entries of a call: sums cleared, the kernel over each chunk, sums added up."""
        sizes = [len(self.arrays[name]) for name in call.totals]
        parts = [[self._part(size) for size in sizes] for _ in chunks]
        for part in parts:
            for place in part:
                self.entry(CLEAR, call.every, [place])
        for part, chunk in zip(parts, chunks, strict=True):
            self.entry(call.kernel, call.every, [self._slot(one, chunk, part) for one in call.arguments])
        for k, name in enumerate(call.totals):
            for number, part in enumerate(parts):
                self.entry(ADD if number else TAKE, call.every, [self.array(name), part[k]])

    def _part(self, size: int) -> bytes:
        return struct.pack("<qq", self.image.add(bytes(8 * size)), size)

    def _slot(self, argument: tuple[str, str | int], chunk: Chunk | None, part: Sequence[bytes]) -> bytes:
        kind, name = argument
        if kind == "array":
            return self.array(str(name))
        if kind == "part":
            return part[int(name)]
        if kind == "chunk":
            assert chunk is not None
            (outer_first, outer_last), (first, last), width = chunk
            return struct.pack("<q", (outer_first, outer_last, first, last, width)[int(name)])
        block, names = (
            (PARAMETERS, self.program.parameters) if kind == "parameter" else (KEYS, self.program.streams)
        )
        return struct.pack("<q", self.image.places[block] + 8 * names.index(str(name)))
