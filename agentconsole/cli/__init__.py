"""Line mode: every action of the console as a verb, for scripts and for screen readers.

Importing this package imports neither the terminal toolkit nor a channel's library: verbs fetch what they need.
Exit codes: 0 done, 1 it could not be done, 2 bad usage or a wrong configuration.
"""

from agentconsole.cli.parser import main

__all__ = ["main"]
