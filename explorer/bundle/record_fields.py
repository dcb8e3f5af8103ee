"""Names of fields that lie within a record, so that what is open in one of them belongs to a record that is cut.

A cut document is mended by leaving out its last record, never by keeping half of it: a span without the
status that stood behind the cut would look healthy. No schema is needed for that, only what the fields that hold
lists of objects are called within a record; in an unknown format the innermost object in an array counts as
the record.
"""

from __future__ import annotations

from typing import Final

INSIDE_RECORD: Final = frozenset(
    name.encode()
    for name in (
        # OpenTelemetry
        "attributes events links status body value kvlistValue arrayValue exemplars quantileValues"
        # Jaeger, Zipkin
        " tags logs references process annotations binaryAnnotations"
        # Elasticsearch, ECS
        " _source fields sort log error"
        # Sentry, Datadog, profilers
        " args contexts extra exception stacktrace breadcrumbs request meta"
        # Kubernetes, Argo
        " metadata spec involvedObject"
    ).split()
)
