"""Every situation, as it is, recorded in another order, in other formats, under other names, and many times."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.ingest import ingest
from tests.analysis.acceptance.case import Case
from tests.analysis.acceptance.judging import NAMES, among_healthy, judged
from tests.analysis.acceptance.situations import CASES
from tests.drawn import draw, renamed, shuffled
from tests.drawn_files import FORMATS
from tests.drawn_store import store_of

ALONE = [case for case in CASES if case.alone]
IN_FILES = [case for case in ALONE if not draw(case.drawing).marks]


def _named(case: Case) -> str:
    return f"{case.number}-{case.name.replace(' ', '-')}"


@pytest.mark.parametrize("case", ALONE, ids=_named)
def test_alone(case: Case) -> None:
    found = judged(case, store_of(draw(case.drawing)))
    assert found.right, found


@pytest.mark.parametrize("case", ALONE, ids=_named)
@pytest.mark.parametrize("seed", [1, 2])
def test_recorded_in_another_order(case: Case, seed: int) -> None:
    found = judged(case, store_of(shuffled(draw(case.drawing), seed)))
    assert found.right, found


@pytest.mark.parametrize("case", IN_FILES, ids=_named)
@pytest.mark.parametrize("form", FORMATS)
def test_in_files_of_several_formats(case: Case, form: str, tmp_path: Path) -> None:
    FORMATS[form](shuffled(renamed(draw(case.drawing), NAMES)), tmp_path)
    found = judged(case, ingest([tmp_path]), NAMES)
    assert found.right, found


@pytest.mark.parametrize("case", CASES, ids=_named)
def test_under_other_names(case: Case) -> None:
    found = judged(case, store_of(renamed(among_healthy(case, draw(case.drawing), 3), NAMES)), NAMES)
    assert found.right, found


@pytest.mark.parametrize("case", [case for case in CASES if case.crowd], ids=_named)
def test_many_times_among_healthy_traffic(case: Case) -> None:
    found = judged(case, store_of(among_healthy(case, draw(case.drawing), 20)))
    assert found.right, found
