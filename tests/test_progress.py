"""Progress bars where Python has neither threads nor processes."""

import subprocess
import sys

# In a process of its own, as tqdm keeps its lock for good.
_REFUSED = """
import multiprocessing

def refuse(*args):
    raise RuntimeError("no processes here")

multiprocessing.RLock = refuse
from wasmcell import progress
progress.IN_PAGE = True
with progress.bar(total=3) as bar:
    bar.update(3)
assert bar.n == 3
"""


def test_a_page_that_refuses_locks_of_processes_has_bars():
    done = subprocess.run(
        [sys.executable, "-c", _REFUSED], check=False, stderr=subprocess.PIPE, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
