"""``python -m aggregator COMMAND``: the same as ``run.py COMMAND``."""

from aggregator.cli import main

if __name__ == "__main__":
    main()
