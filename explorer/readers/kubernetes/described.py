"""What ``kubectl describe`` prints of an object: how its containers ended, its conditions, and its events."""

from __future__ import annotations

import re
from typing import Any, Final

_KEY: Final = re.compile(r"(?P<indent> *)(?P<key>[A-Z][\w ()/.-]*?):(?:\s+(?P<value>\S.*?))?\s*$")
_CONTAINER: Final = re.compile(r"  (?P<name>[a-z0-9][a-z0-9.-]*):\s*$")
_SECTIONS: Final = ("Containers", "Init Containers", "Ephemeral Containers")
_EVENT: Final = re.compile(
    r"  (?P<TYPE>Normal|Warning) {2,}(?P<REASON>\S+) {2,}(?P<LASTSEEN>\S+(?: \(x\d+ over \S+\))?|<\w+>) {2,}"
    r"(?P<SOURCE>\S.*?) {2,}(?P<MESSAGE>\S.*)$"
)
_STATES: Final = {"State": "state", "Last State": "lastState"}
_KINDS: Final = (
    ("Containers", "Pod"),
    ("Addresses", "Node"),
    ("Roles", "Node"),
    ("StrategyType", "Deployment"),
)
_BETWEEN: Final = re.compile(r" {2,}")


class Described:
    """One object being read line by line."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}
        self._containers: list[dict[str, Any]] = []
        self._events: list[dict[str, str]] = []
        self._headings: list[str] = []
        self._conditions: list[dict[str, str]] = []
        self._section = ""
        self._state: dict[str, Any] | None = None

    def feed(self, line: str) -> bool:
        """Take a line; False where it is none of such text."""
        match = _KEY.match(line)
        if match is not None and not match["indent"]:
            self._section = match["key"]
            self._fields.setdefault(match["key"], match["value"] or "")
        elif not line.startswith(" "):
            return False
        elif self._section == "Events" and (event := _EVENT.match(line)):
            self._events.append(event.groupdict())
        elif self._section == "Events" and self._events and not line.lstrip().startswith(("Type ", "----")):
            self._events[-1]["MESSAGE"] += "\n" + line.strip()
        elif self._section == "Conditions":
            self._of_conditions(_BETWEEN.split(line.strip()))
        elif self._section in _SECTIONS:
            self._of_container(line, match)
        return True

    def _of_conditions(self, cells: list[str]) -> None:
        """A row of the conditions, of which the headings come first."""
        if cells[0] == "Type":
            self._headings = [name[:1].lower() + name[1:] for name in cells]
        elif not cells[0].startswith("--"):
            self._conditions.append(dict(zip(self._headings, cells, strict=False)))

    def _of_container(self, line: str, match: re.Match[str] | None) -> None:
        if named := _CONTAINER.match(line):
            self._containers.append({"name": named["name"], "init": self._section == "Init Containers"})
            self._state = None
        if match is None or not self._containers:
            return
        container, key, value = self._containers[-1], match["key"], match["value"] or ""
        if key in _STATES:
            self._state = container.setdefault(_STATES[key], {}).setdefault(value.lower(), {})
        elif key == "Restart Count" and value.isdecimal():
            container["restartCount"] = int(value)
            self._state = None
        elif key == "Image":
            container["image"] = value
        elif self._state is not None:
            told = {
                "Reason": "reason",
                "Message": "message",
                "Started": "startedAt",
                "Finished": "finishedAt",
            }
            if key in told:
                self._state[told[key]] = value
            elif key in ("Exit Code", "Signal") and value.isdecimal():
                self._state["exitCode" if key == "Exit Code" else "signal"] = int(value)

    def told(self) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
        """The object as the API has it, if its kind is known, and its events as rows of a table."""
        name, namespace = self._fields.get("Name", ""), self._fields.get("Namespace", "")
        kind = next((kind for mark, kind in _KINDS if mark in self._fields), "")
        owner = self._fields.get("Controlled By", "").partition("/")
        about = {"OBJECT": f"{kind}/{name}", "NAMESPACE": namespace}
        events = [about | event for event in self._events]
        if not kind:
            return None, events
        owners = [{"kind": owner[0], "name": owner[2]}] if owner[2] else []
        node = self._fields.get("Node", "").partition("/")[0]
        return {
            "kind": kind, "spec": {"nodeName": node},
            "metadata": {"name": name, "namespace": namespace, "ownerReferences": owners},
            "status": {
                "conditions": self._conditions,
                "phase": self._fields.get("Status", ""), "reason": self._fields.get("Reason", ""),
                "message": self._fields.get("Message", ""), "startTime": self._fields.get("Start Time", ""),
                "containerStatuses": [one for one in self._containers if not one["init"]],
                "initContainerStatuses": [one for one in self._containers if one["init"]],
            },
        }, events  # fmt: skip
