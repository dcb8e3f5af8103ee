"""Behind ranking-api: features, the model, what is done with its scores, and the fallback."""

from __future__ import annotations

from dataclasses import dataclass

from tests.incident.fleet import Pod, feature_store_pod, pod_of, pods
from tests.incident.moments import MS
from tests.incident.recorder import Access, Attributes, Open, Recorder
from tests.incident.stacks import CONNECTION_REFUSED, INPUT_CONTAINS_NAN, OUT_OF_MEMORY, OUTPUT_SHAPE
from tests.incident.story import HERO

KEYS = 512
MODEL_RUN = {37: "81c07b5e2f9d4a63b1d8c4e7f0a92b36", 38: "c3f1d9e08a7b4c52964e1b7d25f8a0e3"}
_ONLINE_STORE = "10.4.14.9:6379"


@dataclass(frozen=True, slots=True)
class Reply:
    """How a call came back: when, with which protocol status (gRPC or HTTP), and what was wrong with it."""

    end_us: int
    code: int
    bad: bool = False


def get_features(rec: Recorder, caller: Open, at_us: int) -> Reply:
    """ranking-api asks feature-store for the features of a user; bad: values are missing."""
    fate = rec.request.fate
    call = rec.open(caller, caller.pod, "fetch_features", "client", at_us)
    pod = feature_store_pod(rec.rng, at_us, new=fate == "missing")
    reply = _online_features(rec, call, pod, at_us + rec.us(1.4))
    code = reply.code
    end = rec.close(call, reply.end_us + rec.us(1.2), {
        "rpc.system": "grpc", "rpc.service": "feast.serving.ServingService", "rpc.method": "GetOnlineFeatures",
        "server.address": "feature-store", "rpc.grpc.status_code": code,
    }, failed=code != 0, message="online store unavailable" if code else "")  # fmt: skip
    return Reply(end, code, reply.bad)


def _online_features(rec: Recorder, call: Open, pod: Pod, at_us: int) -> Reply:
    span = rec.open(call, pod, "GetOnlineFeatures", "server", at_us)
    fate = rec.request.fate
    attributes: dict[str, str | int | float | bool] = {
        "rpc.system": "grpc", "rpc.method": "GetOnlineFeatures", "feast.view": "user_v4", "feast.keys": KEYS,
    }  # fmt: skip
    if fate == "refused":
        end = _refused(rec, span, at_us + rec.us(2))
        rec.log(span, end - 300, "ERROR", "feature_store.serving", "GetOnlineFeatures failed: online store unavailable",
                CONNECTION_REFUSED)  # fmt: skip
        attributes["rpc.grpc.status_code"] = 14
        return Reply(rec.close(span, end, attributes, fault=CONNECTION_REFUSED), 14)
    end = _read_online(rec, span, at_us + rec.us(1.5))
    missing = _missing(rec)
    if missing > 20:
        impute = rec.open(span, pod, "impute_defaults", "internal", end + 200)
        end += rec.us(28)
        rec.log(impute, end - 4 * MS, "WARN", "feature_store.impute",
                f"no default for embedding_user_v4: {missing} of {KEYS} keys missing, returning NaN")  # fmt: skip
        rec.close(impute, end, {"feast.feature": "embedding_user_v4", "feast.policy": "default"})
    ratio = round(missing / KEYS, 3)
    if rec.rng.random() < 0.06:
        rec.log(
            span,
            span.start_us - 200,
            "WARN",
            "feature_store.api",
            "request field entity_rows is deprecated, use entities",
        )
    end += rec.us(6)
    rec.log(span, end - 500, "INFO", "feature_store.serving",
            f"GetOnlineFeatures done keys={KEYS} null_ratio={ratio} view=user_v4 release={pod.version}")  # fmt: skip
    attributes |= {
        "feast.null_ratio": ratio,
        "dataset.snapshot": "user_v4@2026-11-17",
        "rpc.grpc.status_code": 0,
    }
    return Reply(rec.close(span, end, attributes), 0, bad=missing > 20)


def _missing(rec: Recorder) -> int:
    """How many keys have no value; about 41% where the new version has no default for them."""
    if rec.request.id == HERO:
        return 212
    luck = rec.rng.random()
    return 208 + int(5 * luck) if rec.request.fate == "missing" else int(14 * luck)


def _redis(key: str) -> Attributes:
    return {"db.system": "redis", "db.operation.name": "HMGET", "db.query.text": f"HMGET {key} ?",
            "peer.service": "online-store", "server.address": "online-store", "server.port": 6379}  # fmt: skip


def _read_online(rec: Recorder, span: Open, at_us: int) -> int:
    end = at_us
    for key, median in (("user:*", 9.0), ("item:*", 11.0)):
        query = rec.open(span, span.pod, f"HMGET {key}", "client", end + 150)
        end = rec.close(query, query.start_us + rec.us(median), _redis(key))
    return end


def _refused(rec: Recorder, span: Open, at_us: int) -> int:
    query = rec.open(span, span.pod, "HMGET user:*", "client", at_us)
    end = rec.close(query, at_us + rec.us(3.2), _redis("user:*"), fault=CONNECTION_REFUSED)
    rec.access.append(
        Access(span.pod, at_us, end - at_us, "outbound|6379||online-store.ml.svc.cluster.local", _ONLINE_STORE,
               "UF,URX", "delayed_connect_error:_Connection_refused")
    )  # fmt: skip
    return end + 400


