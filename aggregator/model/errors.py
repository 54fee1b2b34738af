"""The one kind of error whose message is for the user as it stands."""

from __future__ import annotations


class UserError(Exception):
    """Something could not be done; the message says what, where and what to do.

    Every room derives its own. The command line prints them without a traceback, and can
    do so without importing the rooms that raise them.
    """
