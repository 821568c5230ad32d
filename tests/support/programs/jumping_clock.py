"""Print how many years 200 looks at the clock give, and whether the clock of durations still runs evenly."""

import ctypes
import datetime
import time

ctypes.CDLL(None).clock_arm(ctypes.c_ulong(1))  # of failing_files.c, which LD_PRELOAD names
began = time.monotonic()
print(len({datetime.datetime.now().year for _ in range(200)}), 0 <= time.monotonic() - began < 60)
