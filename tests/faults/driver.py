"""Runs a command in a process of its own that meets a fate told beforehand.

The process is forked from one that has imported the program already: it dies as
any other does, but is born in no time.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import TIMEOUT, Ran

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["aggregator.cli", "alembic.command", "psycopg"])


@dataclass(frozen=True)
class Fate:
    """What happens to a run, and when.

    ``at`` names a function by its place (``module:Class.function``; empty: at the
    start), ``left`` how many calls of it pass before, ``after`` whether the fatal
    call is still made. ``do`` is the name of a signal that the process sends to
    itself, or empty: from then on no file may grow beyond ``most`` bytes.
    """

    at: str = ""
    left: int = 0
    after: bool = False
    do: str = "SIGKILL"
    most: int = 0


def run(fate: Fate | None, arguments: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Ran:
    """Run ``run.py ARGUMENTS`` in ``cwd``; None is a fate that nothing happens to."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = _FORKS.Process(target=_child, args=(fate, [*arguments], cwd, {**env}, out, err))
        process.start()
        process.join(TIMEOUT)
        code = process.exitcode
        if code is None:
            process.kill()
            raise TimeoutError(err.read_text(encoding="utf-8"))
        return Ran(code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))


def _child(
    fate: Fate | None, arguments: list[str], cwd: Path, env: dict[str, str], out: Path, err: Path
) -> None:
    os.chdir(cwd)
    os.environ.update(env)
    for path, number in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", buffering=1)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)
    sys.argv = ["run.py", *arguments]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # multiprocessing ignores it
    from aggregator.cli import main

    if fate is not None and fate.at:
        _arm(fate)
    elif fate is not None:
        _strike(fate)
    main()


def _arm(fate: Fate) -> None:
    module, _, path = fate.at.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for one in owners:
        owner = getattr(owner, one)
    plain = getattr(owner, name)
    calls = 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        fatal = calls == fate.left + 1
        if fatal and not fate.after:
            _strike(fate)
        result = plain(*arguments, **named)
        if fatal and fate.after:
            _strike(fate)
        return result

    setattr(owner, name, counted)


def _strike(fate: Fate) -> None:
    if fate.do:
        os.kill(os.getpid(), signal.Signals[fate.do])
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (fate.most, resource.RLIM_INFINITY))
