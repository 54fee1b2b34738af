"""Digests by mail: HTML with a text part, through the SMTP server of ``[mail]``."""

from __future__ import annotations

import json
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, parseaddr

import structlog
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from aggregator.digest import Edition, UserTemplates, file_name, lay_out, render, render_mail
from aggregator.model.errors import UserError
from aggregator.publish.deliveries.channel import Begin, Channel, Outcome, Result
from aggregator.settings import DigestSettings, MailSettings, Settings
from storage import OutboxMessage

log = structlog.get_logger()

SECONDS = 30.0  # for one answer of the server


def targets(one: DigestSettings) -> Sequence[str]:
    """The addresses; each gets a message of its own."""
    return tuple(dict.fromkeys(one.mail))


def content(edition: Edition, one: DigestSettings) -> str:
    """Everything of the message but its sender, as JSON."""
    page = lay_out(edition)
    return json.dumps(
        {
            "name": file_name(edition.name),
            "title": page.title.text or page.name,
            "day": page.day,
            "language": page.language,
            "unsubscribe": one.unsubscribe,
            "text": render(edition, "txt"),
            "html": _html(edition),
        },
        ensure_ascii=False,
    )


def _html(edition: Edition) -> str:
    """The HTML part; in the built-in layout if the user's has a mistake."""
    try:
        return render_mail(edition)
    except UserError as error:
        log.error("a mail is sent in the built-in layout", digest=edition.name, why=str(error))
        return render_mail(replace(edition, templates=UserTemplates()))


async def send(message: OutboxMessage, settings: Settings, begin: Begin) -> Outcome:
    """Hand the message to the server; what it answered decides."""
    mail = settings.mail
    if mail is None:
        return Outcome(Result.REFUSED, "feeds.toml has no [mail]; add it, then retry")
    data = compose(message, mail).as_bytes(policy=SMTP_POLICY)
    client = _client(mail)
    try:
        await client.connect()
        if mail.user:
            await client.login(mail.user, mail.password)
        await client.mail(parseaddr(mail.sender)[1])
        await client.rcpt(message.target)
        begin()
        try:
            await client.data(data)
        except SMTPResponseException as error:
            return _answered(error)
        except (SMTPException, OSError) as error:
            return Outcome(Result.UNKNOWN, f"the connection ended after the text: {_told(error)}")
        return Outcome(Result.SENT)
    except SMTPResponseException as error:
        return _answered(error)
    except (SMTPException, OSError) as error:
        return Outcome(Result.LATER, f"{mail.host}: {_told(error)}")
    finally:
        with suppress(Exception):
            client.close()


def compose(message: OutboxMessage, mail: MailSettings) -> EmailMessage:
    """The message as it is sent; the same at every attempt."""
    said = json.loads(message.payload)
    domain = parseaddr(mail.sender)[1].rpartition("@")[2]
    letter = EmailMessage()
    letter["From"] = mail.sender
    letter["To"] = message.target
    letter["Subject"] = f"{said['title']} · {said['day']}"
    letter["Date"] = format_datetime(message.made)
    letter["Message-ID"] = f"<{message.message}@{domain}>"
    letter["List-Id"] = f"<{_label(said['name'])}.digest.{domain}>"
    letter["Content-Language"] = said["language"]
    letter["Auto-Submitted"] = "auto-generated"
    if said["unsubscribe"]:
        letter["List-Unsubscribe"] = f"<{said['unsubscribe']}>"
    letter.set_content(said["text"], cte="quoted-printable")
    letter.add_alternative(said["html"], subtype="html", cte="quoted-printable")
    return letter


def _label(name: str) -> str:
    """A name as a part of a List-Id, which is ASCII."""
    return "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in name)[:60]


def _client(mail: MailSettings) -> SMTP:
    context = None
    if mail.security != "none":
        context = ssl.create_default_context(cafile=str(mail.ca_file) if mail.ca_file else None)
    return SMTP(
        hostname=mail.host,
        port=mail.port,
        timeout=SECONDS,
        use_tls=mail.security == "tls",
        start_tls=mail.security == "starttls",
        tls_context=context,
    )


def _answered(error: SMTPResponseException) -> Outcome:
    """5xx is for good, except for a login, which the user can correct; 4xx is for now."""
    why = f"{error.code} {' '.join(str(error.message).split())}"[:300]
    final = 500 <= error.code < 600 and error.code not in _LOGIN
    return Outcome(Result.REFUSED if final else Result.LATER, why)


_LOGIN = {530, 534, 535, 538}


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


CHANNEL = Channel(targets, content, send, recognised=False)
