"""The description that clients are built from: complete, stable, and with everything the contract promises."""

from typing import Any

import pytest
from fastapi import FastAPI

from app.domain.lifecycle import Event
from app.main import create_app
from app.settings import Settings

# The contract with clients: it may grow, and nothing of it may go.
CALLS = [
    ("POST", "/api/v1/sessions/mini-program"),
    ("GET", "/oauth/official-account"),
    ("POST", "/api/v1/sessions/staff"),
    ("POST", "/api/v1/attachments"),
    ("POST", "/api/v1/tickets"),
    ("GET", "/api/v1/tickets"),
    ("GET", "/api/v1/tickets/{number}"),
    ("GET", "/api/v1/tickets/{number}/events"),
    ("GET", "/api/v1/tickets/{number}/events/stream"),
    ("POST", "/api/v1/tickets/{number}/transitions"),
    ("GET", "/api/v1/tickets/{number}/messages"),
    ("POST", "/api/v1/tickets/{number}/messages"),
    ("GET", "/api/v1/conversations"),
    ("GET", "/api/v1/tickets/{number}/slots"),
    ("POST", "/api/v1/tickets/{number}/quotes/{version}/review"),
    ("GET", "/api/v1/tickets/{number}/receipt"),
    ("GET", "/api/v1/prices"),
    ("POST", "/api/v1/price-lists"),
    ("PUT", "/api/v1/price-lists/{version}/items/{code}"),
    ("POST", "/api/v1/price-lists/{version}/publish"),
    ("POST", "/api/v1/tickets/{number}/urgings"),
    ("PUT", "/api/v1/tickets/{number}/rating"),
    ("GET", "/api/v1/assets"),
    ("POST", "/api/v1/assets"),
    ("GET", "/wechat/{appid}/callback"),
    ("POST", "/wechat/{appid}/callback"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
]
MEMBERS = {
    "NewTicket": "service_type category brand model serial_number asset_id fault occurred_at contact address "
    "preferred_windows attachment_ids",
    "ContactIn": "name phone",
    "AddressIn": "province city district detail latitude longitude",
    "WindowIn": "start end",
    "RatingIn": "attitude expertise timeliness conduct comment attachment_ids",
    "TicketOut": "number version service_type category state label promised_at promise priority engineer visit "
    "diagnosis quote attachments rating allowed_events created_at",
    "CallOutOut": "fee_fen waived_when text",
    "PublishedPrices": "version valid_from city complaint_phone items",
    "ReceiptOut": "number kind done lines discount_fen total_fen call_out_fen engineer employee_no parts old_parts "
    "warranties complaint_phone invoice sha256",
    "EngineerOut": "name employee_no photo_url phone_masked",
    "AllowedEventOut": "event label blockers",
    "BlockerOut": "code next_step",
    "CustomerSession": "access_token token_type expires_in customer",
    "UploadedOut": "id url thumbnail_url",
    "TicketPage": "items next_cursor",
    "MessageIn": "text attachment_ids survey",
    "MessageOut": "id author author_name kind text attachments at",
    "MessagePage": "items next_cursor",
    "ConversationOut": "number state label service_type category priority customer last_message waiting_since "
    "waiting_seconds satisfaction",
    "Problem": "type title status detail code msg errors trace_id",
}
REQUIRED = {"NewTicket": {"service_type", "contact"}, "ContactIn": {"name", "phone"}}


@pytest.fixture(scope="module")
def document(application: FastAPI) -> dict[str, Any]:
    return application.openapi()


def each_operation(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_the_contract_is_described(document: dict[str, Any], method: str, path: str) -> None:
    assert method.lower() in document["paths"][path]


@pytest.mark.parametrize("schema", MEMBERS)
def test_the_members_of_the_contract_are_there(document: dict[str, Any], schema: str) -> None:
    described = document["components"]["schemas"][schema]
    assert set(MEMBERS[schema].split()) <= set(described["properties"])
    if schema in REQUIRED:
        assert set(described["required"]) == REQUIRED[schema]


def test_a_transition_is_a_union_with_one_member_for_each_event(document: dict[str, Any]) -> None:
    operation = document["paths"]["/api/v1/tickets/{number}/transitions"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert body["discriminator"]["propertyName"] == "event"
    assert set(body["discriminator"]["mapping"]) == {event.value for event in Event}
    targets = [option["$ref"] for option in body["oneOf"]]
    assert sorted(targets) == sorted(body["discriminator"]["mapping"].values())
    for event, target in body["discriminator"]["mapping"].items():
        schema = document["components"]["schemas"][target.rsplit("/", 1)[1]]
        assert schema["properties"]["event"]["const"] == event
        assert {"event", "version"} <= set(schema["required"])
        assert schema["additionalProperties"] is False


def test_every_operation_says_what_it_is_and_how_it_fails(document: dict[str, Any]) -> None:
    for name, operation in each_operation(document):
        assert operation.get("summary"), name
        for status in ("400", "401", "404", "409", "422", "429", "503"):
            content = operation["responses"][status].get("content", {})
            readiness = name == "GET /readyz" and status == "503"
            assert "application/problem+json" in content or readiness, (name, status)


def test_names_of_operations_are_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in each_operation(document)]
    assert len(ids) == len(set(ids))


def test_two_processes_describe_the_same(settings: Settings, document: dict[str, Any]) -> None:
    assert create_app(settings).openapi() == document


def test_inputs_forbid_what_they_do_not_know(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    bodies = {
        content["schema"]["$ref"].rsplit("/", 1)[1]
        for _, operation in each_operation(document)
        for content in operation.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content["schema"] and "multipart" not in str(operation["requestBody"]["content"].keys())
    }
    assert len(bodies) >= 7
    assert [name for name in sorted(bodies) if schemas[name].get("additionalProperties") is not False] == []
