"""Prevents a damaged copy of an item from replacing an intact one."""

from __future__ import annotations

from dataclasses import replace

from aggregator.model import Item

_LOST = "\ufffd"  # marks an unreadable character
_CUT = (" ", "…", ".", "[", "]", "(", ")")


def undamaged(known: Item, item: Item) -> Item:
    """``item``, a newer copy of ``known``, with damaged parts replaced by those of ``known``.

    Unreadable characters or a truncated text come from a broken download, not from an editor.
    If nothing else changed, the result equals the known item.
    """
    title = _broken(known.title_raw, item.title_raw)
    text = _broken(known.text, item.text) or _is_cut(known.text, item.text)
    if not title and not text:
        return item
    kept = item
    if title:
        kept = replace(kept, title=known.title, title_raw=known.title_raw)
    if text:
        kept = replace(kept, text=known.text, lead=known.lead)
    same = (kept.title_raw, kept.text, kept.url) == (known.title_raw, known.text, known.url)
    return replace(kept, content_hash=known.content_hash) if same else kept


def _broken(known: str, new: str) -> bool:
    return new.count(_LOST) > known.count(_LOST)


def _is_cut(known: str, new: str) -> bool:
    bare = new.rstrip("".join(_CUT))
    return bool(bare) and len(bare) < len(known.rstrip("".join(_CUT))) and known.startswith(bare)
