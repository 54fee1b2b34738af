"""Editions to deliver: those that the tests of the formats use."""

from tests.digest.conftest import harbour, make

__all__ = ["harbour", "make"]
