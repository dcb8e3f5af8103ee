"""Past incidents: a small file beside the settings, of causes that people chose to keep, known again by fingerprint.

A fingerprint leaves out ids, hosts, versions and other parameters (:mod:`explorer.analysis.categories.fingerprint`),
so the same fault in another bundle, months later, has the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from explorer.analysis.results import Analysis, Cause
from explorer.model.store import Store
from explorer.paths import config_dir
from explorer.session import stored

VERSION: Final = 1
MOST: Final = 2000
"""Incidents kept; the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A cause as it was kept.

    Attributes:
        fingerprint: of the cause; the same fault has the same one wherever it is met.
        time_ns: when its first id began, Unix ns.
        ids: how many ids it explained.
        title: the cause as the program said it.
        note: what a person wrote of it, ``""`` for nothing.
    """

    fingerprint: str
    time_ns: int
    bundle: str
    title: str
    category: str
    service: str = ""
    ids: int = 0
    note: str = ""

    @property
    def said(self) -> str:
        """What it was: the person's words, else the program's."""
        return self.note or self.title


@dataclass(frozen=True, slots=True)
class Incidents:
    """All that were kept, newest first."""

    incidents: tuple[Incident, ...] = ()

    def kept(self, new: Sequence[Incident]) -> Incidents:
        """With these too; the same fault at the same time replaces what was kept of it."""
        keys = {(one.fingerprint, one.time_ns) for one in new}
        others = tuple(one for one in self.incidents if (one.fingerprint, one.time_ns) not in keys)
        every = sorted((*new, *others), key=lambda one: -one.time_ns)
        return Incidents(tuple(every[:MOST]))

    def seen(self, incident: Incident) -> tuple[Incident, ...]:
        """Those of the same fingerprint at another time, newest first."""
        return tuple(
            one
            for one in self.incidents
            if one.fingerprint == incident.fingerprint and one.time_ns != incident.time_ns
        )


def incident_of(store: Store, analysis: Analysis, cause: Cause, note: str = "") -> Incident:
    """A cause of an open bundle as it would be kept."""
    first = min((int(analysis.ids.start[row]) for row in cause.ids), default=0)
    return Incident(
        cause.fingerprint, first, store.name, cause.title, cause.category, cause.service or cause.entity.name,
        len(cause.ids), note.strip(),
    )  # fmt: skip


def incidents_file(home: Path | None = None) -> Path:
    """Where they are kept. Raises ``OSError`` where there is no place for them."""
    return config_dir(home) / "incidents.json"


def load_incidents(home: Path | None = None) -> tuple[Incidents, tuple[str, ...]]:
    """Those kept, and a sentence for what of the file could not be used."""
    try:
        return stored.read(incidents_file(home), Incidents, VERSION)
    except OSError as error:
        return Incidents(), (f"Past incidents are not kept: {error}.",)


def keep_incidents(new: Sequence[Incident], home: Path | None = None) -> Incidents:
    """Keep these beside those already there.

    Raises:
        InputError: the file cannot be written; the old one stays.
        OSError: there is no place for settings.
    """
    every = load_incidents(home)[0].kept(new)
    stored.write(incidents_file(home), every, VERSION)
    return every
