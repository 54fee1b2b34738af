"""Names, numbers and negations keep their letters; inflections and spellings do not matter."""

from __future__ import annotations

import pytest

from aggregator.engine.compare_titles import Side, verdict

APART = [
    ("en", "Court clears mayor Clark in bridge case", "Court clears mayor Clarke in bridge case"),
    ("en", "Company executive found dead in Leeds", "Company execution found dead in Leeds"),
    ("en", "Witness found on the trial near the lake", "Witness found on the trail near the lake"),
    ("en", "Navy marine rescued off the coast", "Navy mariner rescued off the coast"),
    ("de", "Gericht spricht Meier im Prozess frei", "Gericht spricht Maier im Prozess frei"),
    ("ru", "Суд оправдал мэра Котова по делу", "Суд оправдал мэра Кротова по делу"),
    ("ar", "القضاء يدين الوزير سالم بتهمة الرشوة", "القضاء يدين الوزير سليم بتهمة الرشوة"),
    ("ar", "الشرطة تعثر على القاتل في منزله", "الشرطة تعثر على القتيل في منزله"),
    ("ar", "إصابة عامل في انهيار مبنى بالقاهرة", "إصابة عاملين في انهيار مبنى بالقاهرة"),
    ("tr", "Bakan yarın kente geliyor, parti dedi", "Bakan yarın kente gelmiyor, parti dedi"),
    ("az", "Məktəblər sabah Bakıda açılır", "Məktəblər sabah Bakıda açılmır"),
    ("fa", "دولت قیمت بنزین را افزایش می‌دهد", "دولت قیمت بنزین را افزایش نمی دهد"),
    ("fa", "دولت قیمت بنزین را افزایش می دهد", "دولت قیمت بنزین را افزایش نمیدهد"),
]  # fmt: skip

ONE = [
    ("en", "Union organises harbour protest in Leeds", "Union organizes harbor protest in Leeds"),
    ("en", "Mayor denies report of budget shortfall", "Mayor denies reports of budget shortfall"),
    ("en", "Goverrnment opens new bridge in Leeds", "Government opens new bridge in Leeds"),
    ("ar", "أسعار النفط ترتفع في الأسواق العالمية", "ارتفاع أسعار النفط في الأسواق العالمية"),
    ("ar", "الرئيس يستقبل وزير الخارجية الفرنسي", "استقبال الرئيس وزير الخارجية الفرنسي"),
    ("fa", "دولت یارانه نان را قطع نمی‌کند", "دولت یارانه نان را قطع نمی کند"),
    ("fa", "رئیس‌جمهور برنامه هسته‌ای را متوقف نمی‌کند", "رییس جمهور برنامه هسته ای را متوقف نمی کند"),
    ("hi", "हिन्दी सम्मेलन में अन्तरराष्ट्रीय मेहमान पहुँचे", "हिंदी सम्मेलन में अंतरराष्ट्रीय मेहमान पहुंचे"),
    ("vi", "Nhà máy thủy điện Hòa Bình xả lũ hôm nay", "Nhà máy thuỷ điện Hoà Bình xả lũ hôm nay"),
    ("zh", "颱風逼近沿海三市停課停工", "台风逼近沿海三市停课停工"),
    ("zh", "港口货运量增长三倍 创十年新高", "港口货运量增长3倍 创10年新高"),
    ("ko", "미 국무부, 반도체 장비 제재 명단 발표", "미국 국무부, 반도체 장비 제재 명단 발표"),
    ("ja", "大手メーカーがコンピューターの新工場を建設", "大手メーカがコンピュータの新工場を建設"),
    ("am", "ሠራተኞች በአዲስ አበባ ሰልፍ ወጡ ዛሬ", "ሰራተኞች በአዲስ አበባ ሠልፍ ወጡ ዛሬ"),
    ("uz", "Тошкентда янги кўприк очилди", "Toshkentda yangi koʻprik ochildi"),
    ("uk", "У Києві об'єднали дев'ять сільських шкіл", "У Києві обʼєднали дев’ять сільських шкіл"),
    ("he", "הוועדה דחתה את ההצעה לתקציב החדש", "הועדה דחתה את ההצעה לתקציב החדש"),
    ("ml", "തുറമുഖത്തെ പുതിയ പാലം മുൻപ് തുറക്കും", "തുറമുഖത്തെ പുതിയ പാലം മുന്\u200dപ് തുറക്കും"),
]  # fmt: skip


def same(a: str, b: str, language: str) -> bool:
    return verdict(Side(a, language=language), Side(b, language=language)).same


@pytest.mark.parametrize(("language", "a", "b"), APART)
def test_another_name_number_or_negation_is_another_statement(
    language: str, a: str, b: str
) -> None:
    assert not same(a, b, language)
    assert not same(b, a, language)


@pytest.mark.parametrize(("language", "a", "b"), ONE)
def test_a_way_of_writing_is_no_difference(language: str, a: str, b: str) -> None:
    assert same(a, b, language)
    assert same(b, a, language)
