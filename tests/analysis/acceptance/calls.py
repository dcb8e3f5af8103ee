"""Errors along calls: leaf exceptions, hops, retries, fallbacks, orphans, siblings."""

from __future__ import annotations

from tests.analysis.acceptance.case import Case

HEALTHY_ORDER = """
trace ok
gate: POST /orders | server 0+300 200
  gate: orders | client 5+290 200 peer=orders
    orders: create | server 10+280 200
      orders: pay | client 20+200 200 peer=payments
        payments: charge | server 25+190 200
          payments: check card | 30+50
"""

CASES = (
    Case(
        1, "leaf exception, all ancestors failed", """
trace one
gate: POST /orders | server 0+300 500 error
  gate: orders | client 5+290 500 error peer=orders
    orders: create | server 10+280 500 error
      orders: pay | client 20+200 500 error peer=payments
        payments: charge | server 25+190 500 error
          payments: check card | 30+50 error !KeyError('expiry')
""", HEALTHY_ORDER, ("payments", "check card"), True, ("payments", "orders", "gate"), ("application", "data"),
        roles=("origin", "passed", "surfaced"), relations=(None, "call", "call"),
    ),
    Case(
        2, "both halves of one hop failed", """
trace two
orders: create | server 10+280 500 error
  orders: pay | client 20+200 500 error peer=payments !HTTPError(500 Server Error for url http://payments/charge)
    payments: charge | server 25+190 500 error !IndexError(list index out of range)
""", "", ("payments", "charge"), True, ("payments", "orders"), ("application", "data"),
    ),
    Case(
        3, "retry storm", """
trace three
gate: POST /orders | server 0+900 500 error
  orders: create | server 10+880 500 error
    orders: pay | client 20+200 500 error peer=payments x3
      payments: charge | server 25+190 500 error !ZeroDivisionError(division by zero)
""", HEALTHY_ORDER, ("payments", "charge"), True, ("payments", "orders", "gate"), ("application",),
        roles=("origin", "retried", "surfaced"), relations=(None, "retry", "call"),
    ),
    Case(
        4, "a retry saved it", """
trace four
gate: POST /orders | server 0+900 200
  orders: create | server 10+880 200
    orders: pay | client 20+200 503 error peer=payments
      payments: charge | server 25+190 503 error !PoolTimeout(connection pool exhausted)
    orders: pay | client 230+200 200 peer=payments
      payments: charge | server 235+190 200
""", HEALTHY_ORDER, None, outcome="degraded", causes=0, crowd=False,
    ),
    Case(
        5, "a fallback masks it", """
trace five
gate: GET /home | server 0+300 200 fallback=true
  gate: recommend | client 10+100 500 error peer=recs
    recs: predict | server 15+90 500 error !RuntimeError(model not loaded)
  gate: popular items | 120+20
""", """
trace ok
gate: GET /home | server 0+300 200
  gate: recommend | client 10+100 200 peer=recs
    recs: predict | server 15+90 200
""", ("recs", "predict"), True, ("recs", "gate"), ("model", "application", "configuration"), outcome="degraded",
        roles=("origin", "swallowed"),
    ),
    Case(
        11, "a database without spans reports a deadlock", """
trace eleven
gate: POST /orders | server 0+300 500 error
  orders: create | server 10+280 500 error
    orders: UPDATE stock | client 20+200 error peer=stock-db !OperationalError(deadlock detected) db.system=postgresql
""", HEALTHY_ORDER, ("stock-db", "UPDATE stock"), True, ("stock-db", "orders", "gate"),
        ("infrastructure", "application"),
    ),
    Case(
        12, "the error lies in an orphan subtree", """
trace twelve
gate: POST /orders | server 0+300 500 error
payments: charge | server 25+190 500 error orphan
  payments: check card | 30+50 error !KeyError('expiry')
""", HEALTHY_ORDER, ("payments", "check card"), True, ("payments", "gate"), ("application", "data"),
        confidence=("medium", "low"),
    ),
    Case(
        13, "the request's root is missing", """
trace thirteen
orders: create | server 10+280 500 error orphan
  orders: pay | client 20+200 500 error peer=payments
    payments: charge | server 25+190 500 error !KeyError('expiry')
""", "", ("payments", "charge"), True, ("payments", "orders"), ("application", "data"), confidence=("medium", "low"),
    ),
    Case(
        14, "the callee's clock is three seconds early", """
trace fourteen
gate: POST /orders | server 0+300 500 error
  gate: orders | client 5+290 500 error peer=orders
    orders: create | server -2990+280 500 error
      orders: pay | client -2980+200 500 error peer=payments
        payments: charge | server 25+190 500 error !KeyError('expiry')
""", HEALTHY_ORDER, ("payments", "charge"), True, ("payments", "orders", "gate"), ("application", "data"),
    ),
    Case(
        15, "one of ten shards failed", """
trace fifteen
search: GET /q | server 0+300 500 error
"""
        + "".join(
            f"""
  search: ask | client 10+{100 + i} {"error 500" if i == 7 else "200"} peer=shard-{i}
    shard-{i}: query | server 12+{90 + i} {"error 500" if i == 7 else "200"}
"""
            + ("      - 50 ERROR disk read error: Input/output error on /dev/sdb\n" if i == 7 else "")
            for i in range(10)
        ),
        "", ("shard-7", "query"), True, ("shard-7", "search"), ("system",),
    ),
    Case(
        16, "one of ten shards failed, the answer is partial", """
trace sixteen
search: GET /q | server 0+300 200 partial=true
"""
        + "".join(
            f"""
  search: ask | client 10+{100 + i} {"error 500" if i == 7 else "200"} peer=shard-{i}
    shard-{i}: query | server 12+{90 + i} {"error 500" if i == 7 else "200"}
"""
            + ("      - 50 ERROR disk read error: Input/output error on /dev/sdb\n" if i == 7 else "")
            for i in range(10)
        ),
        "", ("shard-7", "query"), True, ("shard-7", "search"), ("system",), outcome="degraded",
        roles=("origin", "swallowed"),
    ),
    Case(
        17, "two siblings fail, the parent repeats the second one's error", """
trace seventeen
orders: create | server 0+300 500 error !InsufficientStock(only 2 left)
  orders: pay | client 10+80 500 error peer=payments
    payments: charge | server 12+70 500 error !KeyError('expiry')
  orders: reserve | client 100+80 500 error peer=stock
    stock: reserve | server 102+70 500 error !InsufficientStock(only 2 left)
""", """
trace ok
orders: create | server 0+300 200
  orders: pay | client 10+80 200 peer=payments
    payments: charge | server 12+70 200
  orders: reserve | client 100+80 200 peer=stock
    stock: reserve | server 102+70 200
""", ("stock", "reserve"), True, ("stock", "orders"), (), causes=2,
    ),
    Case(
        18, "the first failure cancels nine siblings", """
trace eighteen
search: GET /q | server 0+300 500 error
"""
        + "".join(
            f"""
  search: ask | client 10+{60 if i == 3 else 70} error peer=shard-{i} {"500" if i == 3 else "grpc=CANCELLED"}
    shard-{i}: query | server 12+{50 if i == 3 else 60} {"error !MemoryError(unable to allocate)" if i == 3 else
    "error grpc=CANCELLED says='context canceled'"}
"""
            for i in range(10)
        ),
        "", ("shard-3", "query"), True, ("shard-3", "search"), ("system",),
    ),
    Case(
        44, "the caller is the louder one", """
trace one
gate: POST /orders | server 0+300 500 error
  orders: create | server 10+280 500 error
"""
        + "".join(f"    - {20 + i} ERROR checkout failed for customer {i}: upstream returned 500\n" for i in range(30))
        + """
    orders: pay | client 20+200 500 error peer=payments
      payments: charge | server 25+190 500 error
        - 100 ERROR KeyError: 'expiry'
""", HEALTHY_ORDER, ("payments", "charge"), True, ("payments", "orders", "gate"), ("application", "data"),
    ),
    Case(
        48, "the message changes at each hop", """
trace one
gate: POST /orders | server 0+300 502 error says='500'
  gate: orders | client 5+290 500 error peer=orders says='upstream failed'
    orders: create | server 10+280 500 error !CheckoutError(checkout error)
      orders: pay | client 20+200 500 error peer=payments !UpstreamError(payment failed)
        payments: charge | server 25+190 500 error !TypeError(unsupported operand type(s) for +: 'int' and 'str')
""", HEALTHY_ORDER, ("payments", "charge"), True, ("payments", "orders", "gate"), ("application", "data"),
    ),
)  # fmt: skip
