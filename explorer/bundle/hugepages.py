"""Memory for large documents in large pages: the system gives 2 MB at a time, not 4 kB."""

from __future__ import annotations

import ctypes
import mmap
from typing import Final

import numpy as np

LEAST: Final = 32 << 20
"""Bytes from which the C library fetches memory anew from the system, whatever was given back before."""
_PAGE: Final = 4096


def large_bytes(size: int) -> bytes:
    """So many zero bytes, which take no memory until they are written; none where that would be no gain.

    Touching new memory page by page costs as much as finding the end of a document in it.
    """
    if size < LEAST or size <= _PAGE or not hasattr(mmap, "MADV_HUGEPAGE"):
        return b""
    try:
        data = bytes(size)
    except MemoryError:
        return b""
    begin = -(-np.frombuffer(data, np.uint8).ctypes.data // _PAGE) * _PAGE
    # Advice only: what it returns does not matter.
    ctypes.CDLL(None).madvise(ctypes.c_void_p(begin), ctypes.c_size_t(size - _PAGE), mmap.MADV_HUGEPAGE)
    return data
