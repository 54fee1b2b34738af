"""Passwords, login tokens, and the brake on guessing."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aggregator.model.reading_state import User

SECONDS = 900.0  # how long a wrong password counts
BY_ADDRESS = 20  # wrong passwords from one address before it has to wait
BY_USER = 10  # wrong passwords for one user from one address
_KEYS = 10_000  # addresses and users that are remembered
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """The argon2 hash of a password."""
    return _HASHER.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """Whether this is the password; takes as long where there is none."""
    try:
        return _HASHER.verify(password_hash or _NOBODY, password) and bool(password_hash)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def hashed_key(key: str) -> str:
    """What the store keeps of a key that was made at random; empty for none."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest() if key else ""


def fever_key(name: str, password: str) -> str:
    """The key by which Fever apps log in: MD5, as that protocol demands."""
    return hashlib.md5(f"{name}:{password}".encode(), usedforsecurity=False).hexdigest()


def login_token(key: str, user: User) -> str:
    """The token by which an app is known; a new password makes it invalid. Letters, '-', digits.

    It is computed, not stored, so a stolen store without its key holds none that works.
    """
    return f"{user.id}-{_signed(key, 'login', user)}"


def action_token(key: str, user: User) -> str:
    """The token that apps send with changes: 57 characters."""
    return _signed(key, "action", user)[:57]


def proof(key: str, user: User, password: str) -> str:
    """What is remembered of a password that was right; a new password makes it another."""
    return hmac.new(key.encode(), _signed(key, password, user).encode(), hashlib.sha256).hexdigest()


def same(a: str, b: str) -> bool:
    """Compare two tokens in a time that tells nothing."""
    return hmac.compare_digest(a.encode("utf-8", "replace"), b.encode("utf-8", "replace"))


def _signed(key: str, purpose: str, user: User) -> str:
    text = f"{purpose}\x1f{user.id}\x1f{user.name}\x1f{user.api_password}"
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


class Brake:
    """Counts wrong passwords by address and by user; too many have to wait."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds that only grow."""
        self._clock = clock
        self._failures: dict[tuple[str, str], list[float]] = {}
        self._lock = Lock()

    def wait(self, address: str, user: str) -> float:
        """Seconds until the next attempt is allowed; 0 if it is now."""
        with self._lock:
            return max(self._left((address, ""), BY_ADDRESS), self._left((address, user), BY_USER))

    def failed(self, address: str, user: str) -> None:
        """Count a wrong password."""
        with self._lock:
            if len(self._failures) > _KEYS:
                self._forget_old()
            for key in ((address, ""), (address, user)):
                self._failures.setdefault(key, []).append(self._clock())

    def _left(self, key: tuple[str, str], most: int) -> float:
        recent = [at for at in self._failures.get(key, ()) if at > self._clock() - SECONDS]
        return recent[-most] + SECONDS - self._clock() if len(recent) >= most else 0.0

    def _forget_old(self) -> None:
        since = self._clock() - SECONDS
        kept = {key: times for key, times in self._failures.items() if times[-1] > since}
        self._failures = kept if len(kept) < _KEYS else {}
