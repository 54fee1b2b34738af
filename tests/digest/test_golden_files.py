"""Every format says, to the byte, what it said when its golden file was last looked at.

``python -m tests.digest.golden_editions`` writes the files again; see there.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.digest.golden_editions import EDITIONS, FOLDER, rendered
from tests.support import ROOT

SCHEMA = ROOT / "docs" / "digest.schema.json"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return dict(rendered())


def test_every_format_is_that_of_its_golden_file(made: dict[str, str]):
    assert set(made) == {path.name for path in FOLDER.iterdir()}
    changed = [n for n, text in made.items() if (FOLDER / n).read_bytes() != text.encode("utf-8")]
    assert not changed, "python -m tests.digest.golden_editions, then look at git diff"


@pytest.mark.parametrize("name", EDITIONS)
def test_the_json_is_what_the_schema_says(made: dict[str, str], name: str):
    schema = json.loads(Path(SCHEMA).read_text("utf-8"))
    document = json.loads(made[f"{name}.json"])
    jsonschema.Draft202012Validator(schema).validate(document)


def test_the_schema_names_every_field_and_no_other(made: dict[str, str]):
    """A field that is added must be described; one that goes must leave the schema too."""
    schema = json.loads(Path(SCHEMA).read_text("utf-8"))

    def compare(value: object, described: dict, where: str) -> None:
        if "$ref" in described:
            described = schema["$defs"][described["$ref"].rpartition("/")[2]]
        if isinstance(value, list):
            for one in value:
                compare(one, described.get("items", {}), where)
        elif isinstance(value, dict) and "properties" in described:
            assert set(value) == set(described["properties"]), where
            assert set(value) == set(described["required"]), where
            for key, one in value.items():
                compare(one, described["properties"][key], f"{where}.{key}")

    compare(json.loads(made["en.json"]), schema, "")
