"""English month names and zone names: the one table for all that reads dates."""

from __future__ import annotations

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep september sept",
            "oct october",
            "nov november",
            "dec december",
        ],
        1,
    )
    for name in names.split()
}
"""Numbers of months by their names and usual abbreviations, in lower case."""

ZONES = {
    "": 0, "z": 0, "gmt": 0, "ut": 0, "utc": 0, "wet": 0, "cet": 60, "cest": 120, "eet": 120,
    "eest": 180, "bst": 60, "west": 60, "msk": 180, "мск": 180, "est": -300, "edt": -240,
    "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "et": -300,
    "pt": -480, "ist": 330, "jst": 540, "kst": 540, "sgt": 480, "hkt": 480, "aest": 600,
    "aedt": 660, "nzst": 720, "nzdt": 780, "sast": 120, "trt": 180, "pkt": 300, "ict": 420,
    "wib": 420, "wita": 480, "wit": 540, "brt": -180, "art": -180,
    "a": 60, "n": -60, "m": 720, "y": -720,
}  # fmt: skip
"""Zone names in minutes east of Greenwich; for ambiguous ones the most common in feeds."""
