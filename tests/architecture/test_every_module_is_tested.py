"""Every module has a test that imports it, or a reason.

A test names a module when it imports the module, something from it, or something that the package
above it imports from it: ``from storage import Store`` names ``storage.store``. What lies deeper
is tested through what uses it: ``THROUGH`` says in which test, and that the test reaches it.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import grimp
import pytest

from tests.architecture.imports import imports
from tests.support import ROOT

# Modules that no test imports, by the test that runs most of each (by measured coverage).
THROUGH = {
    "tests/cli/test_commands.py": """
        aggregator.cli.check aggregator.cli.compare
        aggregator.cli.digest aggregator.cli.documents aggregator.cli.evaluate
        aggregator.cli.items aggregator.cli.once
        aggregator.cli.replay aggregator.cli.stories
        aggregator.lab.evaluation aggregator.reading.explain
        aggregator.reading.json_rows aggregator.reading.wording
    """,
    "tests/cli/test_copy.py": """
        aggregator.cli.copy
    """,
    "tests/cli/test_corrections.py": """
        aggregator.cli.correction_list aggregator.cli.item_corrections
        aggregator.model.corrections
    """,
    "tests/cli/test_feed_commands.py": """
        aggregator.cli.addresses aggregator.cli.feed_names aggregator.cli.feeds
        aggregator.polling.rounds
    """,
    "tests/cli/test_following.py": """
        aggregator.cli.following aggregator.reading.followed_stories
    """,
    "tests/cli/test_import.py": """
        aggregator.cli.feeds_file aggregator.cli.opml
    """,
    "tests/cli/test_story_corrections.py": """
        aggregator.cli.story_corrections
    """,
    "tests/cli/test_web_commands.py": """
        aggregator.cli.users aggregator.cli.web
    """,
    "tests/cluster/test_cluster_assign.py": """
        aggregator.cluster.regroup
        aggregator.cluster.story_ids aggregator.cluster.word_frequencies
    """,
    "tests/config/test_load.py": """
        aggregator.config.delivery_tables aggregator.config.lines
        aggregator.config.schema aggregator.config.values
    """,
    "tests/daemon/test_daemon_process.py": """
        aggregator.cli.daemon
    """,
    "tests/dedupe/test_beginnings.py": """
        aggregator.dedupe.beginnings
    """,
    "tests/dedupe/test_decide.py": """
        aggregator.dedupe.doubts
    """,
    "tests/dedupe/test_dedupe_forms.py": """
        aggregator.dedupe.word_roots
    """,
    "tests/dedupe/test_dedupe_pairs.py": """
        aggregator.dedupe.align aggregator.dedupe.movements aggregator.dedupe.number_places
        aggregator.dedupe.role_swaps aggregator.dedupe.typos
    """,
    "tests/dedupe/test_dedupe_store.py": """
        aggregator.dedupe.postings
    """,
    "tests/dedupe/test_late_merges.py": """
        aggregator.dedupe.bodies aggregator.dedupe.groups aggregator.dedupe.merges
        aggregator.dedupe.rulings
    """,
    "tests/dedupe/test_subjects.py": """
        aggregator.dedupe.subjects
    """,
    "tests/dedupe/test_word_variants.py": """
        aggregator.dedupe.word_variants
    """,
    "tests/digest/test_digest_atom.py": """
        aggregator.digest.formats.atom aggregator.digest.formats.html
        aggregator.digest.formats.json_feed aggregator.digest.formats.rss
        aggregator.digest.names
    """,
    "tests/digest/test_digest_epub.py": """
        aggregator.digest.formats.epub
    """,
    "tests/digest/test_digest_formats.py": """
        aggregator.digest.formats.json_document aggregator.digest.formats.markdown
        aggregator.digest.formats.plain_text
        aggregator.digest.blocks aggregator.digest.page
    """,
    "tests/digest/test_digest_select.py": """
        aggregator.digest.filters aggregator.digest.sections
    """,
    "tests/engine/test_engine.py": """
        aggregator.text.damage
    """,
    "tests/engine/test_third_page.py": """
        aggregator.engine.documents
    """,
    "tests/fetch/test_etiquette.py": """
        aggregator.fetch.resolver
    """,
    "tests/fetch/test_http_hostile.py": """
        aggregator.fetch.body aggregator.fetch.exchange
    """,
    "tests/fetch/test_next_poll.py": """
        aggregator.fetch.rhythm
    """,
    "tests/fetch/test_routes.py": """
        aggregator.fetch.network
    """,
    "tests/parse/feeds/test_parse_formats.py": """
        aggregator.parse.feeds.elements
        aggregator.parse.feeds.fast aggregator.parse.feeds.jsonfeed
        aggregator.parse.feeds.namespaces
    """,
    "tests/parse/native/test_native_choice.py": """
        aggregator.parse.native.sources
    """,
    "tests/parse/pages/test_page_layouts.py": """
        aggregator.parse.pages.body aggregator.parse.pages.chrome
        aggregator.parse.pages.html aggregator.parse.pages.lines
        aggregator.parse.pages.page aggregator.parse.pages.spans
        aggregator.parse.pages.words
    """,
    "tests/parse/pages/test_parse_pages.py": """
        aggregator.text.calendars
    """,
    "tests/parse/test_opml.py": """
        aggregator.parse.opml_tags
    """,
    "tests/parse/test_parse_damage.py": """
        aggregator.parse.feeds.labels aggregator.parse.feeds.prolog
        aggregator.parse.feeds.xmltree
    """,
    "tests/parse/test_parse_decode.py": """
        aggregator.parse.legacy
    """,
    "tests/parse/test_parse_hostile.py": """
        aggregator.parse.feeds.fields aggregator.parse.feeds.raw
    """,
    "tests/parse/test_parser_pool.py": """
        aggregator.parse.worker aggregator.parse.worker_process
    """,
    "tests/publish/test_user_templates.py": """
        aggregator.digest.templating
    """,
    "tests/publish/test_webhooks.py": """
        aggregator.publish.deliveries.apprise_service
    """,
    "tests/publish/test_write_due.py": """
        aggregator.publish.zones
        storage.story_reading
    """,
    "tests/storage/test_store_archive.py": """
        storage.archive
    """,
    "tests/cli/test_store_commands.py": """
        aggregator.cli.store
    """,
    "tests/storage/test_store_backups.py": """
        storage.json_lines storage.sizes
    """,
    "tests/storage/test_store_check.py": """
        storage.search_checks
    """,
    "tests/storage/test_store_copy.py": """
        storage.copying storage.feed_histories storage.itemrows storage.sqlitefile
    """,
    "tests/storage/test_store_counterparts.py": """
        storage.cross_language_groups storage.events
    """,
    "tests/storage/test_store_access.py": """
        storage.locks
    """,
    "tests/storage/test_store_faults.py": """
        storage.backends storage.connections
    """,
    "tests/storage/test_store_feeds.py": """
        storage.feeds storage.polls
    """,
    "tests/storage/test_store_items.py": """
        storage.canonicals storage.corrections storage.decisions
        storage.digests storage.item_reading storage.items storage.json_filters storage.meta
        storage.sketches storage.standing storage.statements
    """,
    "tests/storage/test_store_reading_states.py": """
        storage.reading_states storage.users
    """,
    "tests/storage/test_store_schema.py": """
        storage.migrations.versions.0001_first_tables
        storage.migrations.versions.0002_title_sketches
        storage.migrations.versions.0003_stories_across_languages
        storage.migrations.versions.0004_events
        storage.migrations.versions.0005_digest_items
        storage.migrations.versions.0006_feed_histories
        storage.migrations.versions.0007_story_summaries
        storage.migrations.versions.0008_reading_states
        storage.migrations.versions.0009_web_sessions
        storage.migrations.versions.0010_word_stems
        storage.migrations.versions.0011_forgotten_items
        storage.migrations.versions.0012_dropped_items
        storage.migrations.versions.0013_outbox
        storage.migrations.versions.0014_api_tokens
        storage.migrations.versions.0015_feed_tokens
    """,
    "tests/storage/test_store_search.py": """
        storage.search storage.search_stems
    """,
    "tests/storage/test_store_stories.py": """
        storage.stories storage.story_contents
    """,
    "tests/web/test_web_greader.py": """
        aggregator.web.greader.answers
        aggregator.web.greader.changes aggregator.web.greader.login
        aggregator.web.answering aggregator.web.greader.routes
        aggregator.web.greader.shapes aggregator.web.greader.streams
        aggregator.web.logins aggregator.web.responses
    """,
    "tests/web/test_web_fever.py": """
        aggregator.web.fever.answers aggregator.web.fever.routes
    """,
    "tests/web/test_web_feeds_out.py": """
        aggregator.web.feeds_out.addresses aggregator.web.feeds_out.documents
        aggregator.web.feeds_out.routes aggregator.web.pages.addresses aggregator.publish.feeds_out
    """,
    "tests/web/test_web_mcp.py": """
        aggregator.cli.mcp aggregator.web.mcp.server
    """,
    "tests/web/test_web_miniflux.py": """
        aggregator.web.access aggregator.web.miniflux.endpoints aggregator.web.miniflux.listing
        aggregator.web.miniflux.routes aggregator.web.miniflux.shapes storage.api_tokens
    """,
    "tests/web/test_web_rest.py": """
        aggregator.web.rest.asked aggregator.web.rest.changing aggregator.web.rest.openapi
        aggregator.web.rest.reading aggregator.web.rest.routes
    """,
    "tests/web/test_web_subscriptions.py": """
        aggregator.engine.feed_list aggregator.web.greader.subscriptions
    """,
    "tests/storage/test_store_story_lists.py": """
        storage.story_marks storage.web_sessions
    """,
    "tests/web/test_web_pages.py": """
        aggregator.reading.corrections aggregator.reading.reasons
        aggregator.web.pages.changes aggregator.web.pages.corrections aggregator.web.pages.search
    """,
    "tests/web/test_web_page_security.py": """
        aggregator.web.pages.entrance aggregator.web.pages.feeds aggregator.web.pages.routes
    """,
    "tests/text/test_text_credits.py": """
        aggregator.text.datelines
    """,
    "tests/text/test_text_languages.py": """
        aggregator.text.numberwords
    """,
    "tests/text/test_text_learned.py": """
        aggregator.text.datewords
    """,
    "tests/text/test_text_numbers.py": """
        aggregator.text.numerals
    """,
    "tests/text/test_text_titles.py": """
        aggregator.text.outlets aggregator.text.tags
    """,
    "tests/text/test_text_urls.py": """
        aggregator.text.redirectors
    """,
    "tests/text/test_trust.py": """
        aggregator.text.likeness aggregator.text.stems
    """,
}

# What is imported by name at run time, or from compiled code.
BY_NAME = {
    "aggregator.cli.commands": "aggregator.cli.",
    "aggregator.extensions.registry": "aggregator.digest.formats.",
    "aggregator.parse.feeds.entry_source": "aggregator.parse.native.",  # compiled
    "aggregator.parse.worker_process": "aggregator.parse.worker",
    "storage.migrate": "storage.migrations.versions.",
}
# Tests that start other processes, by what those import.
PROCESSES = {
    "tests/cli/": "aggregator.cli.commands",
    "tests/daemon/": "aggregator.cli.commands",
    "tests/parse/native/": "aggregator.parse",
    "tests/web/test_web_mcp": "aggregator.cli.commands",
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    return {
        module_of(path): path
        for package in ("aggregator", "storage")
        for path in sorted((ROOT / package).rglob("*.py"))
    }


@cache
def home(module: str, name: str | None) -> frozenset[str]:
    """The modules that this import names."""
    if f"{module}.{name}" in modules():
        return frozenset({f"{module}.{name}"})
    found = {module}
    path = modules().get(module)
    if name and path and path.name == "__init__.py":
        for inner, taken in imports(path):
            if taken == name and inner != module:
                found |= home(inner, taken)
    return frozenset(found)


def has_code(path: Path) -> bool:
    """Whether anything but a docstring and imports stands in it."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body)


