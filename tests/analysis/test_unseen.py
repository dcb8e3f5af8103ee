"""Incidents made up after the rules were written, of other trades and with other names: what is said of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from explorer.analysis.causes import analyse
from explorer.ingest import ingest
from tests.analysis.rules import RULES
from tests.drawn import draw, repeated
from tests.drawn_store import store_of


@dataclass(frozen=True)
class Incident:
    """Healthy and failing requests, and what is right: category, subcategory, what is at fault, hypothesis."""

    name: str
    healthy: str
    failing: str
    right: tuple[str, str, str, str]


INCIDENTS = (
    Incident(
        "a store without memory, asked by a library that does not say so", """
trace ok
till: GET /basket | server 0+60 200
  shelf: read | server 5+50 200
    shelf: SET | internal 10+30 db.system=redis
""", """
trace bad at=400
till: GET /basket | server 0+60 500 error
  shelf: read | server 5+50 500 error
    shelf: SET | internal 10+30 error db.system=redis says='OOM command not allowed when used memory > maxmemory'
""", ("capacity", "exhausted", "redis", "dependency-failed"),
    ),
    Incident(
        "a certificate that ran out", """
trace ok
bff: GET /home | server 0+60 200
  bff: introspect | client 5+40 200 peer=passport
    passport: introspect | server 8+30 200
""", """
trace bad at=400
bff: GET /home | server 0+20 502 error
  bff: introspect | client 5+10 error peer=passport !SSLHandshakeException(PKIX path validation failed: \
java.security.cert.CertificateExpiredException: NotAfter: Mon Jul 27 00:00:00 UTC 2026)
""", ("security", "certificate", "passport", "dependency-down"),
    ),
    Incident(
        "transactions that wait for each other", """
trace ok
teller: POST /settle | server 0+60 200
  settlement: settle | server 5+50 200
    settlement: UPDATE ledger | client 10+30 peer=ledgerdb
""", """
trace bad at=400
teller: POST /settle | server 0+1080 500 error
  settlement: settle | server 5+1060 500 error
    settlement: UPDATE ledger | client 10+1040 error peer=ledgerdb !PSQLException(ERROR: deadlock detected)
""", ("application", "concurrency", "ledgerdb", "dependency-failed"),
    ),
    Incident(
        "a name that is not resolved", """
trace ok
signup: POST /signup | server 0+70 202
  mailer: Send | server 8+50 200
    mailer: SMTP DATA | client 20+30 peer=relay.mx.example
""", """
trace bad at=400
signup: POST /signup | server 0+5070 500 error
  mailer: Send | server 8+5050 error !gaierror([Errno -3] Temporary failure in name resolution)
""", ("infrastructure", "dns", "mailer", "code-fault"),
    ),
    Incident(
        "a model promoted that answers otherwise", """
trace ok
gateway: POST /authorize | server 0+90 200
  gateway: predict | client 10+60 peer=riskmodel
    riskmodel: Predict | server 12+55 200 model.version=18
  gateway: threshold | 75+5
""", """
trace bad at=400
gateway: POST /authorize | server 0+90 500 error
  gateway: predict | client 10+60 peer=riskmodel
    riskmodel: Predict | server 12+55 200 model.version=19
  gateway: threshold | 75+5 error !ValueError(expected 2 class probabilities, got 3)
""", ("model", "version", "riskmodel", "model-fault"),
    ),
    Incident(
        "a consumer that tries again and again", """
trace ok
enricher: process events | consumer 0+60
  enricher: GET /v1/lookup | client 5+40 200 peer=geo.partner.example
""", """
trace bad at=400
enricher: process events | consumer 0+3200 error !TooManyAttempts(gave up after 3 attempts)
  enricher: GET /v1/lookup | client 5+40 429 error peer=geo.partner.example
  enricher: GET /v1/lookup | client 700+40 429 error peer=geo.partner.example
  enricher: GET /v1/lookup | client 1400+40 429 error peer=geo.partner.example
""", ("capacity", "rate-limit", "geo.partner.example", "quota"),
    ),
)  # fmt: skip


@pytest.mark.parametrize("one", INCIDENTS, ids=lambda one: one.name)
def test_what_is_said(one: Incident) -> None:
    store = store_of(repeated(draw(one.healthy), 40, 10, "fine") + repeated(draw(one.failing), 15, 10))
    first = analyse(store, RULES).causes[0]
    assert (first.category, first.subcategory, first.entity.name, first.hypothesis) == one.right


def test_a_full_disk_told_by_logs_alone(tmp_path: Path) -> None:
    lines = []
    for number in range(90):
        full, host, begun = number >= 45 and number % 3 == 1, f"img-{number % 3}", 1_785_000_000 + 2 * number
        asked = {"request_id": f"req-{number:05}", "svc": "upload-api"}
        made = {"request_id": f"req-{number:05}", "svc": "thumbnailer", "host": host}
        lines.append(asked | {"time": begun, "level": "INFO", "msg": "POST /images"})
        if full:
            error = "OSError: [Errno 28] No space left on device"
            lines.append(
                made | {"time": begun + 0.02, "level": "ERROR", "msg": "cannot write tile", "error": error}
            )
            lines.append(asked | {"time": begun + 0.03, "level": "ERROR", "msg": "thumbnailer answered 500"})
        else:
            lines.append(made | {"time": begun + 0.02, "level": "INFO", "msg": "tile written"})
    file = tmp_path / "app.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    first = analyse(ingest([file]), RULES).causes[0]
    assert (first.category, first.subcategory, first.service) == ("system", "disk", "thumbnailer")
    assert len(first.ids) == 15
