"""Hostile and odd files of others: no exception, no hang, bounded memory, and what is not read is told."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.bundle.limits import Limits
from explorer.bundle.walk import walk
from explorer.model.issue import Issues
from tests.bundle.archives import PACKERS, tar_of, zip_of
from tests.shared import ROOT, needs_shared, shared

LONGEST_SECONDS = 10.0
SAMPLE = 400

EXPECTED = {
    "bz2_bomb.json.bz2": "ratio-exceeded",
    "folder_hostile": "not-a-regular-file",
    "gz_bad_crc.json.gz": "bad-checksum",
    "gz_bomb.json.gz": "ratio-exceeded",
    "gz_double.json.gz.gz": "ratio-exceeded",
    "gz_flipped_bit.json.gz": "unreadable-archive",
    "gz_tar_bomb.tar.gz": "ratio-exceeded",
    "gz_trailing_garbage.json.gz": "trailing-bytes",
    "gz_truncated.json.gz": "truncated-archive",
    "enc_utf16be.json": "transcoded",
    "json_cut.json": "truncated-record",
    "json_deep_open.json": "truncated-record",
    "log_one_16mb_line.log": "record-too-large",
    "tar_bad_checksum.tar": "unreadable-archive",
    "tar_links.tar": "link-skipped",
    "tar_negative_size.tar": "impossible-size",
    "tar_negative_size2.tar": "impossible-size",
    "tar_pax_200k_records.tar.gz": "long-header",
    "tar_pax_claims_8g.tar": "long-header",
    "tar_sparse_8g.tar": "sparse-member",
    "tar_truncated.tar.gz": "truncated-archive",
    "xz_bomb.json.xz": "ratio-exceeded",
    "zero_bytes.zip": "empty-file",
    "zip_bad_crc.zip": "bad-checksum",
    "zip_count_lies.zip": "truncated-archive",
    "zip_empty.zip": "empty-archive",
    "zip_encrypted.zip": "encrypted-member",
    "zip_flat_bomb.zip": "ratio-exceeded",
    "zip_full_overlap.zip": "ratio-exceeded",
    "zip_local_name_differs.zip": "names-differ",
    "zip_lying_size.zip": "size-differs",
    "zip_nested_12.zip": "nested-too-deep",
    "zip_quoted_overlap.zip": "overlapping-members",
    "zip_symlink.zip": "link-skipped",
    "zip_truncated.zip": "truncated-archive",
    "zip_two_eocd.zip": "ambiguous-archive",
    "zst_rle_bomb.json.zst": "ratio-exceeded",
    "zst_skippable_100k.zst": "empty-file",
    "zst_truncated.json.zst": "truncated-archive",
    "zst_window_2g.json.zst": "unreadable-archive",
}


def opened(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """What a process of its own says of each file, by name."""
    command = [sys.executable, "-m", "tests.bundle.opening", *map(str, paths)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=90)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    stopped_at = paths[len(answers)] if len(answers) < len(paths) else None
    assert stopped_at is None, (stopped_at, run.stderr[-2000:])
    slow = [answer for answer in answers if answer["seconds"] > LONGEST_SECONDS]
    assert slow == []
    return {Path(answer["path"]).name: answer for answer in answers}


@needs_shared
def test_bombs_end_at_the_limits_and_say_so(tmp_path: Path) -> None:
    maker = shared("badinput", "make_bombs.py")
    bombs = tmp_path / "bombs"
    size = ["--expand-mb", "16", "--big", "2000"]
    subprocess.run([sys.executable, str(maker), str(bombs), *size], check=True, capture_output=True)
    answers = opened(sorted(path for path in bombs.iterdir() if path.name != "expected.json"))
    assert set(EXPECTED) <= set(answers)
    wrong = {
        name: answers[name]["codes"] for name, code in EXPECTED.items() if code not in answers[name]["codes"]
    }
    assert wrong == {}
    assert answers["json_one_64mb_line.jsonl"]["bytes"] > 64 << 20
    plain = {name for name in answers if name.startswith(("tr_", "num_", "metrics_", "otlp_"))}
    assert {name: answers[name]["codes"] for name in plain if answers[name]["codes"]} == {}


@needs_shared
def test_odd_files_of_other_projects_raise_nothing() -> None:
    folder = shared("badinput")
    every = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != folder)
    opened(random.Random(20).sample(every, min(SAMPLE, len(every))))


opened_paths: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook (PEP 578); there is no way to take it off again."""
    if _watching and event == "open":
        opened_paths.append(str(arguments[0]))


sys.addaudithook(_watch)


@pytest.fixture
def watched() -> Iterator[list[str]]:
    """Every path that the test opens."""
    global _watching  # noqa: PLW0603 (the hook stays for good, so it must be told when to look)
    opened_paths.clear()
    _watching = True
    yield opened_paths
    _watching = False


def test_only_the_bundle_itself_is_ever_opened(tmp_path: Path, watched: list[str]) -> None:
    evil = {"../../up.log": b"x", "/etc/passwd": b"x", "C:\\x": b"x", "a/b": zip_of({"/etc/shadow": b"x"})}
    made = {"a.tar": tar_of(evil), "b.zip": zip_of(evil), "c.tgz": PACKERS["gzip"](tar_of(evil))}
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    watched.clear()
    members = [member.stream.read(10) for member in walk([tmp_path], Limits(), Issues())]
    assert members == [b"x"] * 12
    assert set(watched) == {str(tmp_path / name) for name in made}
