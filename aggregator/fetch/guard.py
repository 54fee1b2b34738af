"""Decides which connections the program may make.

A name is resolved once, all its addresses are checked, and the connection goes to a
checked address (see ``client``), so that a different second answer of the resolver
(DNS rebinding) has no effect.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from aggregator.fetch.addresses import Address, Network, literal, refusal
from aggregator.fetch.resolver import resolve

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Resolves a name to addresses, as text; raises OSError if there are none."""

_SCHEMES = ("http", "https")
_NAME = re.compile(r"[a-z0-9_.-]{1,253}", re.ASCII)  # valid characters of a host name


class Refused(Exception):  # noqa: N818 # an answer, not a fault
    """Refused by the guard or a limit; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address to request, parsed by the same code that sends the request."""

    url: str  # without user and password
    scheme: str
    host: str  # ASCII, lower case, without brackets
    port: int
    credentials: bool = False  # the address contained a user or a password
    authority: bytes = b""  # value of the Host header
    path: bytes = b"/"  # including the query, as sent

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port, which must match for credentials to be sent."""
        return self.scheme, self.host, self.port


class Guard:
    """Decides which addresses may be requested.

    ``allow_hosts`` allows internal feeds. An entry is a host as written in addresses
    (``wiki.example``, ``192.168.1.5``), a host with a port (``localhost:8000``), or a
    network (``10.1.0.0/16``), which covers literal addresses and names whose addresses
    are all inside it.
    """

    def __init__(self, allow_hosts: Iterable[str] = (), *, resolver: Resolver = resolve) -> None:
        self._resolver = resolver
        self._hosts: set[tuple[str, int | None]] = set()
        self._networks: list[Network] = []
        for entry in allow_hosts:
            if "/" in entry:
                self._networks.append(ip_network(entry, strict=False))
            else:
                self._hosts.add(_host_and_port(entry.strip().lower()))

    @property
    def opens(self) -> bool:
        """Whether any internal host is allowed."""
        return bool(self._hosts or self._networks)

    def named(self, host: str, port: int) -> bool:
        """Whether ``allow_hosts`` contains this host by name."""
        return (host, None) in self._hosts or (host, port) in self._hosts

    def opens_to(self, host: str, port: int) -> bool:
        """Whether ``allow_hosts`` contains this host, or a network with its address."""
        try:
            address = literal(host)
        except ValueError:
            return False
        return self.named(host, port) or (address is not None and self._covers(address))

    def admit(self, target: Target, *, inside: bool) -> None:
        """Check the address as written, before any waiting or name resolution.

        Raises Refused for other schemes, for a user or password, for numbers that only
        a resolver interprets as an address, and for internal addresses.
        """
        if target.scheme not in _SCHEMES:
            raise Refused(f"{target.scheme or 'no scheme'}: only http and https are supported")
        if target.credentials:
            raise Refused("the address contains a user name or a password")
        literal = _literal(target.host)
        if literal is None and not _NAME.fullmatch(target.host):
            raise Refused("the address has no host")
        if literal is not None:
            self._judge(target.host, target.port, [literal], inside=inside)

    async def addresses(self, host: str, port: int, *, inside: bool) -> list[str]:
        """The addresses of ``host``, all of them checked.

        ``inside`` says whether ``allow_hosts`` applies: it does for addresses from the
        user, not for those from external pages. Raises Refused, or OSError if the name
        has no address.
        """
        literal = _literal(host)
        found = [str(literal)] if literal else await self._resolver(host, port)
        if not found:
            raise OSError(f"{host} does not resolve to an address")
        addresses = [ip_address(text) for text in dict.fromkeys(found)]
        self._judge(host, port, addresses, inside=inside)
        return [str(address) for address in addresses]

    def _judge(self, host: str, port: int, addresses: list[Address], *, inside: bool) -> None:
        """Raise Refused if any of the addresses is not allowed."""
        if inside and self.named(host, port):
            return
        for address in addresses:
            why = refusal(address)
            if why is not None and not (inside and self._covers(address)):
                raise Refused(_sentence(host, address, why))

    def _covers(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def is_public(address: str) -> bool:
    """Whether ``address`` (an IP address as text) is public."""
    try:
        return refusal(ip_address(address)) is None
    except ValueError:
        return False


def _literal(host: str) -> Address | None:
    try:
        return literal(host)
    except ValueError as error:
        raise Refused(str(error)) from None


def _sentence(host: str, address: Address, why: str) -> str:
    subject = host if host == str(address) else f"{host} resolves to {address}, which"
    return f"{subject} is {why}; allow_hosts in feeds.toml can allow it"


def _host_and_port(entry: str) -> tuple[str, int | None]:
    """Split ``host``, ``host:port``, ``::1`` or ``[::1]:port``."""
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]")
        return host, int(port[1:]) if port.startswith(":") else None
    if entry.count(":") != 1:
        return entry, None
    host, _, port = entry.partition(":")
    return host, int(port)
