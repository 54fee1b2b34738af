"""Number words from two to a hundred, against tables written by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aggregator.text.numbers import numbers


def _words(written: str) -> list[str]:
    return written.split()


_HI = _words(
    "शून्य एक दो तीन चार पांच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह "
    "सत्रह अठारह उन्नीस बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस "
    "उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस "
    "इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास पचास "
    "इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरसठ "
    "चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर "
    "पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी "
    "छियासी सत्तासी अट्ठासी नवासी नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे "
    "छियानवे सत्तानवे अट्ठानवे निन्यानवे सौ "
)

_UR = _words(
    "صفر ایک دو تین چار پانچ چھ سات آٹھ نو دس گیارہ بارہ تیرہ چودہ پندرہ سولہ سترہ "
    "اٹھارہ انیس بیس اکیس بائیس تئیس چوبیس پچیس چھبیس ستائیس اٹھائیس انتیس تیس اکتیس "
    "بتیس تینتیس چونتیس پینتیس چھتیس سینتیس اڑتیس انتالیس چالیس اکتالیس بیالیس "
    "تینتالیس چوالیس پینتالیس چھیالیس سینتالیس اڑتالیس انچاس پچاس اکاون باون ترپن "
    "چون پچپن چھپن ستاون اٹھاون انسٹھ ساٹھ اکسٹھ باسٹھ تریسٹھ چونسٹھ پینسٹھ چھیاسٹھ "
    "سڑسٹھ اڑسٹھ انہتر ستر اکہتر بہتر تہتر چوہتر پچھتر چھہتر ستتر اٹھتر اناسی اسی "
    "اکیاسی بیاسی تراسی چوراسی پچاسی چھیاسی ستاسی اٹھاسی نواسی نوے اکانوے بانوے "
    "ترانوے چورانوے پچانوے چھیانوے ستانوے اٹھانوے ننانوے سو "
)

_BN = _words(
    "শূন্য এক দুই তিন চার পাঁচ ছয় সাত আট নয় দশ এগারো বারো তেরো চৌদ্দ পনেরো ষোলো "
    "সতেরো আঠারো উনিশ বিশ একুশ বাইশ তেইশ চব্বিশ পঁচিশ ছাব্বিশ সাতাশ আটাশ ঊনত্রিশ "
    "ত্রিশ একত্রিশ বত্রিশ তেত্রিশ চৌত্রিশ পঁয়ত্রিশ ছত্রিশ সাঁইত্রিশ আটত্রিশ "
    "ঊনচল্লিশ চল্লিশ একচল্লিশ বিয়াল্লিশ তেতাল্লিশ চুয়াল্লিশ পঁয়তাল্লিশ ছেচল্লিশ "
    "সাতচল্লিশ আটচল্লিশ ঊনপঞ্চাশ পঞ্চাশ একান্ন বায়ান্ন তিপ্পান্ন চুয়ান্ন পঞ্চান্ন "
    "ছাপ্পান্ন সাতান্ন আটান্ন ঊনষাট ষাট একষট্টি বাষট্টি তেষট্টি চৌষট্টি পঁয়ষট্টি "
    "ছেষট্টি সাতষট্টি আটষট্টি ঊনসত্তর সত্তর একাত্তর বাহাত্তর তিয়াত্তর চুয়াত্তর "
    "পঁচাত্তর ছিয়াত্তর সাতাত্তর আটাত্তর ঊনআশি আশি একাশি বিরাশি তিরাশি চুরাশি পঁচাশি "
    "ছিয়াশি সাতাশি আটাশি ঊননব্বই নব্বই একানব্বই বিরানব্বই তিরানব্বই চুরানব্বই "
    "পঁচানব্বই ছিয়ানব্বই সাতানব্বই আটানব্বই নিরানব্বই একশ "
)

_EN = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty "
    "sixty seventy eighty ninety "
)

_ES = _words(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece "
    "catorce quince dieciséis diecisiete dieciocho diecinueve veinte treinta "
    "cuarenta cincuenta sesenta setenta ochenta noventa "
)

_ES_20 = _words(
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete "
    "veintiocho veintinueve "
)

_PT = _words(
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze "
    "quinze dezesseis dezessete dezoito dezenove vinte trinta quarenta cinquenta "
    "sessenta setenta oitenta noventa "
)

_FR = _words(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize "
    "quatorze quinze seize dix-sept dix-huit dix-neuf vingt trente quarante "
    "cinquante soixante "
)

_RU = _words(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать "
    "двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать "
    "восемнадцать девятнадцать двадцать тридцать сорок пятьдесят шестьдесят "
    "семьдесят восемьдесят девяносто "
)

_AR = _words("صفر واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة ")

_AR_TENS = _words("عشرون ثلاثون أربعون خمسون ستون سبعون ثمانون تسعون ")

_VI = _words("không một hai ba bốn năm sáu bảy tám chín ")


def _joined(words: list[str], between: str, hundred: str) -> Callable[[int], str]:
    """Tens and units with ``between``; the words of 0 to 20, then of the tens."""

    def say(number: int) -> str:
        if number <= 20:
            return words[number]
        ten, unit = divmod(number, 10)
        if ten == 10:
            return hundred
        return words[18 + ten] + (between + words[unit] if unit else "")

    return say


def _spanish(number: int) -> str:
    return _ES_20[number - 21] if 21 <= number <= 29 else _joined(_ES, " y ", "cien")(number)


def _french(number: int) -> str:
    if number <= 20:
        return _FR[number]
    if number == 100:
        return "cent"
    ten, unit = divmod(number, 10)
    if ten in (7, 9):
        ten, unit = ten - 1, unit + 10
    if ten == 8:
        return "quatre-vingts" if not unit else f"quatre-vingt-{_FR[unit]}"
    tens = _FR[18 + ten]
    if not unit:
        return tens
    return f"{tens} et {_FR[unit]}" if unit in (1, 11) else f"{tens}-{_FR[unit]}"


def _arabic(number: int) -> str:
    if number < 10:
        return _AR[number]
    ten, unit = divmod(number, 10)
    if ten == 10:
        return "مئة"
    if ten == 1:
        teens = {0: "عشرة", 1: "أحد عشر", 2: "اثنا عشر"}
        return teens.get(unit) or f"{_AR[unit]} عشر"
    return f"{_AR[unit]} و{_AR_TENS[ten - 2]}" if unit else _AR_TENS[ten - 2]


def _vietnamese(number: int) -> str:
    if number < 10:
        return _VI[number]
    ten, unit = divmod(number, 10)
    if ten == 10:
        return "một trăm"
    if ten == 1:
        return "mười" + (f" {'lăm' if unit == 5 else _VI[unit]}" if unit else "")
    last = {0: "", 1: " mốt", 4: " tư", 5: " lăm"}.get(unit, f" {_VI[unit]}")
    return f"{_VI[ten]} mươi{last}"


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    ten, unit = divmod(number, 10)
    if ten == 10:
        return "一百"
    return ("" if ten < 2 else digits[ten]) + ("十" if ten else "") + (digits[unit] if unit else "")


WAYS: dict[str, Callable[[int], str]] = {
    "en": _joined(_EN, "-", "one hundred"),
    "zh": _chinese,
    "hi": _HI.__getitem__,
    "es": _spanish,
    "ar": _arabic,
    "fr": _french,
    "bn": _BN.__getitem__,
    "pt": _joined(_PT, " e ", "cem"),
    "ru": _joined(_RU, " ", "сто"),
    "ur": _UR.__getitem__,
    "vi": _vietnamese,
}
NOUN = {"zh": "人受伤"}
ANOTHER_WORD = {("ur", 72), ("ur", 89)}  # 'better', 'granddaughter'


@pytest.mark.parametrize("language", WAYS)
def test_every_number_word_up_to_a_hundred_is_its_number(language: str) -> None:
    wrong = {}
    for number in range(2, 101):
        if (language, number) in ANOTHER_WORD:
            continue
        said = WAYS[language](number)
        noun = NOUN.get(language, " xyz")
        found = numbers(f"{said}{noun}", language)
        if sorted(found) != sorted(numbers(f"{number}{noun}", language)):
            wrong[number] = (said, sorted(found))
    assert not wrong


def test_words_of_one_sound_with_a_number_stay_words() -> None:
    assert not sorted(numbers("صورتحال بہتر ہو گئی", "ur"))
