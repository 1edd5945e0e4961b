"""``python -m wasmcell``: the command line."""

import sys

from wasmcell.cli import main

sys.exit(main())
