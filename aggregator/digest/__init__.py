"""Stories as files: select, rank, render, deliver. It never decides anything.

``select`` makes an edition of stories, ``render`` a document of the edition, and
``deliver`` writes it. Only ``deliver`` touches anything outside.
"""

from aggregator.digest.deliver import DigestError, deliver
from aggregator.digest.rank import rank
from aggregator.digest.render import FORMATS, render
from aggregator.digest.selection import Coverage, Earlier, Edition, StoryView, is_news, select

__all__ = [
    "FORMATS",
    "Coverage",
    "DigestError",
    "Earlier",
    "Edition",
    "StoryView",
    "deliver",
    "is_news",
    "rank",
    "render",
    "select",
]
