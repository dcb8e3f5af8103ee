"""The command that repeats a request: whole, and harmless whatever was recorded."""

from __future__ import annotations

import shlex

import pytest

from explorer.model.records import Detail
from explorer.report.reproduce import replay


def command(request_id: str = "", /, **values: object) -> list[str]:
    """The words a shell makes of the command; ``__`` in a name is a dot."""
    attributes = tuple((name.replace("__", "."), value) for name, value in values.items())
    return shlex.split(replay(Detail(attributes=attributes), request_id))


def test_method_headers_and_body() -> None:
    words = command(
        "rq-1", http__request__method="post", url__full="https://shop.example/buy?x=1",
        http__request__header__content_type=["application/json"], http__request__body='{"a": "it\'s"}',
    )  # fmt: skip
    assert words == [
        "curl", "-X", "POST", "-H", "x-request-id: rq-1", "-H", "content-type: application/json",
        "--data-raw", '{"a": "it\'s"}', "https://shop.example/buy?x=1",
    ]  # fmt: skip


def test_a_url_out_of_its_parts() -> None:
    assert command(server__address="shop", server__port=8080, url__path="/buy", url__query="x=1") == [
        "curl", "http://shop:8080/buy?x=1",
    ]  # fmt: skip
    assert command(http__host="shop:81", http__target="/buy?x=1", http__scheme="https") == [
        "curl", "https://shop:81/buy?x=1",
    ]  # fmt: skip
    assert command(http__route="/buy") == ["curl", "http://HOST/buy"]


@pytest.mark.parametrize(
    "url",
    ["-o/etc/passwd", "file:///etc/passwd", "gopher://x", "https://a b", "https://a\nb", "", "https://"],
)
def test_what_is_no_web_address_is_not_asked(url: str) -> None:
    assert command(url__full=url) == []


def test_nothing_recorded_becomes_an_option_a_file_or_a_pattern() -> None:
    words = command(
        "r'; rm -rf / #", http__request__method="GET; reboot", url__full="https://x/{a,b}[1-9]$(id)`id`"
    )
    assert words == []
    words = command(
        "r'; rm -rf / #", url__full="https://x/{a,b}[1-9]$(id)`id`", http__request__body="@/etc/passwd",
        **{"http__request__header__@/etc/passwd": "x", "http__request__header__x_evil": "a\r\nHost: b"},
    )  # fmt: skip
    assert words == [
        "curl", "-g", "-H", "x-request-id: r'; rm -rf / #", "--data-raw", "@/etc/passwd", "https://x/{a,b}[1-9]$(id)`id`",
    ]  # fmt: skip
