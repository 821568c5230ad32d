"""The memory of a module: arrays at multiples of 16, none over another, and chunks as the engine's."""

import itertools

from model.engine.webassembly.memory_image import STACK, memory_image
from model.engine.webassembly.quarter_program import quarter_program
from tests.support.grouped_economy import engine


def test_arrays_lie_apart_after_the_stack():
    small = engine(rows=10, groups=2)
    made = quarter_program(small)
    chunks = {table: small.chunks(table) for table in ("members", "pairs")}
    image = memory_image(made, small.parameters, 5, chunks, 100)
    assert image.start >= 100 + STACK
    ends = {name: image.places[name] + array.nbytes for name, array in made.arrays.items()}
    ordered = sorted(ends, key=ends.get)
    assert all(image.places[name] % 16 == 0 for name in ends)
    assert all(ends[one] <= image.places[two] for one, two in itertools.pairwise(ordered))
    # The keys; four calls; of "size" two sums, each cleared and taken.
    assert image.count == 1 + 4 + 2 * 2
