"""Our own list of the addresses to which connections are allowed.

Python's ``ipaddress`` calls several ranges global that lead back into the machine
or its network (NAT64, 6to4, 192.0.0.0/24, multicast), and its answers change
between versions. The ranges below are from the IANA special-purpose registries for
IPv4 and IPv6; everything that is not an ordinary public unicast address is refused.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4 = tuple(
    (IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this machine"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a provider's inner network"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved for protocols"),
        ("192.0.2.0/24", "an address for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "an address for benchmarks"),
        ("198.51.100.0/24", "an address for documentation"),
        ("203.0.113.0/24", "an address for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_V6 = tuple(
    (IPv6Network(network), why)
    for network, why in (
        ("::/128", "this machine"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "a discard-only address"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved for protocols"),
        ("2001:db8::/32", "an address for documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "an address for documentation"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "a private network"),
        ("ff00::/8", "multicast"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")


def refusal(address: Address) -> str | None:
    """Why ``address`` must not be connected to; None for a public address.

    An IPv4 address inside an IPv6 one (mapped, or with NAT64's well-known prefix) is
    judged as IPv4, because networks without IPv4 give every name a NAT64 address.
    6to4 and Teredo are refused entirely: nobody publishes there any more.
    """
    if isinstance(address, IPv4Address):
        return next((why for network, why in _V4 if address in network), None)
    if address.scope_id is not None:
        return "link-local"
    inner = address.ipv4_mapped
    if inner is None and address in _NAT64:
        inner = IPv4Address(int(address) & 0xFFFFFFFF)
    if inner is not None:
        return refusal(inner)
    found = next((why for network, why in _V6 if address in network), None)
    if found is None and address not in _UNICAST:
        return "not a public address"
    return found


@lru_cache(maxsize=4_096)
def is_loopback(host: str) -> bool:
    """Whether ``host``, as written in an address, is this machine itself."""
    host = host.rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return _literal(host).is_loopback
    except ValueError:
        return False


def _literal(host: str) -> Address:
    return IPv6Address(host.strip("[]")) if ":" in host else IPv4Address(host)


def literal(host: str) -> Address | None:
    """The literal address in ``host``, or None if it is a name.

    Raises ValueError for a host that a resolver would interpret as an address although
    it is not in the usual notation: ``127.1``, ``2130706433``, ``0x7f.1``,
    ``0177.0.0.1``. Nobody publishes such addresses, and each has been used to bypass
    a guard.
    """
    if ":" in host or host.startswith("["):
        return _literal(host)
    last = host.rstrip(".").rsplit(".", 1)[-1]
    if not (last.isdigit() or last[:2] in ("0x", "0X")):
        return None
    try:
        return IPv4Address(host)
    except ValueError:
        raise ValueError(f"{host} is an IP address in an unusual notation") from None
