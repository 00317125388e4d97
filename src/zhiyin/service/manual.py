"""The page at /docs: every route, what it takes and gives, and a line for curl.

Drawn from the OpenAPI by this file, since the usual pages fetch their scripts from elsewhere.
"""

import json
import re
from html import escape
from typing import Any

from fastapi import FastAPI

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line) }
code, pre { font: 14px/1.45 ui-monospace, monospace }
pre { background: var(--soft); padding: .7rem 1rem; border-radius: .4rem }
pre, code { white-space: pre-wrap; overflow-wrap: anywhere }
.verb { font-weight: 700; margin-right: .5rem }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: 1rem 0 }
th:nth-child(1) { width: 24% } th:nth-child(2) { width: 22% }
td { overflow-wrap: anywhere }
td, th { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0 }
tr + tr { border-top: 1px solid var(--line) }
"""


def manual(service: FastAPI) -> str:
    """The page as HTML, of what the service's OpenAPI says."""
    told = service.openapi()
    parts = [
        _route(path, verb, operation, told)
        for path, verbs in told["paths"].items()
        for verb, operation in verbs.items()
    ]
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'>"
        f"<title>{escape(told['info']['title'])}</title><style>{_STYLE}</style>"
        f"<h1>{escape(told['info']['title'])}</h1><p>{_marked(told['info']['description'])}</p>"
        "<p>A key goes in the header <code>Authorization: Bearer …</code>; make one with "
        "<code>zhiyin key create</code>. The machine-readable description is "
        f"<a href='openapi.json'>openapi.json</a>.</p>{''.join(parts)}</html>"
    )


def _route(path: str, verb: str, operation: dict[str, Any], told: dict[str, Any]) -> str:
    return (
        f"<h2><span class=verb>{verb.upper()}</span><code>{escape(path)}</code></h2>"
        f"<p><b>{escape(operation.get('summary', ''))}.</b> "
        f"{_marked(operation.get('description', ''))}</p>"
        + _fields("takes", taken(operation, told))
        + _fields("gives", given(operation, told))
        + f"<pre>{escape(_curl(path, verb, _body(operation, told), operation))}</pre>"
    )


def _marked(text: str) -> str:
    """HTML of a text with words in backticks."""
    return re.sub(r"`+([^`]+)`+", r"<code>\1</code>", escape(text))


def taken(operation: dict[str, Any], told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a route takes: name, type, what it is."""
    return [*_parameters(operation), *_properties(_body(operation, told))]


def given(operation: dict[str, Any], told: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a route gives where all went well, likewise."""
    responses = operation["responses"]
    return _properties(_schema(responses.get("200") or responses.get("201") or {}, told))


def _body(operation: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    return _schema(operation.get("requestBody", {}), told)


def _schema(part: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a body or an answer; empty where it is no JSON."""
    content = part.get("content", {}).get("application/json", {})
    return _resolved(content.get("schema", {}), told)


def _resolved(schema: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = told["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return found


def _parameters(operation: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (each["name"], _type(each["schema"]), each.get("description", ""))
        for each in operation.get("parameters", [])
    ]


def _properties(schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (name, _type(each), each.get("description", ""))
        for name, each in schema.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format", schema.get("type", "any")))


def _fields(title: str, rows: list[tuple[str, str, str]]) -> str:
    if not rows:
        return ""
    lines = "".join(
        f"<tr><td><code>{escape(name)}</code><td>{escape(kind)}<td>{_marked(about)}"
        for name, kind, about in rows
    )
    return f"<table><tr><th>{title}<th>type<th>what it is{lines}</table>"


def _curl(path: str, verb: str, body: dict[str, Any], operation: dict[str, Any]) -> str:
    words = ["curl", *([] if verb == "get" else ["-X", verb.upper()])]
    if operation.get("security"):
        words += ["-H", '"Authorization: Bearer $KEY"']
    if body:
        example = {
            name: each["examples"][0]
            for name, each in body.get("properties", {}).items()
            if each.get("examples")
        }
        words += ["--json", f"'{json.dumps(example, ensure_ascii=False)}'"]
    return " ".join([*words, f"http://127.0.0.1:8000{path}"])
