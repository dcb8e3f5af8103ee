"""Proxies of a mesh as witnesses of calls whose callee left no span."""

from __future__ import annotations

from pathlib import Path

from explorer.analysis.causes import analyse
from explorer.ingest import ingest
from tests.analysis.rules import RULES
from tests.drawn import draw
from tests.drawn_otlp import otlp_lines

MESH = """
trace a-{n} at={n}
gate: GET /cart    | server 0+60 error 500
  gate: cart       | client 2+55 error peer=store:6379 !ConnectionError(to store:6379: Connection refused)
"""


def test_a_proxy_without_request_id_is_a_second_witness(tmp_path: Path) -> None:
    drawing = draw("".join(MESH.format(n=n) for n in range(6)))
    (tmp_path / "spans.jsonl").write_bytes(b"\n".join(otlp_lines(drawing)))
    begun = analyse(ingest([tmp_path]), RULES)
    assert [cause.confidence for cause in begun.causes] == ["medium"]
    line = (
        '[2026-09-21T14:13:2{n}.100Z] "- - -" 0 UF,URX - - "delayed_connect_error:_Connection_refused" 0 0 1 - "-" "-"'
        ' "-" "-" "10.0.0.7:6379" outbound|6379||{callee}.shop.svc.cluster.local - 10.0.0.7:6379 10.0.0.3:41830 - -\n'
    )
    proxy = (
        tmp_path / "pods" / "shop_gate-7c9f8d6b5-m8r4t_30cc69cf-7739-45b2-9fb1-0f9a4526d234" / "istio-proxy"
    )
    proxy.mkdir(parents=True)
    (proxy / "0.log").write_text(
        "".join(line.format(n=n, callee="store" if n else "other") for n in range(5))
    )
    (cause,) = analyse(ingest([tmp_path]), RULES).causes
    (mesh,) = [one for one in cause.evidence if one.kind == "mesh"]
    assert "4 calls to store with UF,URX: no connection came about" in mesh.text
    assert mesh.log >= 0
    assert cause.confidence == "high"
