"""Timeouts, cancellations, refused connections, breakers, limits."""

from __future__ import annotations

from tests.analysis.acceptance.case import Case

HEALTHY = """
trace ok
gate: POST /orders | server 0+250 200
  orders: create | server 5+240 200
    orders: pay | client 10+210 grpc=0 peer=payments
      payments: charge | server 15+200 grpc=0
        payments: SELECT card | client 20+150 peer=card-db db.system=postgresql
    orders: reserve | client 225+10 200 peer=inventory
      inventory: reserve | server 226+8 200
"""

CASES = (
    Case(
        6, "deadline passed while the callee's database was slow", """
trace six
gate: POST /orders | server 0+1100 500 error
  orders: create | server 5+1080 500 error
    orders: pay | client 10+1000 error grpc=DEADLINE_EXCEEDED peer=payments says='Deadline Exceeded'
      payments: charge | server 15+1800 grpc=0
        payments: SELECT card | client 20+1600 peer=card-db db.system=postgresql
""", HEALTHY, ("card-db", "SELECT card"), True, ("card-db", "payments", "orders", "gate"), ("infrastructure",),
        roles=("origin", "carried", "raised", "surfaced"), relations=(None, "call", "timeout", "call"),
    ),
    Case(
        7, "deadline lowered below the callee's usual time", """
trace seven
gate: POST /orders | server 0+120 500 error
  orders: create | server 5+110 500 error
    orders: pay | client 10+100 error grpc=DEADLINE_EXCEEDED peer=payments says='Deadline Exceeded'
      payments: charge | server 15+95 error grpc=CANCELLED
        payments: SELECT card | client 20+88 error peer=card-db says='context canceled' db.system=postgresql
""", HEALTHY, ("orders", "pay"), True, ("orders", "gate"), ("configuration",),
        hypothesis="deadline-too-tight", alone=False,
    ),
    Case(
        8, "the user left", """
trace eight
gate: POST /orders | server 0+80 499 error says='client disconnected'
  orders: create | server 5+74 error grpc=CANCELLED says='context canceled'
    orders: pay | client 10+68 error grpc=CANCELLED peer=payments says='context canceled'
      payments: charge | server 15+62 error grpc=CANCELLED says='context canceled'
""", HEALTHY, None, outcome="degraded", categories=("client",),
    ),
    Case(
        10, "connection refused, the callee left no spans", """
trace ten
gate: POST /orders | server 0+250 500 error
  orders: create | server 5+240 500 error
    orders: reserve | client 225+10 error peer=inventory:8080 !ConnectionRefusedError([Errno 111] Connection refused)
""", HEALTHY, ("inventory", "reserve"), False, ("inventory", "orders", "gate"), ("infrastructure", "system"),
        roles=("origin", "raised", "surfaced"), relations=(None, "rejected", "call"),
    ),
    Case(
        24, "expired certificate", """
trace twentyfour
gate: POST /orders | server 0+250 500 error
  orders: create | server 5+240 500 error
    orders: pay | client 10+20 error peer=payments says='tls: x509: certificate has expired'
""", HEALTHY, ("payments", "pay"), False, ("payments", "orders", "gate"), ("security", "infrastructure"),
    ),
    Case(
        30, "killed for memory: peers see resets", """
trace thirty
gate: POST /orders | server 0+250 500 error
  orders: create | server 5+240 500 error
    orders: reserve | client 20+30 error peer=inventory !ConnectionResetError([Errno 104] Connection reset by peer)
mark restart inventory at=0 OOMKilled: container inventory in pod inventory-1 exceeded its memory limit
""", HEALTHY, ("inventory", "reserve"), False, ("inventory", "orders", "gate"), ("system",),
    ),
    Case(
        38, "the provider limits the rate", """
trace thirtyeight
agent: POST /ask | server 0+9000 500 error
  agent: chat | client 10+100 429 error peer=api.llm.example !RateLimitError(Rate limit reached for requests)
  agent: chat | client 610+100 429 error peer=api.llm.example !RateLimitError(Rate limit reached for requests)
  agent: chat | client 1910+100 429 error peer=api.llm.example !RateLimitError(Rate limit reached for requests)
  agent: chat | client 4410+100 429 error peer=api.llm.example !RateLimitError(Rate limit reached for requests)
""", """
trace ok
agent: POST /ask | server 0+900 200
  agent: chat | client 10+700 200 peer=api.llm.example
""", ("api.llm.example", "chat"), True, ("api.llm.example", "agent"), ("capacity", "infrastructure"),
        relations=(None, "retry"),
    ),
)  # fmt: skip