def named(path: Path) -> set[str]:
    """The modules that a test names, also through what tests share."""
    found: set[str] = set()
    paths, seen = [path, *(p / "conftest.py" for p in path.parents[:-1])], set[Path]()
    while paths:
        one = paths.pop()
        if one.is_file() and one not in seen and one.is_relative_to(ROOT / "tests"):
            seen.add(one)
            for module, name in imports(one):
                found |= home(module, name)
                paths.append(ROOT / f"{module.replace('.', '/')}.py")
    return found


def untested() -> set[str]:
    tests = (ROOT / "tests").rglob("*.py")
    found = {one for path in tests for module, name in imports(path) for one in home(module, name)}
    return {name for name, path in modules().items() if has_code(path)} - found


def test_every_module_is_named_by_a_test_or_tested_through_others() -> None:
    listed = [module for text in THROUGH.values() for module in text.split()]
    assert len(listed) == len(set(listed))
    assert untested() == set(listed)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    built = grimp.build_graph("aggregator", "storage", cache_dir=None)  # it may be stale
    for importer, start in BY_NAME.items():
        for imported in [name for name in modules() if name.startswith(start) and name != importer]:
            built.add_import(importer=importer, imported=imported)
    return built


@pytest.mark.parametrize("test", THROUGH)
def test_a_test_reaches_what_it_is_said_to_test(graph: grimp.ImportGraph, test: str) -> None:
    start = named(ROOT / test) & modules().keys()
    start |= {name for folder, name in PROCESSES.items() if test.startswith(folder)}
    reached = start.union(*(graph.find_upstream_modules(name) for name in start))
    assert set(THROUGH[test].split()) - reached == set()
