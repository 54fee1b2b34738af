"""Texts that were encoded twice, and bytes at random, at the decoding gate."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.decode import decode

HEAD = '<?xml version="1.0" encoding="utf-8"?>'


def twice(text: str) -> str:
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(
    "text", ["Además", "Flüchtlinge", "£30", "Città – così", "Привет мир", "市议会"]
)
def test_texts_encoded_twice_are_made_right(text: str) -> None:
    found = decode(f"{HEAD}<a>{twice(text)}</a><b>déjà vu</b>".encode())
    assert found.text == f"{HEAD}<a>{text}</a><b>déjà vu</b>"
    assert "texts encoded twice were repaired" in found.problems


def test_one_letter_encoded_twice_is_enough_behind_a_byte_order_mark() -> None:
    found = decode(f"\ufeff{HEAD}<a>{twice('£30')}</a>".encode())
    assert found.text == f"{HEAD}<a>£30</a>"


@pytest.mark.parametrize(
    ("body", "same"),
    [
        (f"{HEAD}<a>é</a>".encode(), True),
        (b"<a>plain</a>", True),
        (f"\ufeff{HEAD}<a>é</a>".encode(), False),
        (f"{HEAD}<a>{twice('é')}</a>".encode(), False),
        (f"{HEAD}<a>é</a>".encode("latin-1"), False),
        (f"{HEAD}<a>é</a>".encode("utf-16"), False),
    ],
)
def test_only_bytes_that_are_the_text_are_called_the_same(body: bytes, same: bool) -> None:
    """The parser is given them as they are."""
    found = decode(body)
    assert found.same is same
    assert not same or body.decode() == found.text


@pytest.mark.parametrize("text", ["Ã é", "Città Â£ così", "à la carte", "AÇÃO"])
def test_texts_with_other_letters_stay(text: str) -> None:
    assert decode(f"{HEAD}<a>{text}</a>".encode()).text == f"{HEAD}<a>{text}</a>"


@given(st.binary(max_size=300))
def test_bytes_at_random_become_text(body: bytes) -> None:
    assert isinstance(decode(body).text, str)


@given(st.text(max_size=100))
def test_utf8_is_read_as_utf8(text: str) -> None:
    if "\ufeff" not in text and twice_free(text):
        body = f"{HEAD}<a>é{text}</a>".encode("utf-8", "surrogatepass")
        if "\ud800" <= max(text, default="a") <= "\udfff":
            return
        try:
            body.decode()
        except UnicodeDecodeError:
            return
        assert decode(body).text == f"{HEAD}<a>é{text}</a>"


def twice_free(text: str) -> bool:
    return not any("\x80" <= ch <= "\xff" for ch in text)


@pytest.mark.slow
def test_time_is_linear() -> None:
    start = time.monotonic()
    decode((HEAD + "Ã©" * 400_000).encode())
    decode((HEAD + "<a>Ã©é</a>" * 100_000).encode())
    assert time.monotonic() - start < 10
