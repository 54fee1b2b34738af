"""The tables of feeds.toml that say where digests are sent."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class Table(BaseModel):
    """A table in which unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Secret(Table):
    """A value from the environment: ``{ env = "NAME" }``."""

    env: str


_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_SENDER = re.compile(rf"(?:[^<>@\r\n]+ <{_ADDRESS.pattern}>|{_ADDRESS.pattern})")


def mail_address(value: str) -> str:
    """A mail address. Raises ValueError."""
    if not _ADDRESS.fullmatch(value):
        raise ValueError("not a mail address")
    return value


def _sender(value: str) -> str:
    if not _SENDER.fullmatch(value):
        raise ValueError("a sender is an address, or NAME <address>")
    return value


def unsubscribe_address(value: str) -> str:
    """An address for List-Unsubscribe. Raises ValueError."""
    if not re.fullmatch(r"(?:https://|mailto:)[!-;=?-~]+", value):
        raise ValueError("an address that begins with https:// or mailto:")
    return value


class MailTable(Table):
    """``[mail]``: the server that sends digests."""

    host: str = Field(min_length=1)
    sender: Annotated[str, AfterValidator(_sender)]
    port: int | None = Field(default=None, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] | None = None
    user: str | Secret | None = None
    password: Secret | None = None
    ca_file: str | None = None


class WebhookTable(Table):
    """One of ``webhooks``."""

    url: str = Field(min_length=1)
    secret: Secret


class AppriseTable(Table):
    """One of ``apprise``."""

    name: str = Field(min_length=1)
    url: Secret
