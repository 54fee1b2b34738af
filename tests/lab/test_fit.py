"""Fitting, on a small set of its own: the same data give the same file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from aggregator.cluster.weights import parse
from aggregator.lab import fit
from aggregator.lab.weak_labels import Affair, labelled

EVENTS = (
    "ferry Stella Norda aground Cape Merrow passengers rescued fog",
    "vaccine Lorne fever approved medicines board Aldis shares",
    "blackout Halver substation fire metro tunnels dark",
    "Velmora runoff Ana Brisk wins presidency Lenk concedes",
)

FERRY = Affair("Merrow", date(2026, 3, 1), date(2026, 3, 4))


def _write(folder: Path, rows: list[dict]) -> None:
    folder.mkdir(parents=True)
    (folder / "data.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")


@pytest.fixture
def datasets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    documents = []
    for number, event in enumerate(EVENTS):
        words = event.split()
        for turn in range(3):
            title = " ".join(words[turn:] + words[:turn])
            documents.append(
                {"id": f"{number}{turn}", "title": title, "body": event, "lang": "en",
                 "cluster": f"e{number}", "published": None, "source": None}
            )  # fmt: skip
    pairs = [
        {"id": "p1", "a": documents[0], "b": documents[1], "same": True},
        {"id": "p2", "a": documents[3], "b": documents[7], "same": False},
    ]
    dated = [
        {**one, "cluster": None, "published": "2026-03-02T08:00:00+00:00"} for one in documents
    ]
    for name in {folder for folder, _ in fit.KINDS.values()} - set(fit.AFFAIRS):
        _write(tmp_path / name, pairs if name.startswith("semeval") else documents)
    for name in fit.AFFAIRS:
        _write(tmp_path / name, dated)
    monkeypatch.setattr(fit, "AFFAIRS", dict.fromkeys(fit.AFFAIRS, (FERRY,)))
    return tmp_path


@pytest.mark.slow
def test_the_same_data_give_the_same_file(
    datasets: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fit, "GRID", {"pair": (0.1,), "limit_lead": (0.15,)})
    out = tmp_path / "model.toml"
    fit.fit(datasets, out, today="2026-01-01")
    first = out.read_text("utf-8")
    assert parse(first).limit_lead > 0
    fit.fit(datasets, out, today="2026-02-02")
    assert out.read_text("utf-8") == first, "the date is that of the first time"


def test_a_missing_set_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fit.main([str(tmp_path)]) == 2
    assert "has no folder ecbplus" in capsys.readouterr().err


def test_an_affair_is_told_by_its_word_within_its_days() -> None:
    said = (
        ("a", "Ferry aground off Cape Merrow", "2026-03-01T09:00:00+00:00"),
        ("b", "Merrow: the captain is heard", "2026-03-04T23:00:00+00:00"),
        ("c", "Merrow wins the cup", "2026-05-04T10:00:00+00:00"),
        ("d", "Blackout in Halver", "2026-03-02T10:00:00+00:00"),
        ("e", "Blackout in Halver", "2024-03-02T10:00:00+00:00"),
    )
    documents = [{"id": i, "title": title, "published": when} for i, title, when in said]
    found = {one["id"]: one["cluster"] for one in labelled(documents, (FERRY,))}
    assert found["a"] == found["b"] != found["d"]
    assert found.keys() == {"a", "b", "d"}, "another day's sense of the word, or year, is left out"
