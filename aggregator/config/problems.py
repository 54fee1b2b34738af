"""Configuration errors, with what users need to fix them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.model.errors import UserError


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: where it is, what is wrong, what to do."""

    message: str
    line: int | None = None
    hint: str = ""

    def __str__(self) -> str:
        """``line 12: unknown key "titel" in [[feeds]] (did you mean "title"?)``."""
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.message}" + (f" ({self.hint})" if self.hint else "")


class ConfigError(UserError):
    """The configuration is invalid; ``problems`` lists every error."""

    def __init__(self, path: object, problems: Sequence[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        many = "error" if len(self.problems) == 1 else "errors"
        super().__init__(f"{path}: {len(self.problems)} {many}\n{lines}")
