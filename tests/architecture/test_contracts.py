"""The contracts between rooms refuse what they are there to refuse, and allow what is."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter import Contract
from importlinter.configuration import configure
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract
from importlinter.contracts.protected import ProtectedContract

ROOT = Path(__file__).parents[2]
KINDS = {
    "layers": LayersContract,
    "forbidden": ForbiddenContract,
    "protected": ProtectedContract,
    "acyclic_siblings": AcyclicSiblingsContract,
}
WRONG = """
    aggregator.text.clean -> aggregator.dedupe
    aggregator.text.urls -> aggregator.fetch
    aggregator.model -> aggregator.text.clean
    aggregator.settings -> aggregator.config
    aggregator.dedupe.decide -> aggregator.cluster
    aggregator.dedupe.decide -> storage
    aggregator.cluster.assign -> aggregator.dedupe
    aggregator.cluster.assign -> storage
    aggregator.crosslingual.links -> aggregator.cluster
    aggregator.parse.document -> aggregator.fetch
    aggregator.fetch.fetcher -> aggregator.parse
    aggregator.fetch.fetcher -> storage
    aggregator.config.load -> storage
    aggregator.reading.stories -> aggregator.digest
    aggregator.reading.stories -> aggregator.engine.polls
    aggregator.digest.selection -> aggregator.engine.polls
    aggregator.digest.selection -> aggregator.publish.editions
    aggregator.engine.polls -> aggregator.publish.editions
    aggregator.engine.polls -> aggregator.polling.poller
    aggregator.engine.polls -> aggregator.lab.replay
    aggregator.engine.decider -> aggregator.cli
    aggregator.polling.poller -> aggregator.publish.editions
    aggregator.publish.editions -> aggregator.polling.poller
    aggregator.publish.editions -> aggregator.lab.metrics
    aggregator.lab.replay -> aggregator.daemon.service
    aggregator.daemon.service -> aggregator.cli
    storage.items -> aggregator.text.clean
    storage.store -> aggregator.engine.polls
    storage.search -> aggregator.config
    aggregator.cli.items -> storage.schema
    aggregator.reading.stories -> storage.stories
    aggregator.engine.polls -> storage.statements
    aggregator.engine.polls -> aggregator.dedupe.guards
    aggregator.reading.stories -> aggregator.cluster.views
    aggregator.polling.poller -> aggregator.fetch.client
    aggregator.engine.imports -> aggregator.parse.feeds.build
    aggregator.cli.feeds -> aggregator.parse.opml
    aggregator.publish.editions -> aggregator.digest.layout
    aggregator.dedupe.decide -> sqlalchemy
    aggregator.cli.items -> sqlalchemy
    aggregator.engine.polls -> sqlalchemy
    aggregator.digest.render -> httpx
    aggregator.parse.document -> httpx
    storage.store -> httpx
    aggregator.text.clean -> socket
    aggregator.cluster.assign -> asyncio
    aggregator.dedupe.decide -> sqlite3
"""


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("aggregator", "storage", include_external_packages=True)


@pytest.fixture(scope="session")
def contracts() -> list[Contract]:
    configure()
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    session = {name: value for name, value in said.items() if name != "contracts"}
    return [_contract(options, session) for options in said["contracts"]]


def _contract(options: dict[str, Any], session: dict[str, Any]) -> Contract:
    rest = {
        name: str(value) if isinstance(value, bool) else value  # as the tool reads them
        for name, value in options.items()
        if name not in ("name", "type")
    }
    return KINDS[options["type"]](options["name"], session, rest)


def broken(graph: grimp.ImportGraph, contracts: list[Contract]) -> list[str]:
    return [one.name for one in contracts if not one.check(deepcopy(graph), verbose=False).kept]


def test_the_tree_keeps_every_contract(graph, contracts):
    assert broken(graph, contracts) == []


@pytest.mark.parametrize("wrong", WRONG.strip().splitlines(), ids=str.strip)
def test_a_wrong_import_is_refused(graph, contracts, wrong):
    importer, imported = wrong.strip().split(" -> ")
    changed = deepcopy(graph)
    assert importer in changed.modules
    if "." not in imported and imported not in changed.modules:
        changed.add_module(imported, is_squashed=True)
    assert imported in changed.modules
    changed.add_import(importer=importer, imported=imported)
    assert broken(changed, contracts)


def test_no_module_stands_loose_beside_the_rooms():
    loose = {path.name for path in (ROOT / "aggregator").glob("*.py")}
    assert loose <= {"__init__.py", "__main__.py", "settings.py"}
