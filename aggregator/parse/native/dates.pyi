from datetime import datetime
from types import NotImplementedType

def usual(text: str, earliest: int, latest: int) -> datetime | NotImplementedType | None: ...
