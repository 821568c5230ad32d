"""One WebAssembly module of many kernels, made by LLVM alone; it imports memory and exports ``run``.

``run(program, count, step)`` goes through a list of ``count`` entries in memory, each of four 32-bit numbers:
kernel, address of its arguments, every how manyth step, and 0. It returns 0, or 1 + the entry that failed.
The arguments of a kernel are slots of 8 bytes: an array is its address and its lengths, a whole number is
itself, any other number is the address where it lies.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from llvmlite import binding as llvm
from numba import types

from model.engine.webassembly.object_file import as_module
from model.engine.webassembly.portable_code import portable_code

MAKER = 1  # raised when the module of the same kernels changes
TRIPLE = "wasm32-unknown-unknown"
FEATURES = "+bulk-memory,+mutable-globals,+nontrapping-fptoint,+sign-ext"
RETURNED = (0, -2)  # what a kernel of Numba returns: done, or done and None


@dataclass(frozen=True)
class Kernel:
    """A kernel: portable source text and the types of its arguments."""

    name: str
    source: str
    arguments: tuple[types.Type, ...]


def slots(kind: types.Type) -> int:
    """Return the slots of an argument."""
    return 1 + kind.ndim if isinstance(kind, types.Array) else 1


def wasm_module(kernels: Sequence[Kernel], vectors: bool = True) -> bytes:
    """Return the module of these kernels, numbered in this order; ``vectors``: with SIMD instructions."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    features = FEATURES + (",+simd128" if vectors else "")
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(opt=3, features=features)
    layout = f'target datalayout = "{machine.target_data}"\ntarget triple = "{TRIPLE}"\n'
    whole = llvm.parse_assembly(layout + _driver(kernels))
    for number, kernel in enumerate(kernels):
        whole.link_in(_kernel_module(number, kernel, layout))
    for one in (*whole.functions, *whole.global_variables):
        if not one.is_declaration and one.name != "run":
            one.linkage = "internal"
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = tuning.slp_vectorization = vectors
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(whole, builder)
    whole.verify()
    return as_module(machine.emit_object(whole), "run")


def _kernel_module(number: int, kernel: Kernel, layout: str) -> llvm.ModuleRef:
    text, name = portable_code(kernel.source, kernel.arguments)
    text = re.sub(r"^target (datalayout|triple) = .*$", "", text, flags=re.MULTILINE)
    module = llvm.parse_assembly(layout + text.replace(" common ", " weak "))
    for one in (*module.functions, *module.global_variables):
        if one.name == name:
            one.name = f"kernel_{number}"
        elif not one.is_declaration:
            one.linkage = "internal"
    return module


def _driver(kernels: Sequence[Kernel]) -> str:
    """Return the code of ``run`` and of a call of each kernel."""
    cases = "\n".join(f"    i32 {k}, label %case_{k}" for k in range(len(kernels)))
    calls = "\n".join(
        f"case_{k}:\n  %status_{k} = call i32 @call_{k}(i32 %block)\n  br label %done"
        for k in range(len(kernels))
    )
    results = ", ".join(f"[%status_{k}, %case_{k}]" for k in range(len(kernels)))
    return "\n".join(
        [_RUN.format(cases=cases, calls=calls, results=results), *map(_call, range(len(kernels)), kernels)]
    )


_RUN = """
define i32 @run(i32 %program, i32 %count, i64 %step) {{
start:
  %after = add i64 %step, 1
  %none = icmp sle i32 %count, 0
  br i1 %none, label %end, label %entry
entry:
  %k = phi i32 [0, %start], [%next, %go_on]
  %offset = mul i32 %k, 16
  %place = add i32 %program, %offset
  %kernel_at = inttoptr i32 %place to ptr
  %kernel = load i32, ptr %kernel_at
  %block_at = getelementptr i32, ptr %kernel_at, i32 1
  %block = load i32, ptr %block_at
  %every_at = getelementptr i32, ptr %kernel_at, i32 2
  %every_short = load i32, ptr %every_at
  %every = sext i32 %every_short to i64
  %rest = srem i64 %after, %every
  %due = icmp eq i64 %rest, 0
  br i1 %due, label %chosen, label %go_on
chosen:
  switch i32 %kernel, label %failed [
{cases}
  ]
{calls}
done:
  %status = phi i32 {results}
  %well = icmp eq i32 %status, 0
  br i1 %well, label %go_on, label %failed
go_on:
  %next = add i32 %k, 1
  %more = icmp slt i32 %next, %count
  br i1 %more, label %entry, label %end
failed:
  %which = add i32 %k, 1
  ret i32 %which
end:
  ret i32 0
}}
"""


def _call(number: int, kernel: Kernel) -> str:
    """Return the code of the call of a kernel with arguments read from memory."""
    lines: list[str] = []
    passed, declared = ["ptr %result", "ptr %error"], ["ptr", "ptr"]

    def read(code: str, place: int | str, name: str) -> str:
        address = place
        if isinstance(place, int):
            address = f"%{name}_place"
            lines.append(f"{address} = getelementptr i8, ptr %base, i32 {8 * place}")
        lines.append(f"%{name} = load {code}, ptr {address}")
        return f"{code} %{name}"

    slot = 0
    for k, kind in enumerate(kernel.arguments):
        if isinstance(kind, types.Array):
            data = read("ptr", slot, f"data_{k}")
            lengths = [read("i64", slot + 1 + axis, f"length_{k}_{axis}") for axis in range(kind.ndim)]
            size = kind.dtype.bitwidth // 8
            stride, strides = f"{size}", [f"i64 {size}"]
            for axis in range(kind.ndim - 1, 0, -1):
                lines.append(f"%stride_{k}_{axis} = mul i64 {stride}, %length_{k}_{axis}")
                stride = f"%stride_{k}_{axis}"
                strides.insert(0, f"i64 {stride}")
            count = "1"
            for axis in range(kind.ndim):
                lines.append(f"%count_{k}_{axis} = mul i64 {count}, %length_{k}_{axis}")
                count = f"%count_{k}_{axis}"
            given = ["ptr null", "ptr null", f"i64 {count}", f"i64 {size}", data, *lengths, *strides]
        elif kind == types.int64:
            given = [read("i64", slot, f"value_{k}")]
        else:
            place = read("ptr", slot, f"at_{k}").removeprefix("ptr ")
            given = [read("double" if kind == types.float64 else "i64", place, f"value_{k}")]
        passed += given
        declared += [one.split()[0] for one in given]
        slot += slots(kind)
    body = "\n  ".join(lines)
    return f"""
declare i32 @kernel_{number}({", ".join(declared)})
define internal i32 @call_{number}(i32 %block) noinline {{
  %base = inttoptr i32 %block to ptr
  %result = alloca i64
  %error = alloca ptr
  {body}
  %status = call i32 @kernel_{number}({", ".join(passed)})
  %none = icmp eq i32 %status, {RETURNED[1]}
  %told = select i1 %none, i32 0, i32 %status
  ret i32 %told
}}
"""
