"""Feeds in, every story once, digests out: ``docs/architecture.md`` shows the house."""

import os

# Before numpy is first imported. Its products here are small: more threads only wait for
# each other, and on a busy machine they made the story engine four times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
