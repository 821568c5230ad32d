"""An object file as a module: one export, nothing for a linker, data at known addresses."""

from model.engine.webassembly.object_file import CUSTOM, DATA, EXPORT, data_end, sections
from tests.support.grouped_economy import module


def test_a_module_has_one_export_and_no_symbols():
    found = dict(sections(module()))
    assert found[EXPORT][:6] == b"\x01\x03run\x00"
    assert CUSTOM not in found


def test_the_end_of_the_data_is_known():
    assert (data_end(module()) > 0) == (DATA in dict(sections(module())))
    assert data_end(module()) < 65_536
