"""Code of kernels for any machine: nothing is allocated, and no processor is named."""

from numba import types

from model.economy.labour_market import move_people
from model.engine.compile.kernel_source import procedure_text
from model.engine.webassembly.portable_code import portable_code


def test_the_code_of_a_procedure_allocates_nothing_and_names_no_processor():
    column = types.Array(types.float64, 1, "C")
    text, name = portable_code(procedure_text(move_people, portable=True), (*[column] * 4, types.float64))
    assert f"@{name}(" in text
    assert not any(word in text for word in ("NRT_", "target-cpu", "atomicrmw"))
