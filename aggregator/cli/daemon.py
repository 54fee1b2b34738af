"""``run.py daemon``: poll and write digests until stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import typer

from aggregator.cli.context import CommandError, of
from aggregator.config import SettingsFile, load
from aggregator.daemon.service import TICK, Daemon
from aggregator.fetch import websub
from aggregator.model.errors import UserError
from aggregator.text.clean import gate

if TYPE_CHECKING:
    from storage import Store

log = structlog.get_logger()


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(daemon)


def daemon(
    context: typer.Context,
    json_logs: Annotated[bool, typer.Option("--json-logs", help="Log lines as JSON.")] = False,
    tick: Annotated[
        float,
        typer.Option(min=0.05, max=60.0, help="How often to check for due feeds, in seconds."),
    ] = TICK,
) -> None:
    """Poll what is due and write digests on schedule, until SIGTERM or SIGINT.

    SIGHUP, or a change to feeds.toml, reloads the configuration. Only one daemon
    can use a store.
    """
    ours = of(context)
    settings = ours.settings
    if not settings.feeds:
        raise CommandError(f"{settings.path} has no feeds; add one with `run.py feeds add URL`")
    if settings.fetch.websub_callback:
        try:
            websub.listen_address(settings.fetch.websub_listen)
        except ValueError as error:
            raise CommandError(f"{settings.path}: [fetch] {error}") from None
    log_to_stderr(as_json=json_logs)

    async def work(store_daemon: Daemon) -> None:
        await store_daemon.run()

    with ours.store(create=True) as store:
        one = Daemon(
            store,
            settings,
            reload=lambda: load(ours.config, store=ours.store_url),
            tick=tick,
        )
        with _serving(store, SettingsFile(settings, store=ours.store_url)):
            try:
                asyncio.run(work(one))
            finally:
                if one.unfinished:  # the interpreter would wait for its thread
                    sys.stderr.flush()
                    os._exit(0 if sys.exc_info()[0] is None else 1)


@contextlib.contextmanager
def _serving(store: Store, file: SettingsFile) -> Iterator[None]:
    """Serve reading apps until the block ends, if ``[web] listen`` is given.

    Polling goes on without it where that fails.
    """
    with contextlib.ExitStack() as stack:
        listen = file.current().web.listen
        if listen is not None:
            from aggregator.web import server

            try:
                address = stack.enter_context(server.in_background(store, file))
                log.info("serving reading apps", address=f"http://{address}/")
            except (OSError, UserError) as error:
                reason = os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)
                log.error("reading apps are not served", listen=listen, error=reason)
        yield


def log_to_stderr(*, as_json: bool) -> None:
    """Send structured log lines to standard error."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _harmless,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    # Libraries (APScheduler, asyncio) log by the standard library: the same lines for all.
    logging.basicConfig(handlers=[_Forward()], level=logging.WARNING, force=True)


def _harmless(
    _logger: object, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """An event without characters that a terminal would act on."""
    return {key: gate(one) if isinstance(one, str) else one for key, one in event.items()}


class _Forward(logging.Handler):
    """Passes records of the standard library's loggers on to structlog."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().log(
            record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info
        )
