"""The readable API page says what the document says, and nothing that it does not."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.api_page import anchor, api_page, groups_of, type_of

EVENT = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "description": "Yours"},
        "at": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
    },
}
DOCUMENT: dict[str, Any] = {
    "info": {"title": "Tandem <API>", "version": "1", "description": "One.\n\nTwo\nlines."},
    "security": [{"key": ["events:write"]}],
    "components": {"schemas": {"Event": EVENT}, "responses": {"No": {"description": "Refused <b>"}}},
    "paths": {
        "/api/v1/events": {
            "post": {
                "tags": ["events"],
                "summary": "Tell",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {
                                    "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}}
                                },
                            }
                        }
                    }
                },
                "responses": {"202": {"description": "Judged"}, "401": {"$ref": "#/components/responses/No"}},
            },
        },
        "/api/v1/people/{external_id}": {
            "parameters": [{"name": "external_id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "delete": {"security": [], "responses": {"204": {"description": "Gone"}}},
        },
    },
}


@pytest.mark.req("API-1")
def test_operations_are_grouped_with_their_fields_and_answers() -> None:
    events, other = groups_of(DOCUMENT)
    assert (events.name, other.name) == ("Events", "Other")
    (tell,) = events.operations
    assert [(field.name, field.type, field.required) for field in tell.body] == [
        ("events", "list of object", False),
        ("events[].id", "string", True),
        ("events[].at", "string (date-time) or nothing", False),
    ]
    assert [(answer.status, answer.text) for answer in tell.answers] == [("202", "Judged"), ("401", "Refused <b>")]
    assert tell.access == "Needs key (events:write)"
    (erase,) = other.operations
    assert (erase.access, [field.name for field in erase.parameters]) == ("", ["external_id"])


def test_the_page_shows_the_document_as_text() -> None:
    page = api_page(DOCUMENT)
    assert "Tandem &lt;API&gt;" in page
    assert "Refused &lt;b&gt;" in page
    assert f'href="#{anchor("post", "/api/v1/events")}"' in page
    assert f'id="{anchor("delete", "/api/v1/people/{external_id}")}"' in page
    assert "<script>" not in page


def test_schemas_that_refer_to_themselves_come_to_an_end() -> None:
    loop: dict[str, Any] = {
        "components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}, "T": {"type": "object", "properties": {}}}}
    }
    loop["components"]["schemas"]["T"]["properties"]["child"] = {"$ref": "#/components/schemas/T"}
    loop["paths"] = {
        "/a": {
            "get": {
                "responses": {
                    "200": {
                        "description": "",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}},
                    }
                }
            }
        }
    }
    assert type_of(loop, {"$ref": "#/components/schemas/A"}) == "any"
    (group,) = groups_of(loop)
    assert [field.name for field in group.operations[0].answers[0].fields][:2] == ["child", "child.child"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"enum": ["a", "b"]}, "a | b"),
        ({"const": 1}, "1"),
        ({"type": ["string", "null"]}, "string or nothing"),
        ({"type": "array", "items": {"type": "integer"}}, "list of integer"),
        ({}, "any"),
    ],
)
def test_types_are_said_in_words(schema: dict[str, Any], words: str) -> None:
    assert type_of({}, schema) == words
