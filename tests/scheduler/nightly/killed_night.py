"""Runs nights that kill themselves at a point named on standard input; answers with how each ended.

A line in is ``{"site": path of the site file, "at": point}``; a line out is the process's end, negative for a signal. A
point is the key of a stage or step with the number done, ``transaction``, or ``half_file``. Where the system can fork,
the libraries are loaded once; elsewhere each night is a process of its own.
"""

import json
import os
import signal
import subprocess
import sys

from sqlalchemy import Engine, event

from scheduler.nightly import load_site, run_night


def die(*_: object) -> None:
    """End as by SIGKILL: no handler, no cleaning up."""
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def die_in_transaction() -> None:
    """Die when the version in force has been archived and the new one is not yet published."""

    def watch(_connection, _cursor, statement, parameters, *_rest):
        if statement.startswith("UPDATE rosters") and "archived" in str(parameters):
            die()

    event.listen(Engine, "after_cursor_execute", watch)


def night(site: str, at: str) -> None:
    """Run the night and die at the point."""
    point, _, done = at.partition(":")

    def progress(stage: str, finished: int, _total: int) -> None:
        if stage == point and finished >= int(done or 0):
            die()

    if at == "transaction":
        die_in_transaction()
    if at == "half_file":
        os.fsync = die
    run_night(load_site(site), progress=progress)


def killed(site: str, at: str) -> int:
    """Return how the process of the night ended."""
    if not hasattr(os, "fork"):
        return subprocess.run([sys.executable, __file__, site, at], check=False).returncode
    child = os.fork()
    if child == 0:
        try:
            night(site, at)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        night(*sys.argv[1:])
    for line in sys.stdin:
        print(killed(**json.loads(line)), flush=True)
