"""Files that are taken away or replaced while they are read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer import ingest as module
from explorer.bundle.member import Member
from explorer.bundle.walk import walk
from explorer.ingest import ingest
from explorer.model.raw import ChangedError
from explorer.readers.details import log_detail

LINE = '{"time":"2026-11-22T09:14:%02dZ","level":"info","msg":"of %s"}\n'


def _replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_text(LINE % (3, "another") * 2)
    other.replace(path)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere open files cannot be taken away")
@pytest.mark.parametrize("happens", [Path.unlink, _replace])
def test_what_was_opened_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, happens: Callable[[Path], None]
) -> None:
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(LINE % (1, name) + LINE % (2, name))

    def meanwhile(*given: Any) -> Iterator[Member]:
        for member in walk(*given):
            assert member.path is not None
            happens(member.path)
            yield member

    monkeypatch.setattr(module, "walk", meanwhile)
    store = ingest([tmp_path])
    assert len(store.logs) == 4
    for row in range(4):
        with pytest.raises(ChangedError):  # and nothing is told from what came into its place
            log_detail(store, row)
