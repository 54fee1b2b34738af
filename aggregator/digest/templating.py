"""The templates of pages: those of the program, and what the user puts in their place.

Jinja escapes all values, in the user's templates too: there it cannot be turned off, and they run
in a sandbox, without access to Python.
"""

from __future__ import annotations

import base64
import hashlib
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import PurePath

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    nodes,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from aggregator.model.errors import UserError

SUFFIX = ".j2"
STYLE = "style.css"
_BUILT_IN = "default"  # ``default/digest.html.j2`` is always the program's own


@dataclass(frozen=True, slots=True)
class UserTemplates:
    """Templates that replace those of the same name, read from a folder."""

    folder: str = ""
    files: tuple[tuple[str, str], ...] = ()  # name and text
    problem: str = ""  # why they could not be read

    def text(self, name: str) -> str | None:
        """The text of a file; None if there is no such file."""
        return dict(self.files).get(name)


NONE = UserTemplates()
"""No templates of the user's own."""


def filled(own: UserTemplates, name: str, **said: object) -> str:
    """A template with its values, ending in a newline.

    Raises UserError with file and line if the user's own templates have a mistake.
    """
    try:
        return _environment(own).get_template(name).render(**said).strip("\n") + "\n"
    except Exception as error:
        place = _place(error, own)
        if place is None:
            raise
        raise UserError(f"{place}: {_told(error)}") from error


def mistakes(own: UserTemplates) -> Iterator[str]:
    """What can be seen to be wrong with the user's templates without values, one line each."""
    if own.problem:
        yield own.problem
        return
    for name, _ in own.files:
        if name.endswith(SUFFIX):
            try:
                _environment(own).get_template(name)
            except TemplateError as error:
                yield f"{_place(error, own) or own.folder}: {_told(error)}"


@lru_cache(maxsize=8)
def style(own: UserTemplates = NONE) -> tuple[Markup, str]:
    """The style sheet, and its hash for the policy."""
    css = own.text(STYLE)
    if css is None:
        css = (files("aggregator.digest") / "templates" / STYLE).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(css.strip().encode()).digest()).decode("ascii")
    return Markup(css.strip()), f"sha256-{digest}"  # noqa: S704 - our own file, or the user's


class _Guarded(SandboxedEnvironment):
    """Runs the user's templates: in a sandbox, and with escaping that stays on."""

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for node in tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)):
            what = "autoescape cannot be changed: texts of feeds have to be escaped"
            raise TemplateSyntaxError(what, node.lineno, name, filename)
        return tree


@lru_cache(maxsize=8)
def _environment(own: UserTemplates) -> Environment:
    if own.problem:
        raise UserError(own.problem)
    ours: BaseLoader = PackageLoader("aggregator.digest", "templates")
    said = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    if not own.files:
        return Environment(loader=ours, autoescape=True, **said)  # type: ignore[arg-type]

    def theirs(name: str) -> tuple[str, str, None] | None:
        text = own.text(name)
        return None if text is None else (text, str(PurePath(own.folder, name)), None)

    loader = ChoiceLoader([FunctionLoader(theirs), ours, PrefixLoader({_BUILT_IN: ours})])
    made = _Guarded(loader=loader, autoescape=True, **said)
    del made.filters["safe"]  # it would let markup of feeds through
    return made


def _place(error: Exception, own: UserTemplates) -> str | None:
    """File and line of a mistake in one of the user's templates; None for any other error."""
    if not own.folder:
        return None
    if isinstance(error, TemplateSyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    found = [one for one in frames if PurePath(one.filename).parent == PurePath(own.folder)]
    if found:
        return f"{found[-1].filename}, line {found[-1].lineno}"
    return own.folder if isinstance(error, TemplateError) else None


def _told(error: Exception) -> str:
    if isinstance(error, TemplateError):
        return error.message or type(error).__name__
    return f"{type(error).__name__}: {error}"
