"""From the edge to ranking-api: tries, answers, and what the access log says of them."""

from __future__ import annotations

from tests.incident.fleet import pod_of
from tests.incident.moments import MS
from tests.incident.recorder import Access, Open, Recorder, Value
from tests.incident.serving import Reply, calibrate, get_features, infer, popular_items
from tests.incident.stacks import NO_FALLBACK
from tests.incident.story import Request

TRIES = 3
TOKEN = "eyJhbGciOiJSUzI1NiIsImtpZCI6InNob3AtMyJ9.eyJzdWIiOiJ1c2VyLTQ4MjExIn0.c2lnbmF0dXJlLW9mLXRoZS1zaG9w"
API_KEY = "shop-live-9f2c41d07ab34e5c8d61"
MAIL = "anna.lindqvist@shop.example"

_RESET = "upstream connect error or disconnect/reset before headers. reset reason: connection termination"
_PATHS = {"recommend": "/recommend", "score": "/score", "item": "/items/{id}"}


def travel(request: Request, seed: str) -> Recorder:
    """All spans, log records and access log lines of a request in its own trace."""
    rec = Recorder(request, seed)
    method = "POST" if request.route == "score" else "GET"
    pod = pod_of(rec.rng, "edge-gateway")
    root = rec.open(None, pod, f"{method} {_PATHS[request.route]}", "server", request.time_us)
    at_us = _verify(rec, root, request.time_us + rec.us(1))
    if request.fate == "bad-request":
        reply, tries = Reply(at_us + rec.us(1), 400), 1
    elif request.route == "item":
        reply, tries = _item(rec, root, at_us), 1
    else:
        reply, tries = _tries(rec, root, at_us)
    _answer(rec, root, method, reply, tries)
    return rec


def _verify(rec: Recorder, root: Open, at_us: int) -> int:
    call = rec.open(root, root.pod, "auth VerifyToken", "client", at_us)
    span = rec.open(call, pod_of(rec.rng, "auth"), "verify-token", "server", at_us + rec.us(0.9))
    end = rec.close(span, span.start_us + rec.us(8), {"rpc.grpc.status_code": 0})
    attributes: dict[str, Value] = {"rpc.system": "grpc", "server.address": "auth", "rpc.grpc.status_code": 0}
    return rec.close(call, end + rec.us(0.8), attributes) + rec.us(0.5)


def _item(rec: Recorder, root: Open, at_us: int) -> Reply:
    call = rec.open(root, root.pod, "GET catalog", "client", at_us)
    span = rec.open(call, pod_of(rec.rng, "catalog"), "GET /items/{id}", "server", at_us + rec.us(0.9))
    code = 404 if rec.request.fate == "not-found" else 200
    end = rec.close(span, span.start_us + rec.us(11), {
        "http.request.method": "GET", "http.route": "/items/{id}", "http.response.status_code": code,
    })  # fmt: skip
    end = rec.close(call, end + rec.us(0.8), {
        "http.request.method": "GET", "server.address": "catalog", "http.response.status_code": code,
    }, failed=code == 404)  # fmt: skip
    return Reply(end + rec.us(0.5), code)


def _tries(rec: Recorder, root: Open, at_us: int) -> tuple[Reply, int]:
    """Call ranking-api; server errors are tried again, of a POST only 503."""
    reply, tries = Reply(at_us, 0), 0
    for nth in range(TRIES):
        tries = nth + 1
        reply = _try(rec, root, reply.end_us + (rec.us(22 * 2**nth) if nth else 0), nth)
        if reply.code < 500 or (rec.request.route == "score" and reply.code != 503):
            break
    return Reply(reply.end_us + rec.us(0.8), reply.code, reply.bad), tries


def _try(rec: Recorder, root: Open, at_us: int, nth: int) -> Reply:
    call = rec.open(root, root.pod, "POST ranking-api", "client", at_us)
    attributes: dict[str, Value] = {"http.request.method": "POST", "server.address": "ranking-api"}
    if nth:
        attributes["http.request.resend_count"] = nth
    if rec.request.fate == "reset" and nth == 0:
        end = at_us + rec.us(4)
        attributes |= {"http.response.status_code": 503, "upstream.response_flags": "UC"}
        rec.close(call, end, attributes, failed=True, message=_RESET)
        return Reply(end, 503)
    reply = _rank(rec, call, at_us + rec.us(1.6))
    if rec.request.fate == "left":
        end = at_us + rec.us(60)
        rec.close(call, end, attributes | {"error.type": "canceled"}, message="context canceled")
        return Reply(end, 499)
    end = rec.close(call, reply.end_us + rec.us(1.4), attributes | {"http.response.status_code": reply.code},
                    failed=reply.code >= 500)  # fmt: skip
    return Reply(end, reply.code, reply.bad)


