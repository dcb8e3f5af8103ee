"""Exceptions with their stack traces: own frames and those of the libraries below them."""

from __future__ import annotations

from tests.incident.recorder import Fault

_SITE = "/usr/local/lib/python3.11/site-packages"


def _python(frames: tuple[tuple[str, int, str, str], ...], last: str) -> str:
    lines = ["Traceback (most recent call last):"]
    for file, line, function, code in frames:
        lines += [f'  File "{file}", line {line}, in {function}', f"    {code}"]
    return "\n".join([*lines, last])


_NAN_FRAMES = (
    ("/srv/post_processor/server.py", 61, "calibrate_scores", "calibrated = self.calibrator.apply(scores)"),
    ("/srv/post_processor/calibrate.py", 88, "apply", "return self.isotonic.transform(scores)"),
    (f"{_SITE}/sklearn/isotonic.py", 414, "transform", "return self._transform(T)"),
    (f"{_SITE}/sklearn/isotonic.py", 370, "_transform", "T = check_array(T, dtype=dtype, ensure_2d=False)"),
    (f"{_SITE}/sklearn/utils/validation.py", 1049, "check_array", "_assert_all_finite("),
    (f"{_SITE}/sklearn/utils/validation.py", 126, "_assert_all_finite", "_assert_all_finite_element_wise("),
    (
        f"{_SITE}/sklearn/utils/validation.py",
        175,
        "_assert_all_finite_element_wise",
        "raise ValueError(msg_err)",
    ),
)
INPUT_CONTAINS_NAN = Fault(
    "ValueError", "Input contains NaN.", _python(_NAN_FRAMES, "ValueError: Input contains NaN.")
)

_REFUSED_TEXT = "Error 111 connecting to online-store:6379. Connection refused."
_REFUSED_FRAMES = (
    ("/srv/feature_store/serving.py", 142, "GetOnlineFeatures", "rows = self.online.read(view, keys)"),
    ("/srv/feature_store/online.py", 57, "read", "values = self.redis.hmget(key, fields)"),
    (f"{_SITE}/redis/commands/core.py", 4995, "hmget", 'return self.execute_command("HMGET", name, *args)'),
    (
        f"{_SITE}/redis/client.py",
        559,
        "execute_command",
        "conn = self.connection or pool.get_connection(command_name)",
    ),
    (f"{_SITE}/redis/connection.py", 1109, "get_connection", "connection.connect()"),
    (f"{_SITE}/redis/connection.py", 282, "connect", "raise ConnectionError(self._error_message(e))"),
)
_SOCKET_FRAMES = (
    (f"{_SITE}/redis/connection.py", 276, "connect", "sock = self.retry.call_with_retry("),
    (f"{_SITE}/redis/connection.py", 606, "_connect", "raise err"),
    (f"{_SITE}/redis/connection.py", 594, "_connect", "sock.connect(socket_address)"),
)
CONNECTION_REFUSED = Fault(
    "redis.exceptions.ConnectionError", _REFUSED_TEXT,
    _python(_SOCKET_FRAMES, "ConnectionRefusedError: [Errno 111] Connection refused")
    + "\n\nDuring handling of the above exception, another exception occurred:\n\n"
    + _python(_REFUSED_FRAMES, f"redis.exceptions.ConnectionError: {_REFUSED_TEXT}"),
)  # fmt: skip

_MEMORY_TEXT = (
    "CUDA out of memory. Tried to allocate 2.40 GiB. GPU 0 has a total capacity of 22.17 GiB of which 1.12 GiB is"
    " free. Process 3117 has 21.04 GiB memory in use."
)
_MEMORY_FRAMES = (
    ("/models/ranker/37/model.py", 118, "execute", "scores = self.ranker(batch)"),
    (
        f"{_SITE}/torch/nn/modules/module.py",
        1553,
        "_wrapped_call_impl",
        "return self._call_impl(*args, **kwargs)",
    ),
    ("/models/ranker/37/ranker.py", 73, "forward", "cross = torch.einsum('bnd,bmd->bnm', users, items)"),
    (f"{_SITE}/torch/functional.py", 386, "einsum", "return _VF.einsum(equation, operands)"),
)
OUT_OF_MEMORY = Fault(
    "torch.OutOfMemoryError", _MEMORY_TEXT, _python(_MEMORY_FRAMES, f"torch.OutOfMemoryError: {_MEMORY_TEXT}")
)

_SHAPE_TEXT = "output 'scores' of model ranker v38 has shape [64, 2], its configuration expects [64, 1]"
_SHAPE_FRAMES = (
    ("/models/ranker/38/model.py", 131, "execute", "responses.append(self.checked(scores))"),
    (
        "/models/ranker/38/model.py",
        152,
        "checked",
        "raise OutputShapeError(self.name, tuple(scores.shape), self.spec)",
    ),
)
OUTPUT_SHAPE = Fault(
    "OutputShapeError", _SHAPE_TEXT, _python(_SHAPE_FRAMES, f"model.OutputShapeError: {_SHAPE_TEXT}")
)
NO_FALLBACK = "no fallback configured for {}"
