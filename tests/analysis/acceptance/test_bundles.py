"""Situations that only a whole bundle tells, as drawn, under other names, and read from files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.ingest import ingest
from explorer.model.store import Store
from tests.analysis.acceptance.bundles import BUNDLES, Bundle
from tests.analysis.acceptance.judging import other_names, wrong
from tests.analysis.rules import RULES
from tests.drawn import renamed, shuffled
from tests.drawn_files import FORMATS
from tests.drawn_store import store_of

# Marks and findings have no file of their own in these formats.
IN_FILES = [one for one in BUNDLES if not (one.drawing().marks or one.drawing().findings)]


def _named(bundle: Bundle) -> str:
    return f"{bundle.number}-{bundle.name.replace(' ', '-')}"


def _check(bundle: Bundle, store: Store, names: Mapping[str, str]) -> None:
    assert not wrong(bundle, analyse(store, RULES), names)


@pytest.mark.parametrize("bundle", BUNDLES, ids=_named)
def test_under_other_names(bundle: Bundle) -> None:
    drawing = bundle.drawing()
    names = other_names(drawing)
    _check(bundle, store_of(shuffled(renamed(drawing, names))), names)


@pytest.mark.parametrize("bundle", IN_FILES, ids=_named)
@pytest.mark.parametrize("form", FORMATS)
def test_in_files_of_several_formats(bundle: Bundle, form: str, tmp_path: Path) -> None:
    FORMATS[form](bundle.drawing(), tmp_path)
    _check(bundle, ingest([tmp_path]), {})
