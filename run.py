"""The one entry point: ``python run.py COMMAND`` (see ``python run.py --help``)."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 # before an import fails with an obscure error
    sys.exit("Python 3.11 or newer is required.")

try:
    from aggregator.cli import main
except ModuleNotFoundError as error:
    sys.exit(
        f"{error}. Set up first: make run (or: make .venv/.run-ready && .venv/bin/python run.py)"
    )

if __name__ == "__main__":
    main()
