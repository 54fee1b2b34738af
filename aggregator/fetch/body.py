"""Bodies, decompressed within a limit while they arrive.

``httpx`` inflates a whole chunk at once: a megabyte can become a gigabyte before
anything is counted. Here zlib is told how much it may give.
"""

from __future__ import annotations

import zlib

from aggregator.fetch.guard import Refused

# The rest of them are mistakes that some servers make: they mean "not packed".
_NONE = ("", "identity", "none", "binary", "8bit", "utf-8", "utf8")
_GZIP = ("gzip", "x-gzip")
_MOST_MEMBERS = 64  # gzip files in a row; more are an attack on the CPU
_GZIP_MAGIC = b"\x1f\x8b"
WIRE_SLACK = 65_536  # bytes that an incompressible body may be longer when packed


class Body:
    """Takes a body as it comes off the wire and gives it decoded and bounded.

    ``encoding`` is the Content-Encoding. Raises Refused for one that was not asked
    for (also two of them), and ``feed`` raises it when ``limit`` bytes are passed,
    or ValueError where the bytes are not what they claim.
    """

    def __init__(self, encoding: str, limit: int) -> None:
        name = encoding.strip().lower()
        if name not in (*_NONE, *_GZIP, "deflate"):
            raise Refused(f"the encoding {name[:40]!r} was not asked for")
        self._name = name
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._members = 1
        self._inflate = zlib.decompressobj(31) if name in _GZIP else None
        self._started = name != "deflate"
        self.wire = 0  # bytes as received

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        if not chunk:
            return
        self.wire += len(chunk)
        if self.wire > self._limit + WIRE_SLACK:
            raise self._too_long()
        if not self._started:  # "deflate" is zlib's format, or without its header
            self._started = True
            self._inflate = zlib.decompressobj(15 if _is_zlib(chunk) else -15)
        if self._inflate is None:
            self._keep(chunk)
        else:
            self._unpack(self._inflate, chunk)

    def finish(self) -> tuple[bytes, bool]:
        """The whole body, and whether it ended early (its packing is not complete)."""
        partial = self._inflate is not None and self.wire > 0 and not self._inflate.eof
        return b"".join(self._parts), partial

    def _unpack(self, inflate: zlib._Decompress, chunk: bytes) -> None:
        try:
            while chunk:
                if inflate.eof:
                    if self._name == "deflate" or not chunk.startswith(_GZIP_MAGIC):
                        return  # rubbish behind the end is ignored, as browsers do
                    self._members += 1
                    if self._members > _MOST_MEMBERS:
                        raise Refused("the body is packed in too many pieces")
                    inflate = self._inflate = zlib.decompressobj(31)
                # One byte over the limit is enough to know.
                self._keep(inflate.decompress(chunk, self._limit - self._size + 1))
                chunk = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
        except zlib.error as error:
            raise ValueError(f"the body is not {self._name}: {error}") from None

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._limit:
            raise self._too_long()
        if data:
            self._parts.append(data)

    def _too_long(self) -> Refused:
        return Refused(f"the body is longer than {self._limit:,} bytes")


def _is_zlib(chunk: bytes) -> bool:
    """Whether the bytes begin with a zlib header (RFC 1950, 2.2)."""
    if len(chunk) < 2:
        return bool(chunk) and chunk[0] & 0x0F == 8
    return chunk[0] & 0x0F == 8 and (chunk[0] << 8 | chunk[1]) % 31 == 0
