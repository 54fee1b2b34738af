"""Other methods to find candidate titles, for ``bench/index.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import psycopg
from rapidfuzz import fuzz, process

from aggregator.text.titles import normal_form

Title = tuple[str, str]  # title, language
Finder = Callable[[str, str], list[int]]


def _forms(titles: Sequence[Title]) -> list[str]:
    return [normal_form(title, language) for title, language in titles]


def rapidfuzz_all(titles: Sequence[Title]) -> Finder:
    """Every title scored, as with the library alone."""
    forms = _forms(titles)

    def find(title: str, language: str) -> list[int]:
        wanted = normal_form(title, language)
        hits = process.extract(
            wanted, forms, scorer=fuzz.token_set_ratio, score_cutoff=85, limit=None
        )
        return [place for _, _, place in hits]

    return find


def datasketch_lsh(titles: Sequence[Title]) -> Finder | str:
    """MinHash LSH on the words of the normal form (128 permutations, threshold .5)."""
    try:
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415  (the bench group only)
    except ImportError:
        return "datasketch is not installed (dependency group 'bench')"
    forms = _forms(titles)
    lsh = MinHashLSH(threshold=0.5, num_perm=128)
    sketches = MinHash.generator([[w.encode() for w in form.split()] for form in forms])
    for place, sketch in enumerate(sketches):
        lsh.insert(place, sketch)

    def find(title: str, language: str) -> list[int]:
        sketch = MinHash(num_perm=128)
        sketch.update_batch([word.encode() for word in normal_form(title, language).split()])
        return [int(place) for place in lsh.query(sketch)]

    return find


def postgres_trigrams(titles: Sequence[Title], dsn: str | None) -> Finder | str:
    """``title % wanted`` over a GIN index, the query of Tiny Tiny RSS, at similarity .6."""
    if dsn is None:
        return "no --dsn of a server with pg_trgm"
    connection = psycopg.connect(dsn, autocommit=True)
    connection.execute("create extension if not exists pg_trgm")
    connection.execute("create temporary table titles (place int, title text)")
    with connection.cursor().copy("copy titles from stdin") as copy:
        for row in enumerate(_forms(titles)):
            copy.write_row(row)
    connection.execute("create index on titles using gin (title gin_trgm_ops)")
    connection.execute("analyze titles")
    connection.execute("set pg_trgm.similarity_threshold = 0.6")

    def find(title: str, language: str) -> list[int]:
        wanted = normal_form(title, language)
        rows = connection.execute("select place from titles where title %% %s", (wanted,))
        return [row[0] for row in rows]

    return find
