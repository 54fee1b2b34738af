"""Stories as documents: select, rank, render. Pure: decides nothing and sends nothing.

``select`` makes an edition from stories, ``render`` a document from the edition.
"""

from aggregator.digest.formats import Format, format_named
from aggregator.digest.layout import lay_out
from aggregator.digest.mail import render_mail
from aggregator.digest.names import dated_name, file_name
from aggregator.digest.past import INDEX, dated, render_index, with_next
from aggregator.digest.place import Place
from aggregator.digest.preferences import Preferences
from aggregator.digest.rank import rank
from aggregator.digest.render import render
from aggregator.digest.selection import Edition, Gaps, is_news, newest, select
from aggregator.digest.templating import UserTemplates
from aggregator.digest.templating import mistakes as template_mistakes
from aggregator.digest.wording import has_wording
from aggregator.digest.wording import languages as wording_languages

__all__ = [
    "INDEX",
    "Edition",
    "Format",
    "Gaps",
    "Place",
    "Preferences",
    "UserTemplates",
    "dated",
    "dated_name",
    "file_name",
    "format_named",
    "has_wording",
    "is_news",
    "lay_out",
    "newest",
    "rank",
    "render",
    "render_index",
    "render_mail",
    "select",
    "template_mistakes",
    "with_next",
    "wording_languages",
]
