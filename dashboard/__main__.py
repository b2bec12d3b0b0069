"""Start the pages: ``python -m dashboard [--store URL] [--port NUMBER]``. ``springtide dashboard`` calls this."""

import argparse
import os
import sys

from dashboard.settings import OPTIONS, STORE_VARIABLE, script

PORT = 8501


def arguments_for(port: int) -> list[str]:
    """Return Streamlit's command line."""
    flags = [f"--{name}={value}" for name, value in OPTIONS.items()]
    return ["streamlit", "run", str(script()), f"--server.port={port}", *flags]


def main() -> None:
    """Serve the pages until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m dashboard")
    parser.add_argument("--store", help="address of the store, for example sqlite:///springtide.sqlite")
    parser.add_argument("--port", type=int, default=PORT)
    given = parser.parse_args()
    if given.store:
        os.environ[STORE_VARIABLE] = given.store
    from streamlit.web.cli import main as serve

    sys.argv = arguments_for(given.port)
    serve()


if __name__ == "__main__":
    main()
