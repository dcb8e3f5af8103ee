"""Opening: read by a process of its own, kept, found again, stopped at once, survived."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.cache.entries import Entries, entries
from explorer.errors import Cancelled
from explorer.gui.jobs import Part
from explorer.gui.opening import work as module
from explorer.gui.opening.telling import OpeningError, Reading, Stage
from explorer.gui.opening.work import Opened, open_bundle, plain_bytes
from explorer.ingest import ingest
from explorer.model.asking import Asking
from explorer.model.persist import FORMAT
from explorer.session.reading import read_options
from explorer.session.settings import Settings
from explorer.writers.parquet import write_parquet
from tests.drawn import BASE_NS
from tests.gui.bundles import IDS, drawn_answers, drawn_store

CANCEL_SECONDS = 0.2


def opened(
    path: Path, *, settings: Settings | None = None, afresh: bool = False
) -> tuple[Opened, list[object]]:
    """What opening gives, and what it reported."""
    told: list[object] = []
    found = open_bundle((path,), settings or Settings(), told.append, lambda: False, afresh=afresh)
    return found, told


def kept() -> list[str]:
    """Names in the folder of what was opened before."""
    return sorted(path.name for path in entries().folder.iterdir())


def test_read_kept_and_found_again(bundle: Path) -> None:
    first, told = opened(bundle)
    assert {row.id for row in first.store.correlation.rows} == IDS
    assert len(first.analysis.verdicts) == 2
    assert [issue.file for issue in first.store.issues] == ["noise.bin"]
    assert any(isinstance(one, Stage) and one.text == "Finding causes" for one in told)
    progress = [one for one in told if isinstance(one, Reading)]
    assert progress[-1].total == plain_bytes((bundle,)) > 0
    assert not first.before

    second, told = opened(bundle)
    assert second.before
    assert told == []
    assert second.store.spans.start.tolist() == first.store.spans.start.tolist()
    assert second.analysis.causes == first.analysis.causes
    assert len(kept()) == 1


def test_another_window_puts_its_own_in_place_meanwhile(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = [True, True]  # not kept yet, and moved aside when it was read

    def find(known: Entries, key: str) -> Path | None:
        return None if gone and gone.pop() else known.folder / key

    monkeypatch.setattr(Entries, "find", find)
    found, _ = opened(bundle, afresh=True)
    assert {row.id for row in found.store.correlation.rows} == IDS


def test_of_a_data_lake_only_what_is_asked_for_is_read(bundle: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    write_parquet(ingest([bundle]), lake)
    asking = Asking(ids=("rq-bad",))
    found = open_bundle((lake,), Settings(), lambda _: None, lambda: False, asking)
    assert [row.id for row in found.store.correlation.rows] == ["rq-bad"]
    assert found.asking == asking
    whole, _ = opened(lake)
    assert not whole.before
    assert {row.id for row in whole.store.correlation.rows} == IDS


def test_other_files_are_found_again_whatever_is_asked_for(bundle: Path) -> None:
    opened(bundle)
    found = open_bundle((bundle,), Settings(), lambda _: None, lambda: False, Asking(query="status:error"))
    assert found.before
    assert not found.asking
    assert found.wanted == Asking(query="status:error")


def _at(seconds: int) -> str:
    return str(BASE_NS // 10**9 + seconds)


@pytest.mark.parametrize(
    ("asking", "first"),
    [
        (Asking(), "rq-bad"),
        (Asking(query="-id:rq-bad"), "rq-worse"),
        (Asking(query="id:rq-good"), "rq-good"),
        (Asking(query="service:nowhere"), ""),
        (Asking(query="bad cart"), ""),  # the bytes tell: the list chooses
        (Asking(query="service:(", begin="no time"), "rq-bad"),
        (Asking(end=_at(20)), "rq-good"),
        (Asking(end=_at(75)), "rq-bad"),
        (Asking(begin=_at(75)), "rq-worse"),
        (Asking(query="id:rq-bad", begin=_at(75)), ""),
    ],
)
def test_the_first_id_is_one_of_those_asked_for(asking: Asking, first: str) -> None:
    found = Opened((), drawn_store(), drawn_answers(), (), before=False, seconds=1.0, wanted=asking)
    assert found.first_id == first


def test_a_changed_file_is_read_again(bundle: Path) -> None:
    opened(bundle)
    with open(bundle / "spans.jsonl", "ab") as stream:
        stream.write(b"{}\n")
    again, _ = opened(bundle)
    assert not again.before


def test_asked_to_read_afresh(bundle: Path) -> None:
    opened(bundle)
    assert not opened(bundle, afresh=True)[0].before
    assert len(kept()) == 1


def test_other_rules_need_no_other_reading(bundle: Path, tmp_path: Path) -> None:
    opened(bundle)
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "own.toml").write_text("# none yet\n")
    again, told = opened(bundle, settings=replace(Settings(), rules=str(rules)))
    assert not again.before
    assert not any(isinstance(one, Reading) for one in told)
    assert len(kept()) == 1


@pytest.mark.parametrize("name", ["store.json", "spans.start.npy"])
def test_a_broken_entry_is_made_again(bundle: Path, name: str) -> None:
    opened(bundle)
    (entries().folder / kept()[0] / name).write_bytes(b"")
    again, _ = opened(bundle)
    assert not again.before
    assert len(again.store.spans) == 8


def test_cancelled_at_once_and_nothing_left(bundle: Path) -> None:
    asked = threading.Event()
    ended: list[float] = []

    def work() -> None:
        with pytest.raises(Cancelled):
            open_bundle((bundle,), Settings(), lambda _: None, asked.is_set)
        ended.append(time.monotonic())

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.3)  # the process has begun
    begun = time.monotonic()
    asked.set()
    thread.join(10)
    assert ended[0] - begun < CANCEL_SECONDS
    assert kept() == []


def test_a_process_that_dies_is_survived(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.gui.opening.child.run", _die)
    with pytest.raises(OpeningError) as caught:
        opened(bundle)
    assert "ended unexpectedly" in str(caught.value)
    assert caught.value.bug
    assert "signal 6" in caught.value.details or "exit code" in caught.value.details
    assert kept() == []


def _die(*_: object) -> None:
    os.abort()


def test_a_bug_in_the_process_comes_with_its_traceback(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "Request", _broken_request)
    with pytest.raises(OpeningError, match="Error") as caught:
        opened(bundle)
    assert caught.value.bug
    assert "Traceback" in caught.value.details


def _broken_request(*values: object) -> object:
    from explorer.gui.opening.pipe import Request

    return replace(Request(*values), options=1)  # type: ignore[arg-type]


def test_nothing_understood_is_told_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(bytes(range(1, 256)) * 4)
    with pytest.raises(OpeningError, match=r"Nothing in noise\.bin could be understood") as caught:
        opened(tmp_path / "noise.bin")
    assert "noise.bin" in caught.value.details
    assert not caught.value.bug


def test_a_table_of_unknown_columns_alone_is_told_with_the_way_out(tmp_path: Path) -> None:
    rows = "".join(f"{i};{i * 7};abc\n" for i in range(20))
    (tmp_path / "odd.csv").write_text(f"Vorgang;Dauer;Wer\n{rows}")
    with pytest.raises(OpeningError, match=r"could be understood .*Columns of a table… in the File menu"):
        opened(tmp_path / "odd.csv")


def test_a_path_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(OpeningError, match="cannot be read: No such file"):
        opened(tmp_path / "gone")


def test_bytes_are_known_for_plain_files_only(bundle: Path) -> None:
    assert plain_bytes((bundle,)) == sum(path.stat().st_size for path in bundle.iterdir())
    (bundle / "more.tar.zst").write_bytes(b"x")
    assert plain_bytes((bundle,)) == 0


def test_the_format_is_part_of_the_key(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.cache import key

    before = key.bundle_key([bundle], read_options(Settings()), Settings().limits)
    monkeypatch.setattr(key, "FORMAT", FORMAT + 1)
    assert key.bundle_key([bundle], read_options(Settings()), Settings().limits) != before


def test_a_large_bundle_is_shown_in_part_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE_BYTES", 1)
    path = tmp_path / "spans.jsonl"
    filler = "x" * (600 << 10)
    with path.open("w") as stream:
        for number in range(1, 36):
            stream.write(
                '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},'
                f'"scopeSpans":[{{"spans":[{{"traceId":"{number:032x}","spanId":"{number:016x}","name":"call",'
                '"startTimeUnixNano":"1790000000000000000","endTimeUnixNano":"1790000000000001000",'
                f'"attributes":[{{"key":"filler","value":{{"stringValue":"{filler}"}}}}]}}]}}]}}]}}\n'
            )
    found, told = opened(path)
    (first,) = [one.value for one in told if isinstance(one, Part)]
    assert isinstance(first, Opened)
    assert first.first_part
    assert not found.first_part
    assert 0 < len(first.store.spans) < len(found.store.spans) == 35
    assert len(first.analysis.ids.start) == len(first.store.correlation.rows)
    assert len(kept()) == 1
