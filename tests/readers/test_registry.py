"""Readers are found by their names, one without the others."""

from __future__ import annotations

import subprocess
import sys

import pytest

from explorer.readers.registry import reader, readers
from tests.shared import ROOT


def test_each_is_found_by_its_name() -> None:
    assert [reader(name) for name in readers()] == list(readers().values())
    with pytest.raises(KeyError):
        reader("nobody")


def test_one_is_imported_without_the_others() -> None:
    code = (
        "import sys; from explorer.readers.registry import reader; reader('otlp-json');"
        "sys.exit('explorer.readers.jaeger_json' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
