"""Says in two lines what is wrong with this Python before anything is installed with it. Runs on any Python 3."""

import importlib.util
import sys

if sys.version_info < (3, 11):
    sys.exit(
        "agentconsole needs Python 3.11 or later; this is {}.{}.\n"
        "Install a newer one and name it: make run PYTHON=python3.12".format(*sys.version_info)
    )
if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
    sys.exit(
        "This Python cannot make virtual environments.\n"
        "Install that part of it, on Debian: apt-get install python3-venv"
    )
