"""What was read of a bundle, in a sentence."""

from __future__ import annotations

from typing import Final

from explorer.layout.numbers import count, plural
from explorer.model.issue import lost
from explorer.model.store import Store

_FORMATS: Final = 4


def read_words(store: Store) -> str:
    """``Read 7 of 7 files: otlp-json, envoy-log · 214 records skipped``."""
    understood = [one for one in store.counts if one.format != "unknown"]
    formats = sorted({one.format for one in understood})
    more = f" and {len(formats) - _FORMATS} more" if len(formats) > _FORMATS else ""
    named = ": " + ", ".join(formats[:_FORMATS]) + more if formats else ""
    skipped = lost(store.issues)
    issues = f"{plural(skipped, 'record')} skipped" if skipped else "nothing skipped"
    files = "file" if len(store.counts) == 1 else "files"
    return f"Read {count(len(understood))} of {count(len(store.counts))} {files}{named} · {issues}"
