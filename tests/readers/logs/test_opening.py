"""A record is opened in the line formats that its block was read in."""

from __future__ import annotations

import pytest

from explorer.decoding.contract import Reader
from explorer.decoding.logs import choosing
from explorer.model.store import Store
from explorer.readers import cri_log, docker_json, json_log, kubectl_log, text_log
from tests.readers.logs.reading import details_of, read_with

LINES = [
    f"2026-11-22 09:14:{second:02d},301 - app.pay - ERROR - no stock of {second}" for second in range(20)
]
WRAPPED: dict[str, tuple[Reader, list[str]]] = {
    "text": (text_log, LINES),
    "docker": (docker_json, [
        f'{{"log":"{line}\\n","stream":"stderr","time":"2026-11-22T09:14:43.301Z"}}' for line in LINES
    ]),
    "cri": (cri_log, [f"2026-11-22T09:14:43.301234567Z stderr F {line}" for line in LINES]),
    "kubectl": (kubectl_log, [f"[pod/pay-5d/app] {line}" for line in LINES]),
}  # fmt: skip


def _read(name: str) -> Store:
    reader, lines = WRAPPED[name]
    return read_with(reader, "".join(line + "\n" for line in lines).encode())


@pytest.mark.parametrize("name", WRAPPED)
def test_no_other_formats_are_tried(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = _read(name)
    assert [store.texts[code] for code in store.documents["formats"].tolist()] == ["python-dashes"]

    def fails() -> choosing.Ranked:
        raise AssertionError("all formats are tried")

    monkeypatch.setattr("explorer.decoding.logs.detail.all_ranked", fails)
    details = details_of(store)
    assert [one.message for one in details] == [f"no stock of {second}" for second in range(20)]
    assert all(("logger", "app.pay") in one.attributes for one in details)


@pytest.mark.parametrize("name", WRAPPED)
def test_it_says_the_same_as_without_knowing_them(name: str) -> None:
    reader, lines = WRAPPED[name]
    raw = lines[3].encode()
    with_formats = reader.open_text(raw, "python-dashes")(-1)  # type: ignore[attr-defined]
    assert with_formats == reader.open_record(raw)(-1)


def test_what_the_reader_took_for_no_format_is_none_when_it_is_opened() -> None:
    # A line that begins like a record of another format, in a log in which that was met nowhere else.
    lines = [*LINES, "09:14:43.301 was when it began"]
    store = read_with(text_log, "\n".join(lines).encode())
    assert len(store.logs) == len(LINES)
    assert text_log.open_text(lines[-1].encode(), "python-dashes")(-1).message == lines[-1]


def test_where_a_format_is_no_longer_in_force_all_are_tried() -> None:
    raw = LINES[0].encode()
    assert text_log.open_text(raw, "one-that-was-taken-away")(-1) == text_log.open_record(raw)(-1)


def test_text_between_json_lines_is_opened_in_its_formats() -> None:
    objects = [f'{{"time":"2026-11-22T09:15:{n:02d}Z","level":"info","msg":"m{n}"}}' for n in range(40)]
    store = read_with(json_log, "\n".join([*LINES[:5], *objects]).encode())
    assert store.texts[int(store.documents["formats"][0])] == "python-dashes"
    assert [one.message for one in details_of(store)[:6]] == [*(f"no stock of {n}" for n in range(5)), "m0"]
