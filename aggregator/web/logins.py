"""Checks passwords of reading apps: few at once, and ever slower for those who guess."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from aggregator.model.reading_state import User
from aggregator.web import passwords
from aggregator.web.passwords import Brake
from aggregator.web.service import Service

AT_ONCE = 2  # passwords that are checked at once: each takes 64 MB for a moment
_REMEMBERED = 1_000  # passwords that were right


class WaitError(Exception):
    """Too many wrong passwords; the next attempt has to wait."""

    def __init__(self, seconds: float) -> None:
        super().__init__("too many wrong passwords")
        self.seconds = int(seconds) + 1


class Logins:
    """The password check of all APIs."""

    def __init__(self, service: Service, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds that only grow."""
        self._service = service
        self.brake = Brake(clock)
        self.turns = asyncio.Semaphore(AT_ONCE)
        self._right: dict[str, None] = {}

    async def user(self, address: str, name: str, password: str) -> User | None:
        """The user with this name and API password; None if they are wrong.

        Raises WaitError for an address that has guessed too often. Apps that send the password
        with each request have it checked once: what was right is remembered, as an HMAC.
        """
        user = await run_in_threadpool(self._named, name)
        proof = passwords.proof(self._service.key, user, password) if user else ""
        if proof in self._right:
            return user
        wait = self.brake.wait(address, name)
        if wait > 0:
            raise WaitError(wait)
        async with self.turns:
            stored = user.api_password if user else ""
            right = await run_in_threadpool(passwords.matches, stored, password)
        if not right or user is None:
            self.brake.failed(address, name)
            return None
        if len(self._right) >= _REMEMBERED:
            self._right.clear()
        self._right[proof] = None
        return user

    def _named(self, name: str) -> User | None:
        with self._service.store.reading() as view:
            return view.users.named(name)
