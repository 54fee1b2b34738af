"""Who may be asked: every connection of this program is decided here.

A name is resolved once, every address it has is judged, and the address judged
is the one connected to (see ``client``), so that a second answer of the resolver
(DNS rebinding) changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from aggregator.fetch.addresses import Address, Network, literal, refusal
from aggregator.fetch.resolver import resolve

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Gives the addresses of a name, as text; raises OSError where there are none."""

_SCHEMES = ("http", "https")
_NAME = re.compile(r"[a-z0-9_.-]{1,253}", re.ASCII)  # what a name may be made of on the wire


class Refused(Exception):  # noqa: N818 # an answer, not a fault
    """The guard or a limit said no; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address to ask, taken apart by the same code that will ask it."""

    url: str  # without user and password
    scheme: str
    host: str  # ASCII, lower case, without brackets
    port: int
    credentials: bool = False  # the address carried a user or a password
    authority: bytes = b""  # what the Host header is to say
    path: bytes = b"/"  # with the query, as it is sent

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must be the same for credentials to be sent along."""
        return self.scheme, self.host, self.port


class Guard:
    """Decides which addresses may be asked.

    ``allow_hosts`` opens the door to internal feeds. An entry is a host as feeds
    write it (``wiki.example``, ``192.168.1.5``), a host with a port
    (``localhost:8000``), or a network (``10.1.0.0/16``), which covers written
    addresses and names that have only addresses inside it.
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
        """Whether anything internal is allowed at all."""
        return bool(self._hosts or self._networks)

    def named(self, host: str, port: int) -> bool:
        """Whether ``allow_hosts`` names this very host."""
        return (host, None) in self._hosts or (host, port) in self._hosts

    def opens_to(self, host: str, port: int) -> bool:
        """Whether ``allow_hosts`` names this host, or a network its address is in."""
        try:
            address = literal(host)
        except ValueError:
            return False
        return self.named(host, port) or (address is not None and self._covers(address))

    def admit(self, target: Target, *, inside: bool) -> None:
        """Judge the address as it is written, before anybody waits or anything is looked up.

        Raises Refused: for another scheme, for a user or password in it, for numbers
        that only a resolver takes for an address, and for an inner address.
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
        """The addresses of ``host`` to connect to, every one of them judged.

        ``inside`` says whether ``allow_hosts`` counts: it does for what the user
        named, not for where a stranger's page points. Raises Refused, or OSError
        where the name has no address.
        """
        literal = _literal(host)
        found = [str(literal)] if literal else await self._resolver(host, port)
        if not found:
            raise OSError(f"{host} does not resolve to an address")
        addresses = [ip_address(text) for text in dict.fromkeys(found)]
        self._judge(host, port, addresses, inside=inside)
        return [str(address) for address in addresses]

    def _judge(self, host: str, port: int, addresses: list[Address], *, inside: bool) -> None:
        """One bad address among them is enough: a name has no business inside."""
        if inside and self.named(host, port):
            return
        for address in addresses:
            why = refusal(address)
            if why is not None and not (inside and self._covers(address)):
                raise Refused(_sentence(host, address, why))

    def _covers(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def is_public(address: str) -> bool:
    """Whether ``address`` (an IP address as text) is one that anybody may be sent to."""
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
    """``host``, ``host:port``, ``::1`` or ``[::1]:port`` taken apart."""
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]")
        return host, int(port[1:]) if port.startswith(":") else None
    if entry.count(":") != 1:
        return entry, None
    host, _, port = entry.partition(":")
    return host, int(port)
