"""The base class of errors whose message is meant for the user."""

from __future__ import annotations


class UserError(Exception):
    """An operation failed; the message says what, where and what to do.

    Each package derives its own errors. The command line prints them without a traceback,
    and can do so without importing the packages that raise them.
    """
