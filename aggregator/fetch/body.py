"""Decompresses bodies within a limit while they arrive.

``httpx`` inflates a whole chunk at once: a megabyte can become a gigabyte before
anything is counted. Here the output of zlib is limited.

Servers declare the wrong encoding, none, or one twice. So the bytes decide: a declared
layer that is not present is passed through, and undeclared gzip (a ``.gz`` file, a body
compressed twice) is unpacked.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from aggregator.fetch.guard import Refused

# The others are errors of some servers, meaning "not compressed".
_NONE = ("", "identity", "none", "binary", "8bit", "utf-8", "utf8")
_GZIP = ("gzip", "x-gzip")
_MOST_MEMBERS = 64  # gzip files in a row; more are an attack on the CPU
_MOST_LAYERS = 3  # nested encodings
_GZIP_MAGIC = b"\x1f\x8b"
_UNPACKED = (b"<", b"{", b"[", b"\xef\xbb\xbf", b"\xfe\xff", b"\xff\xfe")  # how documents begin
_HEAD = 5  # bytes needed to recognise the kind of a body
WIRE_SLACK = 65_536  # bytes by which compression may lengthen an incompressible body


class Body:
    """Decodes a body as it arrives, within a size limit.

    ``encoding`` is the Content-Encoding. Raises Refused for one that was not requested.
    ``feed`` raises Refused when ``limit`` bytes are exceeded, and ValueError if the
    bytes are invalid for their encoding.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        names = [name.strip().lower() for name in encoding.split(",")]
        for name in names:
            if name not in (*_NONE, *_GZIP, "deflate"):
                raise Refused(f"the server used an encoding that was not requested: {name[:40]!r}")
        packed = [name for name in names if name not in _NONE]
        if len(packed) > _MOST_LAYERS:
            raise Refused(f"the body is compressed {len(packed)} times over")
        self._limit = limit
        # The encoding listed last was applied last.
        named = [_Layer("deflate" if n == "deflate" else "gzip", limit) for n in reversed(packed)]
        self._layers = [*named, _Layer("", limit)]
        self._parts: list[bytes] = []
        self._size = 0
        self.wire = 0  # bytes as received

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if not chunk:
            return
        self.wire += len(chunk)
        if self.wire > self._limit + WIRE_SLACK:
            raise too_long(self._limit)
        self._pass_on(chunk, 0)

    def finish(self) -> tuple[bytes, bool]:
        """The complete body, and whether its compressed data ended early."""
        for number, layer in enumerate(self._layers):
            for data in layer.rest():
                self._pass_on(data, number + 1)
        return b"".join(self._parts), any(layer.incomplete for layer in self._layers)

    def _pass_on(self, data: bytes, number: int) -> None:
        """Pass bytes to a layer, and its output to the inner layers."""
        if number < len(self._layers):
            for inner in self._layers[number].take(data):
                self._pass_on(inner, number + 1)
            return
        self._size += len(data)
        if self._size > self._limit:
            raise too_long(self._limit)
        self._parts.append(data)


class _Layer:
    """One encoding layer; ``name`` is empty if none was declared."""

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._head: bytes | None = b""  # the first bytes, until the kind is known
        self._inflate: zlib._Decompress | None = None
        self._gzip = False
        self._members = 1
        self._size = 0

    @property
    def incomplete(self) -> bool:
        """Whether the compressed data is truncated."""
        return self._inflate is not None and not self._inflate.eof

    def take(self, data: bytes) -> Iterator[bytes]:
        """Unpack the next bytes."""
        if self._head is not None:
            self._head += data
            if len(self._head) < _HEAD:
                return
            data = self._begin()
        yield from self._unpacked(data)

    def rest(self) -> Iterator[bytes]:
        """The remaining bytes of a body that is shorter than ``_HEAD``."""
        if self._head:
            yield from self._unpacked(self._begin())

    def _begin(self) -> bytes:
        head, self._head = self._head or b"", None
        if head.startswith(_GZIP_MAGIC):
            self._gzip, self._inflate = True, zlib.decompressobj(31)
        elif self._name == "deflate" and not head.lstrip().startswith(_UNPACKED):
            # Either zlib format, or raw deflate without its header.
            self._inflate = zlib.decompressobj(15 if _is_zlib(head) else -15)
        return head

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        if self._inflate is None:
            yield data
            return
        inflate = self._inflate
        while data:
            if inflate.eof:
                if not self._gzip or not data.startswith(_GZIP_MAGIC):
                    return  # junk after the end is ignored, as in browsers
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise Refused("the compressed body has too many parts")
                inflate = self._inflate = zlib.decompressobj(31)
            try:  # one byte over the limit is enough to know
                out = inflate.decompress(data, self._limit + WIRE_SLACK - self._size + 1)
            except zlib.error as error:
                name = "gzip" if self._gzip else "deflate"
                raise ValueError(f"the body is not valid {name}: {error}") from None
            self._size += len(out)
            if self._size > self._limit + WIRE_SLACK:
                raise too_long(self._limit)
            if out:
                yield out
            data = inflate.unused_data if inflate.eof else inflate.unconsumed_tail


def too_long(limit: int) -> Refused:
    """The error for a body of more than ``limit`` bytes."""
    return Refused(f"the body is longer than {limit:,} bytes")


def _is_zlib(chunk: bytes) -> bool:
    """Whether the bytes begin with a zlib header (RFC 1950, 2.2)."""
    return len(chunk) > 1 and chunk[0] & 0x0F == 8 and (chunk[0] << 8 | chunk[1]) % 31 == 0
