"""Records that were decoded: kept beside the bytes of their file, read again by offset."""

from __future__ import annotations

from explorer.model.raw import DECODED, BlockWriter, RawBytes
from explorer.model.records import File


def test_decoded_records_lie_beside_the_bytes_of_their_file() -> None:
    writer = BlockWriter()
    writer.keep(0, 0, b"first bytes ")
    one = writer.canonical(0, b"one\n")
    writer.keep(1, 0, b"another file")
    two = writer.canonical(0, b"two\n")
    writer.keep(0, 12, b"and more")
    writer.close(0)
    late = writer.canonical(0, b"three\n")
    writer.close(0)
    files = [File("a", None, 20, 0), File("b", None, 12, 0)]
    raw = RawBytes(files, writer.maps(), writer.blocks)
    assert raw.read(0, 0, 20) == b"first bytes and more"
    assert raw.read(1, 8, 4) == b"file"
    assert [raw.read(0, at, 4) for at in (one, two)] == [b"one\n", b"two\n"]
    assert raw.read(0, late, 6) == b"three\n"
    assert one >= DECODED
    assert raw.read(0, one, 14) == b"one\ntwo\nthree\n"


def test_what_was_never_decoded_is_nothing() -> None:
    writer = BlockWriter()
    assert RawBytes([File("a", None, 0, 0)], writer.maps(), writer.blocks).read(0, DECODED, 4) == b""
