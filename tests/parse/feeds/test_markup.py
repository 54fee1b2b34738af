"""What is left of markup: text, structure, links."""

from __future__ import annotations

import pytest

from aggregator.parse.feeds import markup


def test_a_password_goes_from_links_and_nothing_goes_from_texts() -> None:
    assert markup.clean_html('<table><a href="https://u:p@a.example/">b</a>') == (
        '<a href="https://a.example/">b</a><table></table>'
    )
    said = '<table></table> write: href="https://user@a.example/"'
    assert markup.clean_html(said) == said


@pytest.mark.parametrize("base", ["http://[", "http://", "http://a b/", "https://a.example:port/"])
def test_a_base_that_is_no_address_costs_only_the_relative_links(base: str) -> None:
    said = '<table></table><a href="/x">a</a> <a href="https://b.example/">b</a>'
    assert markup.clean_html(said, base) == (
        '<table></table><a>a</a> <a href="https://b.example/">b</a>'
    )


def test_of_attributes_only_addresses_are_kept() -> None:
    said = (
        '<table title="a"><tr lang="fr"><td><a href="/b" title="c" lang="d">e</a></td></tr></table>'
    )
    assert markup.clean_html(said, "https://a.example/x/") == (
        '<table><tbody><tr><td><a href="https://a.example/b">e</a></td></tr></tbody></table>'
    )
