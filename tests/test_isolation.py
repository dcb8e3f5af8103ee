"""The isolation that conftest promises is real."""

from __future__ import annotations

import os
import socket
import time

import pytest

from tests import conftest


@pytest.mark.parametrize("host", ["192.0.2.1", "trace-explorer.invalid", "127.0.0.1"])
def test_the_network_is_refused_and_remembered(host: str) -> None:
    with pytest.raises(PermissionError, match="network"):
        socket.create_connection((host, 9), timeout=1)
    assert len(conftest.connections) == 1
    conftest.connections.clear()


def test_datagrams_are_refused_too() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        pytest.raises(PermissionError, match="network"),
    ):
        sender.sendto(b"", ("192.0.2.1", 9))
    conftest.connections.clear()


def test_time_zone_and_display_are_pinned() -> None:
    assert time.localtime(0).tm_hour == 0
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
