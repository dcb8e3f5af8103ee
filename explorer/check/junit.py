"""Results as JUnit XML, the form that CI systems show.

There is no standard; this is the common part of what Ant wrote first and what Jenkins and GitLab read
(https://github.com/jenkinsci/xunit-plugin, ``junit-10.xsd``).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from explorer.check.checking import Result
from explorer.layout.visible import visible_line
from explorer.model.store import Store


def junit_xml(store: Store, results: Sequence[Result], seconds: float) -> bytes:
    """One test case for each expectation; the ids that broke it are the text of its failure, one a line."""
    skipped = [result for result in results if not result.chosen and not result.broken]
    counts = {"tests": str(len(results)), "failures": str(sum(bool(result.broken) for result in results)),
              "errors": "0", "time": f"{seconds:.3f}"}  # fmt: skip
    suites = ET.Element("testsuites", {"name": "trace-explorer check", **counts})
    suite = ET.SubElement(
        suites, "testsuite", {"name": _safe(store.name), **counts, "skipped": str(len(skipped))}
    )
    for result in results:
        one = result.expectation
        name = f"{one.says} for {one.words or 'all ids'}"
        case = ET.SubElement(
            suite, "testcase", {"classname": _safe(one.place), "name": _safe(name), "time": "0.000"}
        )
        if result.broken:
            failure = ET.SubElement(case, "failure", {"message": _safe(result.broken), "type": one.key})
            failure.text = "\n".join(_safe(store.correlation.rows[row].id) for row in result.rows)
        elif not result.chosen:
            ET.SubElement(case, "skipped", {"message": "no id matches the query"})
    ET.indent(suites)
    text = ET.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _safe(text: str) -> str:
    """Without the characters that XML cannot hold; ids of a bundle may have any."""
    return visible_line(text, 4096)
