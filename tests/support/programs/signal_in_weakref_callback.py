"""A signal in the callback of a weak reference, where Python swallows exceptions."""

import os
import signal
import sys
import time
import weakref

from viz.cli.signals import exit_code, exit_now, interrupt, on_signal, resend_swallowed, set_handler


class Thing:
    """Something that a weak reference can point to."""


set_handler(exit_now)
resend_swallowed()
with on_signal(interrupt):
    try:
        thing = Thing()
        watch = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGTERM) or time.sleep(1))
        del thing
        print("swallowed", flush=True)
        time.sleep(30)
    except KeyboardInterrupt:
        sys.exit(exit_code())
