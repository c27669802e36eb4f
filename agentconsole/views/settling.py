"""What waits until the console stands: modules that are wanted soon, and Python's search for garbage.

Python looks through all objects there are for cycles that nothing holds any more: some 300 000 after starting, 50 to
90 ms at a time, every few seconds of work, and as long again while starting. Nothing that starting makes is garbage.
So nothing is looked for until the console stands, what stands then is never looked through again, and the rest is when
nobody types.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from threading import Thread

_SOON = ("agentconsole.views.overlays", "agentconsole.views.widgets.composer", "agentconsole.desk.search")
"""What the first picker, reply and search need, which the screen did not."""
_TURN = 0.0005
"""Seconds after which a thread that reads the desk gives way to the one that paints; Python has ten times that."""
_NEW, _OFTEN, _SELDOM = 2_000, 10, 10
"""Objects made since the newest were looked through; how often that is done before it is done to older ones too; and
how often that before all are, though somebody types: 200 000 objects later, some 25 MB."""
_WORTH = 5
"""How often older ones were looked through since all were, for a rest to be worth using."""


def hold() -> None:
    """The console starts: look for no garbage."""
    gc.disable()
    sys.setswitchinterval(_TURN)


def settle() -> None:
    """The console stands: import, off the interface's thread, what is wanted soon; end what :func:`hold` began."""
    if not gc.isenabled():
        Thread(target=_settle, name="settle", daemon=True).start()


def _settle() -> None:
    for name in _SOON:
        import_module(name)
    gc.freeze()
    gc.set_threshold(_NEW, _OFTEN, _SELDOM)
    gc.enable()


def rest() -> None:
    """Nobody types: look through everything now, if there is enough of it."""
    if gc.isenabled() and gc.get_count()[2] >= _WORTH:
        gc.collect()
