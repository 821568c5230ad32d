"""A host of the model's WebAssembly module in Python: a run whose quarters are those of the module."""

from __future__ import annotations

import numpy as np
import wasmtime

from model.engine.engine import Engine
from model.engine.state import State
from model.engine.webassembly.object_file import data_end
from model.engine.webassembly.quarter_program import Program
from tests.support.memory_image import memory_image

PAGE = 65_536


class WasmRun:
    """The tables of an engine before quarter ``quarter``, continued by a module."""

    def __init__(self, engine: Engine, quarter: int, program: Program, module: bytes) -> None:
        tables = {call.table for call in program.calls if call.table}
        chunks = {table: engine.chunks(table) for table in tables}
        image = memory_image(program, engine.parameters, engine.seed, chunks, data_end(module))
        self.quarter, self.program, self.image = quarter, program, image
        machine = wasmtime.Engine()
        self.store = wasmtime.Store(machine)
        compiled = wasmtime.Module(machine, module)
        pages = image.end // PAGE + 1
        self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(pages, None)))
        given = []
        for one in compiled.imports:
            if one.name == "__linear_memory":
                given.append(self.memory)
            elif one.name == "__stack_pointer":
                kind = wasmtime.GlobalType(wasmtime.ValType.i32(), True)
                given.append(wasmtime.Global(self.store, kind, wasmtime.Val.i32(image.start)))
            else:
                limits = wasmtime.Limits(1, None)
                kind = wasmtime.TableType(wasmtime.ValType.funcref(), limits)
                given.append(wasmtime.Table(self.store, kind, None))
        self.memory.write(self.store, image.content, image.start)
        self.call = wasmtime.Instance(self.store, compiled, given).exports(self.store)["run"]

    def read(self, name: str) -> np.ndarray:
        like = self.program.arrays[name]
        place = self.image.places[name]
        found = self.memory.read(self.store, place, place + like.nbytes)
        return np.frombuffer(bytes(found), like.dtype).reshape(like.shape)

    def run(self, quarters: int) -> None:
        for _ in range(quarters):
            now = np.float64(self.quarter).tobytes()
            self.memory.write(self.store, now, self.image.places["nation.quarter"])
            failed = self.call(self.store, self.image.program, self.image.count, self.quarter)
            assert failed == 0, failed
            self.quarter += 1

    def differences(self, state: State) -> list[str]:
        """Columns whose bits differ from those of a state; not-a-number is one value."""
        found = []
        for table, columns in state.tables.items():
            for name in columns:
                one, two = columns[name], self.read(f"{table}.{name}")
                if one.dtype.kind == "f":
                    one = np.where(np.isnan(one), np.nan, one + 0.0)
                    two = np.where(np.isnan(two), np.nan, two + 0.0)
                if one.tobytes() != two.tobytes():
                    found.append(f"{table}.{name}")
        return found
