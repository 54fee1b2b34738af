"""Which addresses may be asked: the list, and the word of feeds.toml against it."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.fetch import Guard, Refused
from aggregator.fetch.addresses import literal, refusal
from aggregator.fetch.client import join, split
from aggregator.fetch.guard import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "172.15.0.1", "172.32.0.1", "192.0.1.1", "100.128.0.1"),
        *("2606:4700::1111", "2001:4860:4860::8888", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"),
    ],
)
def test_public_addresses_pass(address):
    assert refusal(ip_address(address)) is None


@given(st.ip_addresses(v=4))
def test_what_the_standard_library_calls_inner_is_refused(address: IPv4Address):
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert refusal(address) is not None


@given(st.ip_addresses(v=6))
def test_so_in_the_newer_protocol(address: IPv6Address):
    inner = address.ipv4_mapped or (
        IPv4Address(int(address) & 0xFFFFFFFF) if str(address).startswith("64:ff9b::") else None
    )
    if inner is not None:
        assert refusal(address) == refusal(inner)
    elif not address.is_global or address.is_multicast or address.is_reserved:
        assert refusal(address) is not None


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_by_itself(address: IPv4Address):
    for outer in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_public(outer) == is_public(str(address))
    assert not is_public(f"::{address}")


@pytest.mark.parametrize("host", ["127.1", "1", "0x7f.1", "0177.0.0.1", "1.2.3.4.5", "256.1.1.1"])
def test_addresses_in_disguise(host):
    with pytest.raises(ValueError, match="unusual notation"):
        literal(host)


@pytest.mark.parametrize("host", ["example.com", "a1.example", "1.example", "xn--p1ai", "a-1"])
def test_names_are_no_addresses(host):
    assert literal(host) is None


def addresses(guard, host, port=80, *, inside=True):
    return asyncio.run(guard.addresses(host, port, inside=inside))


def resolver(*found):
    async def resolve(host, port):
        return list(found)

    return resolve


@pytest.mark.parametrize(
    ("allowed", "host", "port", "passes"),
    [
        ("127.0.0.1", "127.0.0.1", 80, True),
        ("127.0.0.1", "127.0.0.2", 80, False),
        ("127.0.0.1", "wiki.example", 80, False),  # a name is not the address it has
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "127.0.0.1", 8001, False),
        ("127.0.0.0/8", "127.0.0.9", 80, True),
        ("127.0.0.0/8", "wiki.example", 80, True),
        ("10.0.0.0/8", "wiki.example", 80, False),
        ("wiki.example", "wiki.example", 80, True),
        ("Wiki.Example:80", "wiki.example", 80, True),
        ("wiki.example:81", "wiki.example", 80, False),
        ("[::1]:80", "::1", 80, True),
        ("::1", "::1", 80, True),
        ("::1", "::2", 80, False),
    ],
)
def test_allow_hosts(allowed, host, port, passes):
    guard = Guard([allowed], resolver=resolver("127.0.0.1"))
    if passes:
        assert addresses(guard, host, port)
    else:
        with pytest.raises(Refused, match="allow_hosts"):
            addresses(guard, host, port)
    with pytest.raises(Refused):
        addresses(guard, host, port, inside=False)


def test_a_name_without_an_address():
    with pytest.raises(OSError, match="not resolve"):
        addresses(Guard(resolver=resolver()), "nobody.example")


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "feed",
            "http:",
            "http://",
            "http:///x",
            "//a.example",
            "http://a b/",
            "http://[::1/",
        ),
        *("http://a.example:0/", "http://a.example:99999/", "http://a.example:x/", "http://\x00/"),
        *("ftp://a.example/", "file:///etc/passwd", "javascript:x", "http://u@a.example/"),
    ],
)
def test_what_is_not_to_be_asked(url):
    with pytest.raises(Refused):
        Guard().admit(split(url), inside=True)


@given(st.text(max_size=60))
def test_no_text_is_more_than_refused(text):
    for url in (text, f"http://{text}", f"http://a.example/{text}"):
        try:
            Guard().admit(split(url), inside=True)
            join("http://a.example/", text)
        except Refused:
            continue


def test_an_address_is_taken_apart_as_it_is_asked():
    target = split("HTTP://Bücher.Example:8080/a b?ü=1#x")
    assert (target.host, target.port) == ("xn--bcher-kva.example", 8080)
    assert target.authority == b"xn--bcher-kva.example:8080"
    assert target.path == b"/a%20b?%C3%BC=1"
    assert "#" not in target.url
