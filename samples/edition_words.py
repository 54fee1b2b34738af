"""Weekdays in titles and bodies, so that 'Weather for Tuesday' is dated like its entry.

The sources contain ``{today}``, ``{tomorrow}`` and ``{yesterday}``; the weekdays are
written in the feed's language.
"""

from __future__ import annotations

from datetime import datetime

WEEKDAYS = {
    "ar": "الاثنين, الثلاثاء, الأربعاء, الخميس, الجمعة, السبت, الأحد",
    "de": "Montag, Dienstag, Mittwoch, Donnerstag, Freitag, Samstag, Sonntag",
    "en": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday",
    "es": "lunes, martes, miércoles, jueves, viernes, sábado, domingo",
    "fa": "دوشنبه, سه‌شنبه, چهارشنبه, پنج‌شنبه, جمعه, شنبه, یکشنبه",
    "fr": "lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche",
    "he": "יום שני, יום שלישי, יום רביעי, יום חמישי, יום שישי, שבת, יום ראשון",
    "ja": "月曜日, 火曜日, 水曜日, 木曜日, 金曜日, 土曜日, 日曜日",
    "pt": "segunda-feira, terça-feira, quarta-feira, quinta-feira, sexta-feira, sábado, domingo",
    "ru": "понедельник, вторник, среда, четверг, пятница, суббота, воскресенье",
    "tr": "Pazartesi, Salı, Çarşamba, Perşembe, Cuma, Cumartesi, Pazar",
    "zh": "星期一, 星期二, 星期三, 星期四, 星期五, 星期六, 星期日",
}
SHIFTS = {"{yesterday}": -1, "{today}": 0, "{tomorrow}": 1}


def fill(text: str, language: str, at: datetime) -> str:
    """Replace the placeholders in ``text`` by weekdays, relative to ``at``."""
    if "{" not in text:
        return text
    names = WEEKDAYS[language].split(", ")
    for mark, shift in SHIFTS.items():
        text = text.replace(mark, names[(at.weekday() + shift) % 7])
    return text
