"""Read as a scenario: compile one small kernel, print its result and what could not be cached, then fail."""

from model.engine.compile.compile_kernel import load_kernel
from model.engine.compile.kernel_cache import not_kept
from model.engine.compile.kernel_source import header

text = header("strict") + "\n\n@_compiled\ndef kernel(x):\n    return 2.0 * x\n"
print(load_kernel("one", text)(3.0), len(not_kept))

raise ValueError("read as a scenario")
