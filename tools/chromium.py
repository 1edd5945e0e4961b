"""Say which Chromium the tests will use; install one where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from wasmcell.engines.chromium import find


def apt(*words: str) -> None:
    """Run apt-get; what it chats is not shown."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *words], env=env, stdout=subprocess.DEVNULL, check=False)


def main() -> int:
    """Find one, else install one, else say what to do."""
    if found := find():
        print(f"  {found}")
        return 0
    print("  there is none; asking Playwright for its own")
    if (
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode
        == 0
    ):
        return 0
    if Path("/etc/debian_version").exists() and os.geteuid() == 0:
        print("  that failed; installing the distribution's package")
        apt("update")
        apt("install", "-y", "--no-install-recommends", "chromium")
    if found := find():
        print(f"  {found}")
        return 0
    print(
        "no Chromium: install one (Debian: apt-get install chromium), or name one in WASMCELL_CHROMIUM",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
