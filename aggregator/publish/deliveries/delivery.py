"""The definition of a delivery: where the rendered editions of a digest go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aggregator.digest import Edition
from aggregator.extensions import DELIVERIES
from aggregator.model.errors import UserError
from aggregator.settings import DigestSettings


class PartlyDeliveredError(UserError):
    """Some formats of a digest failed; ``files`` are those of the others, which were written."""

    def __init__(self, message: str, files: tuple[Path, ...]) -> None:
        super().__init__(message)
        self.files = files


class Deliver(Protocol):
    """Delivers one edition; returns the files that it wrote, none if it writes none.

    The same edition delivered twice must not be received twice: a digest that was
    interrupted is delivered again. Raises UserError with what, where and what to do;
    PartlyDeliveredError if it did all that it could and something is missing.
    """

    def __call__(  # noqa: D102
        self,
        edition: Edition,
        settings: DigestSettings,
        *,
        formats: Sequence[str] | None = None,
        latest: bool = True,
    ) -> tuple[Path, ...]: ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way to deliver editions, by the name it has in feeds.toml."""

    name: str
    deliver: Deliver


def delivery_named(name: str) -> Delivery:
    """The delivery of that name. Raises ValueError if unknown, UserError if it is broken."""
    if name not in DELIVERIES:
        known = ", ".join(DELIVERIES.names())
        raise ValueError(f"unknown delivery {name!r}; available: {known}")
    found = DELIVERIES.load(name)
    if not isinstance(found, Delivery):
        raise UserError(f'the delivery "{name}" is a {type(found).__name__}, not a Delivery')
    return found


def deliver_all(
    edition: Edition, settings: DigestSettings, *, latest: bool = True
) -> tuple[Path, ...]:
    """Deliver ``edition`` in each way that ``settings`` names, in order; returns all files.

    Raises PartlyDeliveredError after the last one where one of them delivered only a part.
    """
    files: list[Path] = []
    problems: list[str] = []
    for name in settings.deliver:
        try:
            files += delivery_named(name).deliver(edition, settings, latest=latest)
        except PartlyDeliveredError as error:
            files += error.files
            problems.append(str(error))
    if problems:
        raise PartlyDeliveredError("; ".join(problems), tuple(files))
    return tuple(files)
