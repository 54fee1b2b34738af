"""Bytes from the network or a local file, through one polite and guarded client."""

from aggregator.fetch import websub
from aggregator.fetch.discovery import (
    Found,
    NotFound,
    checked_address,
    discover,
    same_feed,
    spelling,
)
from aggregator.fetch.fetcher import Fetcher, redact
from aggregator.fetch.guard import Guard, Refused
from aggregator.fetch.local import read_file
from aggregator.fetch.next_poll import horizon, is_due, next_poll, spread
from aggregator.fetch.websub_server import WebsubRequest, WebsubResponse, serve

__all__ = [
    "Fetcher",
    "Found",
    "Guard",
    "NotFound",
    "Refused",
    "WebsubRequest",
    "WebsubResponse",
    "checked_address",
    "discover",
    "horizon",
    "is_due",
    "next_poll",
    "read_file",
    "redact",
    "same_feed",
    "serve",
    "spelling",
    "spread",
    "websub",
]
