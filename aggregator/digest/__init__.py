"""Stories as documents: select, rank, render. Pure: it decides nothing and sends nothing.

``select`` makes an edition of stories, ``render`` a document of the edition.
"""

from aggregator.digest.names import dated_name, file_name
from aggregator.digest.rank import rank
from aggregator.digest.render import FORMATS, render
from aggregator.digest.selection import Edition, is_news, select

__all__ = [
    "FORMATS",
    "Edition",
    "dated_name",
    "file_name",
    "is_news",
    "rank",
    "render",
    "select",
]
