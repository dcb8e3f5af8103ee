"""Which attribute and log field names mean what.

Names are compared without case and without ``-``, ``_``, ``.``, ``:``, so ``X-Request-ID``, ``x_request_id`` and
``http.request.header.x-request-id`` are one. Old and new OpenTelemetry semantic conventions are both here
(open-telemetry/semantic-conventions), with the field names that log frameworks use.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Role(StrEnum):
    """What a field tells."""

    TRACE_ID = "trace-id"
    SPAN_ID = "span-id"
    TRACE_CONTEXT = "trace-context"
    REQUEST_ID = "request-id"
    CORRELATION_ID = "correlation-id"
    SESSION_ID = "session-id"
    RUN_ID = "run-id"
    WORKFLOW_ID = "workflow-id"
    JOB_ID = "job-id"
    USER_ID = "user-id"
    RANK = "rank"
    HTTP_STATUS = "http-status"
    GRPC_STATUS = "grpc-status"
    ERROR_TYPE = "error-type"
    ERROR_FLAG = "error-flag"
    EXCEPTION_TYPE = "exception-type"
    EXCEPTION_MESSAGE = "exception-message"
    STACK = "stack"
    PEER = "peer"
    SERVICE = "service"
    VERSION = "version"
    INSTANCE = "instance"
    HOST = "host"
    POD = "pod"
    CONTAINER = "container"
    NAMESPACE = "namespace"
    IMAGE = "image"
    MODEL = "model"
    MODEL_VERSION = "model-version"
    SEVERITY = "severity"
    MESSAGE = "message"
    TIME = "time"
    NANOSECOND = "nanosecond"


ROW_ROLES: Final = (Role.REQUEST_ID, Role.CORRELATION_ID)
"""Roles whose values make a row of the id list (strongest first), after a field that the user names."""

GROUP_ROLES: Final = (Role.SESSION_ID, Role.RUN_ID, Role.WORKFLOW_ID, Role.JOB_ID, Role.USER_ID, Role.RANK)
"""Roles whose values group rows of the id list."""

_NAMES: Final[dict[Role, str]] = {
    Role.TRACE_ID: "traceid otel.trace.id oteltraceid dd.trace_id contexts.trace.trace_id logging.googleapis.com/trace"
    " x-b3-traceid x-datadog-trace-id xray_trace_id @tr",
    Role.SPAN_ID: "spanid otelspanid dd.span_id transaction.id contexts.trace.span_id logging.googleapis.com/spanid"
    " x-b3-spanid x-datadog-parent-id @sp",
    Role.TRACE_CONTEXT: "traceparent b3 uber-trace-id x-amzn-trace-id x-cloud-trace-context sentry-trace sw8",
    Role.REQUEST_ID: "request.id requestid req.id reqid x-request-id guid:x-request-id rid http.request_id"
    " http.request.id aws.request_id aws_request_id awsrequestid requestuuid request_uuid record.requestid",
    Role.CORRELATION_ID: "correlation.id correlationid x-correlation-id corr.id corrid correlationuuid"
    " messaging.message.conversation_id messaging.conversation_id conversation.id x-correlationid interaction.id",
    Role.SESSION_ID: "session.id sessionid x-session-id gen_ai.conversation.id thread.id.session langfuse.session.id",
    Role.RUN_ID: "run.id runid mlflow.run_id mlflow.run.id pipeline.run.id pipeline_run_id kfp.run_id dag_run_id",
    Role.WORKFLOW_ID: "workflow.id workflowid workflow.name workflow_run_id workflows.argoproj.io/workflow",
    Role.JOB_ID: "job.id jobid batch.id batchid batch.job.id ray.job_id task.id faas.invocation_id",
    Role.USER_ID: "user.id userid enduser.id customer.id customerid account.id",
    Role.RANK: "rank global_rank world_rank local_rank torch.distributed.rank process.rank",
    Role.HTTP_STATUS: "http.status_code http.response.status_code http.statuscode http.status status_code"
    " response.status_code response.status response_code http.response_code otel.http.status_code http_status"
    " responsestatus.code edgeresponsestatus downstreamstatus scstatus properties.scstatus",
    Role.GRPC_STATUS: "rpc.grpc.status_code grpc.status_code grpc.status rpc.response.status_code grpc.code"
    " rpc.connect_rpc.error_code grpc_code",
    Role.ERROR_TYPE: "error.type error.kind error.class errortype error_type message.errortype",
    Role.ERROR_FLAG: "error",
    Role.EXCEPTION_TYPE: "exception.type exception.class exception_type exc_type exceptionclass error.name err.type"
    " err.name exc.type record.exception.type thrown.name",
    Role.EXCEPTION_MESSAGE: "exception.message error.message error.msg exception_message exc_message error.object"
    " errormessage error.details err.message err exc.message record.exception.value properties.statusmessage"
    " thrown.message message.errormessage",
    Role.STACK: "exception.stacktrace error.stack_trace error.stack stack_trace stacktrace stack exc_info traceback"
    " exception error.stacktrace exc_text @x err.stack error.stacktraces message.stacktrace",
    Role.PEER: "peer.service server.address net.peer.name rpc.service peer.hostname messaging.destination.name"
    " messaging.destination db.name db.namespace db.system db.system.name net.peer.ip network.peer.address"
    " peer.address upstream_cluster out.host peer.ipv4 gen_ai.system gen_ai.provider.name",
    Role.SERVICE: "service.name service servicename app application app.kubernetes.io/name k8s.deployment.name"
    " svc svc.name svc_name microservice service_name app_name dd.service resource.service.name kubernetes.labels.app"
    " component",
    Role.VERSION: "service.version version app.version dd.version release service_version build.version",
    Role.INSTANCE: "service.instance.id instance.id service.node.name",
    Role.HOST: "host.name hostname host node node.name k8s.node.name nodename kubernetes.node.name kubernetes.host"
    " agent.hostname machinename event.system.computer",
    Role.POD: "k8s.pod.name pod pod_name podname kubernetes.pod.name kubernetes.pod_name",
    Role.CONTAINER: "k8s.container.name container.name container container_name container.id kubernetes.container_name"
    " kubernetes.container.name actor.attributes.name",
    Role.NAMESPACE: "service.namespace k8s.namespace.name namespace kubernetes.namespace_name kubernetes.namespace",
    Role.IMAGE: "container.image.id container.image.name container.image.repo_digests image container.image.tag",
    Role.MODEL: "model.name model ml.model.name gen_ai.request.model llm.model_name model_name mlflow.model.name",
    Role.MODEL_VERSION: "model.version ml.model.version model_version gen_ai.response.model mlflow.model.version",
    Role.SEVERITY: "leveldisplayname log.level level severity lvl loglevel levelname severity_text severitytext"
    " log_level @l @level record.level.name log_severity error_severity alert_type priority detected_level"
    " severity_number severitynumber",
    Role.MESSAGE: "message msg event body record.message text log short_message @message textpayload @m @mt"
    " eventname event_name event.action event_type displaymessage request resultdescription"
    " operationname.localizedvalue messagetemplate",
    Role.TIME: "@timestamp timestamp time ts t asctime datetime date eventtime created_at"
    " @t __realtime_timestamp record.time.timestamp log_timestamp start_time starttime time_unix_nano t.$date"
    " timemillis instant.epochsecond stagetimestamp requestreceivedtimestamp timecreated edgestarttimestamp"
    " event.system.timecreated.#attributes.systemtime time_local time_iso8601 msec published"
    " eventtimestamp timegenerated date_happened lastseen started_at",
    Role.NANOSECOND: "instant.nanoofsecond",
}
_PREFIXES: Final = (
    "httprequestheader",
    "requestheaders",
    "rpcrequestmetadata",
    "attributes",
    "resourceattributes",
    "resourcelabels",
    "labels",
    "mdc",
    "contextmap",
    "context",
    "recordextra",
    "extra",
    "fields",
    "@fields",
    "tags",
    "jsonpayload",
    "data",
    "span",
)
_SEPARATORS = re.compile(r"[-_.:\s/]")


@lru_cache(maxsize=1 << 16)
def normalise(name: str) -> str:
    """A field name without case and separators, and without the wrappers that frameworks put before it."""
    return _SEPARATORS.sub("", name).lower()


_ROLES: Final = {normalise(name): role for role, names in _NAMES.items() for name in names.split()}
_RANKS: Final = {normalise(name): i for names in _NAMES.values() for i, name in enumerate(names.split())}


def names_of(kind: Role) -> tuple[str, ...]:
    """The names of a role as they are compared: without case and separators."""
    return tuple(map(normalise, _NAMES[kind].split()))


@lru_cache(maxsize=1 << 16)
def role(name: str) -> Role | None:
    """What a field of that name tells, None for an ordinary field."""
    flat = normalise(name)
    found = _ROLES.get(flat)
    if found is not None:
        return found
    for prefix in _PREFIXES:
        if flat.startswith(prefix):
            return _ROLES.get(flat[len(prefix) :])
    return None


@lru_cache(maxsize=1 << 16)
def rank(name: str) -> int:
    """How telling a name is among those of its role, 0 most; names behind a framework's wrapper come last."""
    return _RANKS.get(normalise(name), len(_RANKS))


PEER_ORDER: Final = names_of(Role.PEER)
"""Names that may hold the remote side, most telling first."""
