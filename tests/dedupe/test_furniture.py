"""One text under unlike titles of one document, of any length, merges nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.lab.replay import PlainDocument, Replay
from tests.support import examples
from tests.text.test_trust import TITLES as ENGLISH

pytestmark = pytest.mark.slow

TITLES = {
    "en": ENGLISH,
    "ar": (
        "توقف العبارة إلى الجزيرة حتى الربيع",
        "طبيب جديد يفتتح عيادة في الوادي",
        "خلاف على رسوم الحضانة يقسم المجلس",
        "القنادس تعود إلى أعالي النهر",
        "صاحب المخبز يشكر الجيران بعد الحريق",
        "جوقة الصيادين تغني أمام الملك",
    ),
}
WORDS = {
    "en": "subscribe now and read every story on every device cancel any time you like",
    "ar": "اشترك الآن واقرأ كل الأخبار على كل الأجهزة ويمكنك الإلغاء في أي وقت تشاء",
}


@settings(max_examples=examples(25), deadline=None)
@given(st.sampled_from(("en", "ar")), st.integers(1, 400), st.integers(2, 6))
def test_one_text_under_unlike_titles_of_one_document_merges_nothing(
    language: str, length: int, copies: int
) -> None:
    listed = WORDS[language].split()
    text = " ".join(f"{listed[n % len(listed)]}{n // len(listed) or ''}" for n in range(length))
    documents = [
        PlainDocument(str(place), title, text, language=language, source="harbour.example")
        for place, title in enumerate(TITLES[language][:copies])
    ]
    assert len({row.canonical for row in Replay().run(documents)}) == copies
