"""``run.py check``: is the configuration valid, and is the store intact?"""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli import output
from aggregator.cli.context import CommandError, Context, of
from aggregator.reading import wording


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(check)


def _checked(ours: Context) -> tuple[str, int | None, int, list[str]]:
    """The store's address, its numbers of items and stories, and what is wrong with it.

    A store that was named on the command line must exist; that of feeds.toml is created by the
    first poll (until then None items).
    """
    from storage import StoreMissing

    try:
        with ours.store() as store:
            damage = store.check()
            if damage:
                return store.where, 0, 0, damage
            with store.reading() as view:
                counts = view.counts()
            return store.where, counts.items, counts.stories, []
    except StoreMissing as error:
        if ours.store_url:
            raise
        return error.where, None, 0, []


def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check feeds.toml and the store. Lists every error and exits 1 if there is one."""
    from aggregator.digest import has_wording, template_mistakes, wording_languages
    from aggregator.parse import COMPILED
    from aggregator.publish.templates import read_templates

    ours = of(context)
    settings = ours.settings
    where, items, stories, damage = _checked(ours)
    wordless = [
        f'digest "{one.name}": there is no wording in the language "{one.language}"; '
        f"available: {', '.join(sorted(wording_languages()))}"
        for one in settings.digests
        if not has_wording(one.language)
    ]
    layouts = [
        f'digest "{one.name}": {mistake}'
        for one in settings.digests
        for mistake in template_mistakes(read_templates(one.templates))
    ]
    wrong = [*wordless, *layouts, *damage]
    if as_json:
        print(
            output.line(
                {
                    "config": str(settings.path),
                    "store": where,
                    "feeds": len(settings.feeds),
                    "digests": len(settings.digests),
                    "items": items,
                    "reader": "compiled" if COMPILED else "python",
                    "problems": wrong,
                }
            )
        )
    else:
        print(
            f"{settings.path} is valid: {wording.count(len(settings.feeds), 'feed')}, "
            f"{wording.count(len(settings.digests), 'digest')}"
        )
        if items is None:
            print(f"no store yet ({where}); the first poll creates it")
        elif not damage:
            print(
                f"store OK ({where}): {wording.count(items, 'item')}, "
                f"{wording.count(stories, 'story', 'stories')}"
            )
        print(
            "feed parser: compiled"
            if COMPILED
            else "feed parser: Python (same results, half the speed)"
        )
    if wrong:
        places = ((settings.path, [*wordless, *layouts]), (where, damage))
        found = ("\n  ".join((f"{place}:", *lines)) for place, lines in places if lines)
        raise CommandError("\n".join(found))
