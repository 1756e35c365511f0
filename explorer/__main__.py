"""``python -m explorer`` does the same as ``launch.py``."""

import sys

from explorer.command import run

if __name__ == "__main__":
    sys.exit(run())
