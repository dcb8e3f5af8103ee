"""Where a failure was noticed, where that is not where it began."""

from __future__ import annotations

from explorer.analysis.failure.verdicts import Account
from explorer.analysis.results import Detected


def detected_of(account: Account, service: str) -> Detected | None:
    """Who first said that something failed, and the category of what was said; None where that is the origin.

    Args:
        service: at fault. Of an id that was joined to a cause, it need not be where its own path begins.
    """
    store, via = account.explained.scene.facts.store, account.explained.blame.via
    origin = account.path[0]
    where = (store.service(via), store.operation(via)) if via >= 0 else (origin.service, origin.operation)
    same = via < 0 or via == origin.row or where[1] == origin.operation
    return None if where[0] == service and same else Detected(*where, account.fault.symptom)
