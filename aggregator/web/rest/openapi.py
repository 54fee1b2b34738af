"""The description of the REST API, made from the list of what it can do."""

from __future__ import annotations

import re
from http import HTTPStatus

from aggregator.web.rest.operations import OPERATIONS, Operation

BASE = "/api/v1"
_REPEATED = {"canonical", "item", "add_label", "remove_label"}


def document() -> dict[str, object]:
    """The OpenAPI 3.1 document."""
    paths: dict[str, dict[str, object]] = {}
    for operation in OPERATIONS:
        path = paths.setdefault(f"/{operation.path}", {})
        path[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Every Story Once",
            "version": "1",
            "description": "The JSON of the commands; docs/commands.md lists the fields.",
        },
        "servers": [{"url": BASE}],
        "security": [{"token": []}, {"password": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "password": {"type": "http", "scheme": "basic"},
            }
        },
    }


def _described(operation: Operation) -> dict[str, object]:
    words = (operation.endpoint.__doc__ or "").strip()
    parameters: list[dict[str, object]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    found: dict[str, object] = {
        "operationId": operation.endpoint.__name__,
        "summary": words,
        "responses": _responses(operation),
    }
    if operation.method == "POST":
        properties = {name: _field(name, text) for name, text in operation.params.items()}
        schema = {"type": "object", "properties": properties}
        found["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    else:
        parameters += [
            {"name": name, "in": "query", "schema": _field(name, ""), "description": text}
            for name, text in operation.params.items()
        ]
    if parameters:
        found["parameters"] = parameters
    return found


def _field(name: str, text: str) -> dict[str, object]:
    kind: dict[str, object] = {"type": "string"}
    if name in _REPEATED:
        kind = {"type": "array", "items": {"type": "string"}}
    elif name in ("read", "starred", "hidden"):
        kind = {"type": "boolean"}
    elif name == "limit":
        kind = {"type": "integer", "minimum": 1, "maximum": 200}
    return kind | ({"description": text} if text else {})


def _responses(operation: Operation) -> dict[str, object]:
    made = operation.path == "corrections"
    good = 200 if not operation.writes else 201 if made else 204
    failing = {400, 401, 403 if operation.writes else 304, 404 if "{" in operation.path else 400}
    if "corrections" in operation.path and operation.writes:
        failing.add(409)
    codes = [good, *sorted(failing)]
    return {str(code): {"description": HTTPStatus(code).phrase} for code in codes}
