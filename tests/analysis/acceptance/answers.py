"""Bad requests, bad answers, bad data: failures that are not where they are seen."""

from __future__ import annotations

from tests.analysis.acceptance.case import Case

HEALTHY_SERVING = """
trace ok
api: POST /predict | server 0+300 200
  api: features | client 10+50 200 peer=features
    features: get | server 12+45 200 null_ratio=0.01
  api: infer | client 70+100 200 peer=model
    model: infer | server 72+95 200
      model: forward | 75+80
  api: decode | client 180+50 200 peer=post
    post: decode | server 182+45 200
"""

CASES = (
    Case(
        21, "success answered with an error in the body", """
trace twentyone
gate: POST /orders | server 0+300 500 error
  orders: create | server 10+280 500 error
    orders: pay | client 20+100 200 peer=payments
      payments: charge | server 25+90 200
        - 60 ERROR could not reach the ledger: schema "v7" unknown
    orders: parse answer | 130+20 error !JSONDecodeError(Expecting value: line 1 column 1 (char 0))
""", """
trace ok
gate: POST /orders | server 0+300 200
  orders: create | server 10+280 200
    orders: pay | client 20+100 200 peer=payments
      payments: charge | server 25+90 200
    orders: parse answer | 130+20
""", ("payments", "charge"), True, ("payments", "orders", "gate"), (),
    ),
    Case(
        22, "an expected 404", """
trace twentytwo
gate: GET /cart | server 0+100 200
  gate: cart | client 10+50 404 error peer=cart
    cart: get | server 12+45 404
""", "", None, outcome="ok", causes=0,
    ),
    Case(
        23, "the caller sends an invalid field", """
trace twentythree
gate: POST /orders | server 0+300 500 error
  orders: create | server 10+280 500 error
    orders: pay | client 20+100 400 error peer=payments
      payments: charge | server 25+90 400
""", """
trace ok
gate: POST /orders | server 0+300 200
  orders: create | server 10+280 200
    orders: pay | client 20+100 200 peer=payments
      payments: charge | server 25+90 200
""", ("orders", "pay"), True, ("orders", "gate"), ("application", "data", "client"),
    ),
    Case(
        31, "the GPU runs out of memory", """
trace thirtyone
api: POST /predict | server 0+300 500 error
  api: infer | client 70+100 500 error peer=model
    model: infer | server 72+95 500 error
      model: forward | 75+80 error !torch.OutOfMemoryError(CUDA out of memory. Tried to allocate 2.00 GiB) batch=256
""", HEALTHY_SERVING, ("model", "forward"), True, ("model", "api"), ("system",),
    ),
    Case(
        32, "the model puts out NaN", """
trace thirtytwo
api: POST /predict | server 0+300 500 error
  api: features | client 10+50 200 peer=features
    features: get | server 12+45 200 null_ratio=0.01
  api: infer | client 70+100 200 peer=model
    model: infer | server 72+95 200
      model: forward | 75+80
        - 150 WARN nan_count=12 in output logits
  api: decode | client 180+50 500 error peer=post
    post: decode | server 182+45 500 error !ValueError(Input contains NaN.)
""", HEALTHY_SERVING, ("model", "forward"), True, ("model", "post", "api"), ("model",),
        roles=("origin", "raised", "surfaced"), relations=(None, "data", "call"),
    ),
    Case(
        33, "a feature is null at the store", """
trace thirtythree
api: POST /predict | server 0+300 500 error
  api: features | client 10+50 200 peer=features
    features: get | server 12+45 200 null_ratio=0.41
      - 40 WARN no default for income: 212 of 512 keys missing, returning NaN
  api: infer | client 70+100 200 peer=model
    model: infer | server 72+95 200
      model: forward | 75+80
        - 150 WARN 1 output tensor contains NaN (scores[0:64])
  api: decode | client 180+50 500 error peer=post
    post: decode | server 182+45 500 error !ValueError(Input contains NaN.)
""", HEALTHY_SERVING, ("features", "get"), True, ("features", "model", "post", "api"), ("data",),
        roles=("origin", "carried", "raised", "surfaced"), relations=(None, "data", "data", "call"),
    ),
    Case(
        34, "a partner file was coerced", """
trace thirtyfour
batch: nightly | 0+3000 error
  ingest: parse | 10+500
    - 400 WARN coerced 1204 of 4000 rows: amount is not a number
  transform: join | 600+500
  enrich: lookup | 1200+500
  scoring: score | 1800+500 error !ValueError(could not convert string to float: 'n/a')
""", """
trace ok
batch: nightly | 0+3000
  ingest: parse | 10+500
  transform: join | 600+500
  enrich: lookup | 1200+500
  scoring: score | 1800+500
""", ("ingest", "parse"), True, ("ingest", "scoring", "batch"), ("data",),
    ),
    Case(
        36, "only the new model version fails", """
trace thirtysix
api: POST /predict | server 0+300 500 error
  api: infer | client 70+100 500 error peer=model
    model: infer | server 72+95 500 error
      model: forward | 75+80 error model.version=v12 !RuntimeError(mat1 and mat2 shapes cannot be multiplied)
""", HEALTHY_SERVING.replace("model: forward | 75+80", "model: forward | 75+80 model.version=v11"),
        ("model", "forward"), True, ("model", "api"), ("model",), alone=False, hypothesis="model-fault",
    ),
    Case(
        37, "the prompt is too long for the provider", """
trace thirtyseven
agent: POST /ask | server 0+900 500 error
  agent: build prompt | 5+10
  agent: chat | client 20+100 400 error peer=api.llm.example !BadRequestError(context_length_exceeded: 9211 tokens)
""", """
trace ok
agent: POST /ask | server 0+900 200
  agent: build prompt | 5+10
  agent: chat | client 20+700 200 peer=api.llm.example
""", ("agent", "build prompt"), True, ("agent",), ("application", "data", "capacity", "client"),
    ),
)  # fmt: skip