def infer(rec: Recorder, caller: Open, at_us: int, *, bad: bool) -> Reply:
    """ranking-api asks model-server for scores; bad: the features hold NaN."""
    fate = rec.request.fate
    call = rec.open(caller, caller.pod, "model_infer", "client", at_us)
    reply = _model_infer(rec, call, at_us + rec.us(2.2), bad=bad)
    end, code, message = reply.end_us + rec.us(2.0), reply.code, "inference failed" if reply.code else ""
    if fate == "slow":
        end, code, message = at_us + 400 * MS + rec.us(0.9), 4, "Deadline Exceeded: 400 ms"
    rec.close(call, end, {
        "rpc.system": "grpc", "rpc.service": "inference.GRPCInferenceService", "rpc.method": "ModelInfer",
        "server.address": "model-server", "rpc.grpc.status_code": code,
    }, failed=code != 0, message=message)  # fmt: skip
    return Reply(end, code, reply.bad)


def _model_infer(rec: Recorder, call: Open, at_us: int, *, bad: bool) -> Reply:
    fate = rec.request.fate
    canary = fate == "shape"
    pod = pods("model-server-canary")[0] if canary else pods("model-server")[2] if fate == "memory" else (
        pod_of(rec.rng, "model-server"))  # fmt: skip
    version = 38 if canary else 37
    span = rec.open(call, pod, "ModelInfer ranker", "server", at_us)
    batch = 4096 if fate == "memory" else 64
    attributes: dict[str, str | int | float | bool] = {
        "rpc.system": "grpc", "rpc.method": "ModelInfer", "model.name": "ranker", "model.version": f"v{version}",
        "mlflow.run_id": MODEL_RUN[version], "model.batch_size": batch,
    }  # fmt: skip
    end = _preprocess(rec, span, at_us + 300)
    execute = rec.open(span, pod, "execute gpu 0", "internal", end + 200)
    end = execute.start_us + rec.us(900 if fate == "slow" else 205 if fate != "memory" else 38)
    fault = OUT_OF_MEMORY if fate == "memory" else OUTPUT_SHAPE if canary else None
    rec.close(execute, end, {"gpu.id": 0, "gpu.batch_size": batch}, fault=fault)
    if fault is not None:
        rec.log(
            span,
            end + 200,
            "ERROR",
            "triton.backend.python",
            f"inference failed for ranker v{version}",
            fault,
        )
        code = 8 if fate == "memory" else 13
        return Reply(
            rec.close(span, end + rec.us(1.0), attributes | {"rpc.grpc.status_code": code}, fault=fault), code
        )
    if bad:
        rec.log(
            span,
            end + 300,
            "WARN",
            "triton.ranker",
            f"ranker v{version}: 1 output tensor contains NaN (scores)",
        )
        attributes["model.output.nan_count"] = 64
    elif rec.rng.random() < 0.05:
        rec.log(
            span, end + 300, "WARN", "triton.http", "client did not send content-length, reading until close"
        )
    end += rec.us(3)
    rec.log(
        span,
        end - 200,
        "INFO",
        "triton.ranker",
        f"ranker v{version} scored {batch} candidates in {(end - at_us) // MS} ms",
    )
    return Reply(rec.close(span, end, attributes | {"rpc.grpc.status_code": 0}), 0, bad)


def _preprocess(rec: Recorder, span: Open, at_us: int) -> int:
    part = rec.open(span, span.pod, "preprocess", "internal", at_us)
    return rec.close(part, at_us + rec.us(16), {"model.inputs": 3})


def calibrate(rec: Recorder, caller: Open, at_us: int, *, bad: bool) -> Reply:
    """ranking-api has the scores calibrated by post-processor, which cannot work with NaN."""
    call = rec.open(caller, caller.pod, "POST /calibrate", "client", at_us)
    pod = pod_of(rec.rng, "post-processor")
    span = rec.open(call, pod, "calibrate_scores", "server", at_us + rec.us(1.3))
    inner = rec.open(span, pod, "isotonic.transform", "internal", span.start_us + rec.us(3))
    end = inner.start_us + rec.us(44)
    fault = INPUT_CONTAINS_NAN if bad else None
    rec.close(inner, end, {"scores.count": 64}, fault=fault)
    end += rec.us(2.5)
    code = 500 if bad else 200
    if fault is not None:
        text = f"calibrate_scores failed: {fault.type}: {fault.message}"
        rec.log(span, end - 300, "ERROR", "post_processor.server", text, fault)
    elif rec.rng.random() < 0.5:
        rec.log(
            span,
            end - 300,
            "INFO",
            "post_processor.server",
            "calibrated 64 scores",
            took_ms=(end - span.start_us) // MS,
        )
    rec.close(span, end, {"http.request.method": "POST", "http.route": "/calibrate", "http.response.status_code": code},
              failed=bad, fault=fault)  # fmt: skip
    end = rec.close(call, end + rec.us(1.1), {
        "http.request.method": "POST", "server.address": "post-processor", "http.response.status_code": code,
    }, failed=bad)  # fmt: skip
    return Reply(end, code, bad)


def popular_items(rec: Recorder, caller: Open, at_us: int) -> Reply:
    """The fallback: what is popular, for everybody."""
    call = rec.open(caller, caller.pod, "GET /popular", "client", at_us)
    span = rec.open(call, pod_of(rec.rng, "popular-items"), "GET /popular", "server", at_us + rec.us(1.1))
    end = rec.close(span, span.start_us + rec.us(7), {
        "http.request.method": "GET", "http.route": "/popular", "http.response.status_code": 200,
    })  # fmt: skip
    end = rec.close(call, end + rec.us(0.9), {
        "http.request.method": "GET", "server.address": "popular-items", "http.response.status_code": 200,
    })  # fmt: skip
    return Reply(end, 200)