def _rank(rec: Recorder, call: Open, at_us: int) -> Reply:
    """What ranking-api does with one call."""
    path = "/v2/score" if rec.request.route == "score" else "/v2/rank"
    span = rec.open(call, pod_of(rec.rng, "ranking-api"), f"POST {path}", "server", at_us)
    reply = (
        _cached(rec, span, at_us + rec.us(1)) if rec.request.fate == "cached" else _ranked(rec, span, at_us)
    )
    end = reply.end_us + rec.us(1.5)
    if rec.request.route == "score" and rec.request.queued and reply.code == 200:
        publish = rec.open(span, span.pod, "audit.scores publish", "producer", end)
        end = rec.close(publish, end + rec.us(1.2), {
            "messaging.system": "kafka", "messaging.destination.name": "audit.scores",
        })  # fmt: skip
    if reply.code == 200 and rec.rng.random() < 0.04:
        rec.log(
            span,
            end - 200,
            "WARN",
            "ranking.segments",
            "segment lookup took longer than 5 ms, using the cached one",
        )
    elif reply.code == 200 and rec.rng.random() < 0.6:
        rec.log(span, end - 200, "INFO", "ranking.api", f"POST {path} 200", took_ms=(end - at_us) // MS)
    attributes: dict[str, Value] = {
        "http.request.method": "POST", "http.route": path, "http.response.status_code": reply.code,
    }  # fmt: skip
    message = NO_FALLBACK.format(_fault_name(rec)) if reply.code >= 500 else ""
    return Reply(rec.close(span, end, attributes, failed=reply.code >= 500, message=message), reply.code)


def _cached(rec: Recorder, span: Open, at_us: int) -> Reply:
    part = rec.open(span, span.pod, "ranking cache", "internal", at_us)
    return Reply(rec.close(part, at_us + rec.us(2), {"cache.hit": True}), 200)


def _ranked(rec: Recorder, span: Open, at_us: int) -> Reply:
    features = get_features(rec, span, at_us + rec.us(1.8))
    if features.code:
        return _without(rec, span, features, "Unavailable")
    scores = infer(rec, span, features.end_us + rec.us(1.2), bad=features.bad)
    if scores.code:
        name = {4: "DeadlineExceeded", 8: "ResourceExhausted"}.get(scores.code, "Internal")
        return _without(rec, span, scores, name)
    if rec.request.route == "score":
        return Reply(scores.end_us, 200)
    calibrated = calibrate(rec, span, scores.end_us + rec.us(1.1), bad=scores.bad)
    if calibrated.code != 200:
        return _without(rec, span, calibrated, "ValueError")
    return Reply(calibrated.end_us, 200)


def _fault_name(rec: Recorder) -> str:
    return {"missing": "ValueError", "refused": "Unavailable", "memory": "ResourceExhausted"}.get(
        rec.request.fate, "Internal"
    )


def _without(rec: Recorder, span: Open, reply: Reply, name: str) -> Reply:
    """ranking-api has no ranking: popular items instead where that is foreseen, else an error."""
    if name in ("Unavailable", "DeadlineExceeded") and rec.request.route == "recommend":
        rec.log(
            span,
            reply.end_us + 200,
            "WARN",
            "ranking.api",
            f"rank failed with {name}, falling back to popular items",
        )
        return popular_items(rec, span, reply.end_us + rec.us(0.8))
    who = f" for {MAIL}" if rec.request.secrets else ""
    code = 503 if name == "Unavailable" else 500
    rec.log(span, reply.end_us + 400, "ERROR", "ranking.api",
            f"rank failed{who}, {NO_FALLBACK.format(name)}; returning {code}")  # fmt: skip
    return Reply(reply.end_us + rec.us(1), code)


def _answer(rec: Recorder, root: Open, method: str, reply: Reply, tries: int) -> None:
    """The edge answers the user, and its access log says so."""
    request = rec.request
    code = 502 if reply.code == 500 and tries > 1 else reply.code
    end = reply.end_us + rec.us(0.9)
    if request.queued and request.route == "recommend":
        publish = rec.open(root, root.pod, "impressions publish", "producer", end)
        end = rec.close(publish, end + rec.us(1.1), {
            "messaging.system": "kafka", "messaging.destination.name": "impressions",
        })  # fmt: skip
    message = ""
    if code >= 500:
        message = f"upstream {reply.code} after {tries} {'tries' if tries > 1 else 'try'}"
        rec.log(root, end - 200, "ERROR", "gateway", f"{message}; returning {code}")
    path = _path(request)
    attributes: dict[str, Value] = {
        "http.request.method": method, "http.route": _PATHS[request.route],
        "url.full": f"https://api.shop.example{path}", "http.response.status_code": code,
        "http.request.header.x-request-id": request.id, "client.address": _client(request),
    }  # fmt: skip
    if request.secrets:
        attributes["http.request.header.authorization"] = f"Bearer {TOKEN}"
    rec.close(root, end, attributes, failed=code >= 500, message=message)
    rec.access.append(_access(rec, root, end, Reply(end, code), _flags(code, tries), path))


def _path(request: Request) -> str:
    path = _PATHS[request.route].format(id=request.user % 5000)
    query = f"?user=u-{request.user}" if request.route == "recommend" else ""
    return path + query + (f"&api_key={API_KEY}" if request.secrets else "")


def _client(request: Request) -> str:
    return f"203.0.113.{request.user % 200 + 20}"


def _access(rec: Recorder, root: Open, end_us: int, reply: Reply, flags: str, path: str) -> Access:
    request = rec.request
    callee = "catalog" if request.route == "item" else "ranking-api"
    left = reply.code == 499
    return Access(
        root.pod, request.time_us, end_us - request.time_us, f"outbound|8080||{callee}.ml.svc.cluster.local",
        f"{pod_of(rec.rng, callee).ip}:8080", flags, "downstream_remote_disconnect" if left else "via_upstream",
        0 if left else reply.code, "POST" if request.route == "score" else "GET", path, request.id,
        0 if reply.code >= 400 else 1800 + request.user % 900, _client(request),
    )  # fmt: skip


def _flags(code: int, tries: int) -> str:
    if code == 499:
        return "DC"
    return "URX" if code >= 500 and tries == TRIES else "-"
