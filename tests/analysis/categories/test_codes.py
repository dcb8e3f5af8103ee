"""Codes in one spelling each, and what their spellings mean."""

from __future__ import annotations

import pytest

from explorer.analysis.categories.codes import grpc_name, spellings
from explorer.analysis.categories.textcodes import codes_in
from tests.analysis.categories.shipped import judged


@pytest.mark.parametrize(
    "text", ["14", "UNAVAILABLE", "Unavailable", "StatusCode.UNAVAILABLE", " unavailable "]
)
def test_a_grpc_code_has_one_name(text: str) -> None:
    assert grpc_name(text) == "unavailable"


def test_what_is_no_grpc_code() -> None:
    assert grpc_name("99") == ""
    assert grpc_name("Sunny") == ""
    assert grpc_name("Canceled") == grpc_name("1") == "cancelled"


@pytest.mark.parametrize(
    ("kind", "text", "keys"),
    [
        ("http", "503", ("503", "5xx")),
        ("http", "HTTP/1.1 503", ("503", "5xx")),
        ("exit", "137", ("137", "any")),
        ("exit", "-9", ("137", "any")),
        ("exit", "SIGKILL", ("137",)),
        ("exit", "0", ("0",)),
        ("xid", "79", ("79", "any")),
        ("envoy", "UF,URX", ("uf", "urx")),
        ("envoy", "-", ()),
        ("k8s", "OOMKilled", ("oomkilled",)),
        ("k8s", "OOM_Killed", ("oomkilled",)),
        ("oracle", "00060", ("60",)),
        ("win32", "5", ("5",)),
        ("win32", "0x80070005", ("5",)),
        ("win32", "-2147024891", ("5",)),
        ("win32", "0xC0000005", ("3221225477",)),
        ("win32", "-1073741819", ("3221225477",)),
        ("win32", "odd", ()),
        ("curl", "COULDNT_CONNECT", ("couldntconnect",)),
    ],
)
def test_spellings(kind: str, text: str, keys: tuple[str, ...]) -> None:
    assert spellings(kind, text) == keys


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("timeout", "infrastructure"),
        ("java.net.UnknownHostException", "infrastructure"),
        ("server_certificate_invalid", "security"),
        ("429", "capacity"),
        ("_OTHER", "unknown"),
        ("UNAVAILABLE", "infrastructure"),
    ],
)
def test_the_error_type_of_opentelemetry(text: str, category: str) -> None:
    assert judged("error.type", text).category == category


def test_the_message_of_a_code_outweighs_the_code() -> None:
    assert judged("k8s", "Failed", 'Error: secret "db" not found').category == "configuration"
    assert judged("k8s", "BackOff", 'Back-off pulling image "x/y:1"').category == "configuration"
    assert judged("grpc", "8", "received message larger than max (9 vs. 4)").category == "configuration"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ORA-12541 and ORA-01017", [("oracle", "12541"), ("oracle", "01017")]),
        ("OSError: [Errno 13]", [("errno", "13")]),
        ("connect: os error 10061", [("win32", "10061")]),
        ("cURL error 28: late", [("curl", "28")]),
        ("Msg 1205, Level 13", [("mssql", "1205")]),
        ('{"code":91, "codeName": "x"}', [("mongodb", "91")]),
        ("the order ABORA-1234567 of msg 12", []),
        ("error 7 of 12", []),
    ],
)
def test_numbers_of_known_vocabularies_are_found(text: str, found: list[tuple[str, str]]) -> None:
    assert [(each.kind, each.text) for each in codes_in(text)] == found
