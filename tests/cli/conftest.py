"""The small bundle, and a way to call the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from explorer.cli.main import main
from tests.small import write_small

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("cli") / "small bundle")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Call the program; gives exit code, stdout, stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def answer(run: Run) -> Callable[..., Any]:
    """Call the program and decode the one JSON object it prints."""

    def call(*words: object) -> Any:
        code, out, err = run(*words, "--json")
        assert code == 0, err
        assert err == ""
        return orjson.loads(out)

    return call
