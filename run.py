"""The one entry point: ``python run.py COMMAND`` (see ``python run.py --help``)."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 # said before an import fails in a way nobody understands
    sys.exit("Python 3.11 or newer is needed.")

try:
    from aggregator.cli import main
except ModuleNotFoundError as error:
    sys.exit(
        f"{error}. Set up first: make run (or: make .venv/.run-ready && .venv/bin/python run.py)"
    )

if __name__ == "__main__":
    main()
