"""Headlines of other articles inside a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.related import without_related

BODY = "The bridge will stay closed until autumn.\nCars go round by the mill."


@pytest.mark.parametrize(
    "added",
    [
        "Read also:\nCouncil votes on the ferry\nMill owner sells up",
        "Related stories\nCouncil votes on the ferry",
        "أخبار ذات صلة:\nالمجلس يصوت على العبارة\nصاحب الطاحونة يبيع",
        "Lire aussi : Le conseil vote pour le bac",
        "Читайте также: Совет голосует за паром",
        "相关阅读：\n议会就渡轮投票",
    ],
)
def test_related_headlines_go_at_the_end_and_inside(added: str) -> None:
    first, second = BODY.split("\n")
    assert without_related(f"{BODY}\n{added}") == BODY
    assert without_related(f"{first}\n{added}\n{second}") == BODY


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        "Read the sign: it says that the bridge is closed.\nNobody did.",
        "Related work was done by others.\nIt was not much.",
        "Read also:",
        "Related\nCouncil votes on the ferry",
        "Recommended: 40 km an hour.\nNobody keeps to it.",
        "Read more about it in the book that he wrote last year\nIt sold well.",
    ],
)
def test_what_is_no_list_of_headlines_stays(text: str) -> None:
    assert without_related(text) == text


@given(st.text(max_size=200))
def test_any_text_keeps_its_order_and_something(text: str) -> None:
    left = without_related(text)
    assert bool(left.strip()) == bool(text.strip())
