"""Bytes from the network or a local file: politely, and through one guarded door."""

from aggregator.fetch.fetcher import Fetcher, redact
from aggregator.fetch.guard import Guard, Refused
from aggregator.fetch.schedule import horizon, is_due, next_poll, spread

__all__ = [
    "Fetcher",
    "Guard",
    "Refused",
    "horizon",
    "is_due",
    "next_poll",
    "redact",
    "spread",
]
