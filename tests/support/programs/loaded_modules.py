"""Import a module, call its function or run a command, and say which of some modules that loads.

loaded_modules.py "numpy pandas" MODULE[:FUNCTION] | loaded_modules.py "numpy pandas" computeleap WORDS…
"""

import importlib
import sys

names, what, *words = sys.argv[1:]
code = None
if what == "computeleap":
    from viz.__main__ import main

    sys.argv = [what, *words]
    try:
        main()
    except SystemExit as end:
        code = end.code
else:
    module, _, function = what.partition(":")
    found = importlib.import_module(module)
    code = getattr(found, function)() if function else None
print("LOADED", sorted(set(names.split()) & set(sys.modules)), code, file=sys.stderr)
