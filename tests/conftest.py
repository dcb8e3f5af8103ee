"""What holds for every test: no display, no network, no folder of the user, one time zone.

The environment is set while this file is imported, that is, before any test can import Qt.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from explorer.paths import HOME_VARIABLE

_HOME = Path(tempfile.mkdtemp(prefix="trace-explorer-tests-"))
connections: list[str] = []

# A busy machine is no defect of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def _set_environment() -> None:
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ[HOME_VARIABLE] = str(_HOME / "home")
    os.environ["TZ"] = "UTC"
    # No language of the user's in dates and messages; Qt warns where the encoding is not UTF-8.
    os.environ["LC_ALL"] = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    for name in ("QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME", "QT_LOGGING_RULES"):
        os.environ.pop(name, None)
    if hasattr(time, "tzset"):
        time.tzset()
    runtime = _HOME / "runtime"  # Qt warns where it is not set or open to others
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook (PEP 578): the program is offline, so whatever connects is a fault."""
    if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        target = arguments[0]
    elif event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        connecting, target = arguments[0], arguments[1]
        if not isinstance(connecting, socket.socket) or connecting.family not in _NETWORK:
            return
    else:
        return
    connections.append(f"{event} {target!r}")
    raise PermissionError(f"a test reached for the network: {event} {target!r}")


_NETWORK = frozenset({socket.AF_INET, socket.AF_INET6})
_set_environment()
sys.addaudithook(_refuse_network)


@pytest.fixture(autouse=True)
def _offline() -> Iterator[None]:
    """Fail the test that reached for the network, also where it swallowed the exception."""
    connections.clear()
    yield
    assert connections == []


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has user folders of its own, empty at its start."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


def pytest_unconfigure() -> None:
    """Remove the folders that stood in for the user's."""
    shutil.rmtree(_HOME, ignore_errors=True)
