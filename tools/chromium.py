"""Say which Chromium the tests will use; install one where there is none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from wasmcell.engines import chromium
from wasmcell.errors import EngineUnavailableError


def is_here() -> bool:
    """Whether there is one, which is then named."""
    try:
        print(f"  {chromium.find()}")
    except EngineUnavailableError:
        return False
    return True


def run(*command: str) -> None:
    """Run a command that installs something; what it chats is shown if it fails."""
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, env=env, capture_output=True, check=False, text=True)
    if done.returncode:
        print(done.stdout, done.stderr, sep="", file=sys.stderr)


def main() -> int:
    """Find one, else install one, else say what to do."""
    if is_here():
        return 0
    if wanted := os.environ.get("WASMCELL_CHROMIUM"):
        print(f"WASMCELL_CHROMIUM is {wanted!r}, which is no program here", file=sys.stderr)
        return 1
    is_root = os.geteuid() == 0
    if Path("/etc/debian_version").exists() and is_root:
        print("  there is none; installing the distribution's package", flush=True)
        run("apt-get", "-qq", "update")
        run("apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium")
        if is_here():
            return 0
    print("  there is none; asking Playwright for its own", flush=True)
    run(sys.executable, "-m", "playwright", "install", *["--with-deps"] * is_root, "chromium")
    if is_here():
        return 0
    print(
        "no Chromium: install one (Debian: apt-get install chromium), or name one in WASMCELL_CHROMIUM",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
