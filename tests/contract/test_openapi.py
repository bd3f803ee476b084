"""The description that clients are built from: complete, stable, and with everything the contract promises."""

import json
import re
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import TypeAdapter

from app.domain.lifecycle import Event
from app.edge.openapi.describe import operations
from app.edge.openapi.errors import ProblemOut
from app.edge.openapi.raised import problems
from app.main import create_app
from app.settings import Settings
from tests.harness.declared import MEDIA_TYPE, codes_of

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


def test_every_operation_says_what_it_is(document: dict[str, Any]) -> None:
    for name, operation in each_operation(document):
        assert operation["summary"], name
        assert operation.get("description"), f"{name} has no words: give its endpoint a docstring"


def test_ids_are_readable_and_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, operation in each_operation(document)]
    assert len(ids) == len(set(ids)), "two endpoints share a name"
    assert [each for each in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)*", each)] == []
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_every_error_is_declared_with_an_example_of_a_real_code(document: dict[str, Any]) -> None:
    real = {(kind.code, kind.status) for kind in problems().values()}
    examples = document["components"]["examples"]
    for name, operation in each_operation(document):
        codes = codes_of(operation)
        assert codes or name == "GET /readyz", name
        assert ("unauthenticated" in codes) or not operation.get("security"), name
        assert ("invalid_input" in codes) or "requestBody" not in operation, name
        for status, answer in operation["responses"].items():
            for code, told in answer.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {}).items():
                value = examples[told["$ref"].rsplit("/", 1)[1]]["value"]
                problem = ProblemOut.model_validate(value)
                assert (problem.code, str(problem.status)) == (code, status), name
                assert (code, int(status)) in real, name


@pytest.mark.parametrize(
    ("operation", "codes"),
    [
        ("GET /api/v1/tickets/{number}", "unauthenticated forbidden not_found invalid_input unavailable"),
        ("GET /healthz", "unavailable"),
        ("POST /api/v1/sessions/staff", "wrong_credentials too_many_requests malformed_json"),
        ("POST /api/v1/sessions/mini-program", "invalid_code high_risk_user unknown_account"),
        ("POST /api/v1/tickets", "idempotency_key_reused forbidden"),
        ("POST /api/v1/tickets/{number}/transitions", "stale_version blocked slot_taken event_not_possible"),
        ("POST /api/v1/attachments", "payload_too_large storage_unavailable unsupported_media"),
    ],
)
def test_known_errors_are_found_in_the_source(document: dict[str, Any], operation: str, codes: str) -> None:
    declared = codes_of(dict(each_operation(document))[operation])
    assert set(codes.split()) <= declared
    # Reading too much would be as useless as reading nothing.
    assert "own_asset" not in declared
    assert len(declared) <= 30


def test_examples_are_what_the_schemas_say(document: dict[str, Any], application: FastAPI) -> None:
    seen = 0
    for method, path, route in operations(application):
        operation = document["paths"][path][method]
        name = f"{method.upper()} {path}"
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            asked = TypeAdapter(route.body_field.field_info.annotation)
            for example in shown(body):
                asked.validate_json(json.dumps(example)), name
                seen += 1
        for status, answer in operation["responses"].items():
            told = answer.get("content", {}).get("application/json")
            if status.startswith("2") and told is not None:
                assert route.response_model is not None, name
                for example in shown(told):
                    TypeAdapter(route.response_model).validate_json(json.dumps(example))
                    seen += 1
    assert seen > 300


def shown(media: dict[str, Any]) -> list[Any]:
    """Without one, an operation is described by half."""
    if "examples" in media:
        return [each["value"] for each in media["examples"].values()]
    return [media["example"]]


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
