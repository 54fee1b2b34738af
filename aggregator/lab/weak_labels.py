"""Long affairs in a dated stream, identified by a headline word: weak labels, for fitting.

No available labelled set has times, texts, and stories of more than a dozen items, and a
model fitted without such a set splits long affairs. In a stream of headlines, a rare word
within a few days usually means one affair. The documents that contain it are labelled as one
story, and a sample of others, spread thinly over the year, as single stories.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

ALONE: Final = 400  # documents outside the affairs
_SEED: Final = 4


class Affair(NamedTuple):
    """A headline word, and the days within which it identifies the affair.

    Two entries with the same first day are one affair with two words.
    """

    word: str
    first: date
    last: date


def _in_2018(word: str, first: str, last: str) -> Affair:
    return Affair(word, date.fromisoformat(f"2018-{first}"), date.fromisoformat(f"2018-{last}"))


ANT_2018: Final = (  # of the set ant_arabic_multisource
    _in_2018("القيامة", "02-24", "03-02"),  # a church in Jerusalem shuts over taxes
    _in_2018("تيلرسون", "03-13", "03-18"),  # a secretary of state is dismissed
    _in_2018("ساركوزي", "03-20", "03-28"),  # a former president in custody
    _in_2018("التيفور", "04-09", "04-14"),  # an air base is attacked
    _in_2018("هاواي", "05-04", "05-14"),  # a volcano
    _in_2018("لبكي", "05-15", "05-25"),  # a film and its prize
    _in_2018("ماكونو", "05-22", "05-31"),  # a cyclone, in two spellings
    _in_2018("مكونو", "05-22", "05-31"),
    _in_2018("الإجهاض", "05-24", "05-30"),  # a referendum
    _in_2018("الرزاز", "06-04", "06-12"),  # a prime minister is named
    _in_2018("سنغافورة", "06-09", "06-13"),  # a summit
    _in_2018("الكهف", "07-02", "07-13"),  # children in a cave
    _in_2018("القومية", "07-18", "07-26"),  # a nation-state law
    _in_2018("السويداء", "07-25", "07-29"),  # attacks on villages
    _in_2018("هاكاثون", "07-31", "08-08"),  # a contest of programmers
    _in_2018("جنوى", "08-14", "08-21"),  # a bridge falls
    _in_2018("الإنتربول", "10-03", "10-12"),  # its head is missing
    _in_2018("مايكل", "10-07", "10-15"),  # a hurricane
)


def labelled(
    documents: Sequence[Mapping[str, Any]], affairs: Sequence[Affair]
) -> list[dict[str, Any]]:
    """The documents of the ``affairs``, each with its ``cluster``, and ``ALONE`` others.

    Documents are mappings with ``id``, ``title`` and ``published`` (ISO 8601). The others
    are a fixed random sample from the years of the affairs, without any of their words.
    """
    found: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    years = {affair.first.year for affair in affairs}
    for document in documents:
        words = [affair for affair in affairs if affair.word in document["title"]]
        day = datetime.fromisoformat(document["published"]).date()
        word = next((one for one in words if one.first <= day <= one.last), None)
        if word is not None:
            found.append({**document, "cluster": f"affair of {word.first}"})
        elif not words and day.year in years:
            others.append({**document, "cluster": str(document["id"])})
    draw = random.Random(_SEED)  # noqa: S311 # an order, not a secret
    return found + draw.sample(others, min(ALONE, len(others)))
