"""`python -m dialogkort` is the `dialogkort` command."""

import sys

from dialogkort.cli.app import main

if __name__ == "__main__":
    sys.exit(main())
