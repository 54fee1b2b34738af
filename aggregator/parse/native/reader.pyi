from datetime import datetime
from types import NotImplementedType

from aggregator.model import Entry
from aggregator.parse.feeds.elements import Context
from aggregator.parse.native.tree import Node

class Reader:
    def __init__(
        self, context: Context, base: str | None, now: datetime, language: str | None
    ) -> None: ...
    def entry(self, item: Node) -> Entry | NotImplementedType | None: ...
