"""One value, however it is written."""

from __future__ import annotations

import pytest

from aggregator.text.numbers import numbers, tokens
from aggregator.text.titles import normal_form


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "Twenty-one dead, 1,200 hurt", ("21", "1200")),
        ("en", "3.5 percent of $5bn", ("3.5%", "5000000000")),
        ("en", "half a million or 2 hundred thousand", ("200000",)),
        ("en", "Arsenal 2-1 Chelsea, 9/11, 3rd in Q3", ("2-1", "9-11", "3rd", "q3")),
        ("en", "No one hurt, one of them said", ()),
        ("de", "1.200 Tote, 3,5 Prozent, einundzwanzig Autos", ("1200", "3.5%", "21")),
        ("fr", "1 200 morts, quatre-vingt-dix-neuf blessés", ("1200", "99")),
        ("fr", "soixante et onze", ("71",)),
        ("es", "veintiún muertos, 3,5 por ciento, treinta y dos", ("21", "3.5%", "32")),
        ("pt", "vinte e um mortos, R$ 2,5 bilhões", ("21", "2500000000")),
        ("it", "ventotto feriti, quarantuno euro", ("28", "41")),
        ("ru", "двадцать один человек, 1 200 домов, 3,5 процента", ("21", "1200", "3.5%")),
        ("uk", "двадцять п'ять поранених", ("25",)),
        ("tr", "yirmi bir ölü, yüzde 3,5", ("21", "3.5%")),
        ("ar", "مقتل ٢١ شخصا وإصابة ١٬٢٠٠ بنسبة ٣٫٥٪", ("21", "1200", "3.5%")),
        ("ar", "واحد وعشرون قتيلا", ("21",)),
        ("ar", "مقتل خمسة عشر جنديا", ("15",)),
        ("fa", "بیست و یک کشته، ۳٫۵ درصد", ("21", "3.5%")),
        ("zh", "二十一人死亡，3.5万人受伤，百分之三十", ("21", "35000", "30%")),
        ("ja", "３０％、1億2000万円", ("30%", "120000000")),
        ("ko", "21명 사망, 1억2000만원", ("21", "120000000")),
        ("id", "dua puluh satu orang tewas", ("21",)),
        (None, "1,200", ("1200",)),
        (None, "2024-03-12", ("2024-3-12",)),
    ],
)
def test_values(language: str | None, text: str, values: tuple[str, ...]) -> None:
    assert numbers(text, language) == values


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Twelve hurt", "12 hurt"),
        ("en", "$5bn deal", "5 billion dollars deal"),
        ("en", "up 3%", "up 3 per cent"),
        ("de", "5 Mio. Euro", "€5 Millionen"),
        ("ar", "٥ ملايين دولار", "5 مليون دولار"),
        ("ar", "عشرة بالمئة", "10%"),
        ("hi", "पच्चीस लोग", "25 लोग"),
        ("zh", "五人", "5人"),
        ("bn", "২৫ জন", "25 জন"),
    ],
)
def test_two_writings_have_one_form(language: str, one: str, other: str) -> None:
    assert normal_form(one, language) == normal_form(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "2-1", "21"),
        ("en", "3% up", "3 up"),
        ("en", "1.5 million", "15 million"),
        ("en", "3rd day", "3 days"),
        ("de", "1.200", "1,200"),  # a thousand two hundred; one and a fifth
    ],
)
def test_different_values_stay_different(language: str, one: str, other: str) -> None:
    assert normal_form(one, language) != normal_form(other, language)


def test_tokens_say_where_they_stand_and_in_what_unit() -> None:
    text = "Firm pays €5 million fine"
    (token,) = tokens(text, "en")
    assert (token.value, token.unit, text[token.start : token.end]) == (
        "5000000",
        "eur",
        "€5 million",
    )


def test_chinese_numerals_inside_names_are_no_numbers() -> None:
    assert numbers("三星电子在四川建厂", "zh") == ()
