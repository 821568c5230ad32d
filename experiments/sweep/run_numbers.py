"""Numbers of runs: which point and seed a run has, and which chunk holds it, also after a store has grown.

A store is a rectangle of points and replications, laid with blocks: the first is the experiment as begun,
each further one was added later. Chunk files keep the numbers they were written with, block after block, so
that a store grows without a change of what it holds. Everywhere else run r is replication r mod R of point
r div R.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """A rectangle of runs that were added together, and the number of runs in each of its chunks."""

    first_point: int
    points: int
    first_replication: int
    replications: int
    chunk: int

    @property
    def runs(self) -> int:
        """Number of runs."""
        return self.points * self.replications

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return -(-self.runs // self.chunk)


@dataclass(frozen=True)
class RunNumbers:
    """The numbers of a store: its blocks, and the replications of each point."""

    blocks: Sequence[Block]
    replications: int

    @property
    def chunks(self) -> int:
        """Number of chunks."""
        return sum(block.chunks for block in self.blocks)

    def runs_of(self, chunk: int) -> range:
        """Return the stored numbers of the runs of a chunk."""
        first = 0
        for block in self.blocks:
            if chunk < block.chunks:
                start = chunk * block.chunk
                return range(first + start, first + min(start + block.chunk, block.runs))
            chunk, first = chunk - block.chunks, first + block.runs
        raise IndexError(chunk)

    def chunk_of(self, stored: int) -> int:
        """Return the chunk that holds a run, by its stored number."""
        before, first = 0, 0
        for block in self.blocks:
            if stored < first + block.runs:
                return before + (stored - first) // block.chunk
            before, first = before + block.chunks, first + block.runs
        raise IndexError(stored)

    def place(self, stored: int) -> tuple[int, int]:
        """Return point and replication of a run, by its stored number."""
        rest = stored
        for block in self.blocks:
            if rest < block.runs:
                point, replication = divmod(rest, block.replications)
                return block.first_point + point, block.first_replication + replication
            rest -= block.runs
        raise IndexError(stored)

    def stored(self, point: int, replication: int) -> int:
        """Return the stored number of a run."""
        first = 0
        for block in self.blocks:
            row, column = point - block.first_point, replication - block.first_replication
            if 0 <= row < block.points and 0 <= column < block.replications:
                return first + row * block.replications + column
            first += block.runs
        raise IndexError((point, replication))

    def number(self, stored: int) -> int:
        """Return the number of a run from its stored number."""
        point, replication = self.place(stored)
        return point * self.replications + replication

    def stored_number(self, run: int) -> int:
        """Return the stored number of a run from its number."""
        return self.stored(*divmod(run, self.replications))

    def sql(self) -> tuple[str, str]:
        """Return SQL expressions of point and replication over a column ``run`` of stored numbers."""
        cases: tuple[list[str], list[str]] = ([], [])
        first = 0
        for block in self.blocks:
            within = f"(run - {first})"
            last = block is self.blocks[-1]
            when = "else" if last else f"when run < {first + block.runs} then"
            cases[0].append(f"{when} {block.first_point} + {within} // {block.replications}")
            cases[1].append(f"{when} {block.first_replication} + {within} % {block.replications}")
            first += block.runs
        point, replication = (
            text[0].removeprefix("else ") if len(text) == 1 else f"case {' '.join(text)} end"
            for text in cases
        )
        return point, replication
