"""``agentconsole`` and ``python -m agentconsole``."""

import sys

from agentconsole.cli import main

if __name__ == "__main__":
    sys.exit(main())
