"""One letter, however it is written."""

from __future__ import annotations

import pytest

from aggregator.text.letters import fold
from aggregator.text.titles import normal_form


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ar", "إيران وأمريكا", "ايران وامريكا"),  # hamza seats
        ("ar", "مستشفى", "مستشفي"),  # alef maqsura
        ("ar", "مدرسة", "مدرسه"),  # ta marbuta
        ("ar", "مُحَمَّد", "محمد"),  # vowel marks
        ("ar", "الـريــاض", "الرياض"),  # tatweel
        ("ar", "\ufefb\ufee3\ufee6", "لامن"),  # presentation forms with a ligature
        ("fa", "كتابي", "کتابی"),  # Arabic keyboard
        ("fa", "می‌رود", "می رود"),  # joiner or space
        ("fa", "۱۴۰۳", "1403"),
        ("ur", "ہندوستان", "هندوستان"),
        ("he", "שָׁלוֹם", "שלום"),
        ("ru", "Хрущёв", "Хрущев"),
        ("ru", "за́мок", "замок"),
        ("de", "Müller", "Mueller"),
        ("de", "Straße", "Strasse"),
        ("de", "STRASSE", "straße"),
        ("fr", "Évènement à l’Élysée", "Evenement a l'Elysee"),
        ("es", "Perú", "Peru"),
        ("pt", "São Paulo", "Sao Paulo"),
        ("tr", "İSTANBUL ISPARTA", "istanbul ısparta"),
        ("no", "Ålesund", "Aalesund"),
        ("el", "ΑΘΉΝΑΣ", "Αθηνας"),
        ("hi", "ज़िला", "जिला"),
        ("hi", "पाँच", "पांच"),
        ("zh", "ＡＢＣ　２０２４", "abc 2024"),
        ("ja", "ｶﾞｽ", "ガス"),
        ("ko", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"),
        (None, "ﬁnancial ½", "financial ½"),
        (None, "don’t “quote”", 'don\'t "quote"'),
        (None, "10–12 km — now", "10-12 km - now"),
    ],
)
def test_two_spellings_have_one_form(language: str | None, one: str, other: str) -> None:
    assert normal_form(one, language) == normal_form(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ar", "العربي", "الغربي"),
        ("ru", "мой", "мои"),  # й is a letter
        ("uk", "їжа", "іжа"),
        ("vi", "má", "mà"),  # tones make the word
        ("ja", "かき", "がき"),  # dakuten is a letter's own
        ("hi", "कमल", "कमाल"),
        ("de", "neue", "neu"),
        ("ur", "کے", "کی"),
        ("th", "ขาว", "ข่าว"),
    ],
)
def test_two_words_stay_two(language: str, one: str, other: str) -> None:
    assert normal_form(one, language) != normal_form(other, language)


def test_serbian_has_one_form_in_both_scripts() -> None:
    assert normal_form("Предсједник Ђоковић", "sr") == normal_form("Predsjednik Đoković", "sr")


def test_folding_leaves_ascii_words_alone() -> None:
    assert fold("Breaking News") == "breaking news"


def test_a_ligature_of_a_whole_word_is_words() -> None:
    assert "محمد" in fold("ﷴ") or fold("ﷴ") == "محمد"
