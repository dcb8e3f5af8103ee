"""Traces of less common forms, with what they must give: class and own functions of each exception, the cause last."""

from __future__ import annotations

GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "/app/main.py", line 12, in <module>
  |     asyncio.run(main())
  |   File "/usr/lib/python3.12/asyncio/runners.py", line 194, in run
  |     return runner.run(main)
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/tasks.py", line 8, in fetch
    |     raise TimeoutError("feature store did not answer")
    | TimeoutError: feature store did not answer
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/app/tasks.py", line 21, in score
    |     return model.predict(rows)
    |   File "/usr/lib/python3/dist-packages/sklearn/base.py", line 3, in predict
    |     check(rows)
    | ValueError: Input X contains NaN.
    +------------------------------------
"""

AGGREGATE = """\
AggregateError: All promises were rejected
    at async main (file:///app/index.mjs:9:3) {
  [errors]: [
    Error: a failed
        at file:///app/index.mjs:3:20,
    Error: b failed
        at file:///app/index.mjs:4:20
  ]
}
"""

ROOT_FIRST = """\
java.net.ConnectException: Connection refused
	at sun.nio.ch.Net.pollConnect(Native Method)
	at com.acme.Db.open(Db.java:5)
	... 2 common frames omitted
Wrapped by: com.acme.DbException: open failed
	at com.acme.Repo.find(Repo.java:20)
Wrapped by: java.lang.RuntimeException: request failed
	at com.acme.Main.main(Main.java:3)
"""

REPANIC = """\
panic: runtime error: invalid memory address or nil pointer dereference [recovered]
	panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x6f2c3a]

goroutine 41 [running]:
testing.tRunner.func1.2({0x7a1b20, 0xa9e3c0})
	/usr/local/go/src/testing/testing.go:1631 +0x24a
panic({0x7a1b20?, 0xa9e3c0?})
	/usr/local/go/src/runtime/panic.go:770 +0x132
acme.io/ranker/internal/rank.(*Scorer[...]).Score(0x0, {0xc0000b2000, 0x3, 0x4})
	/src/ranker/internal/rank/scorer.go:58 +0x1a
google.golang.org/grpc.(*Server).handleStream(0xc0001, {0x0, 0x0})
	/go/pkg/mod/google.golang.org/grpc@v1.60.1/server.go:1740 +0x9d1
created by acme.io/ranker/cmd.Run in goroutine 1
	/src/ranker/cmd/run.go:31 +0x88

goroutine 1 [chan receive, 12 minutes]:
main.main()
	/src/ranker/main.go:9 +0x20
"""

MONOLOG = r"""ERROR: x {"e":"[object] (Illuminate\\QueryException(code: 2002): refused at /app/C.php:760)
[stacktrace]
#0 /app/vendor/laravel/db/Connection.php(720): Illuminate\\Connection->runQueryCallback()
#1 /app/app/Models/Cart.php(12): App\\Models\\Cart->total()
#2 {main}

[previous exception] [object] (PDOException(code: 2): refused at /app/vendor/laravel/db/Connector.php:70)
[stacktrace]
#0 /app/vendor/laravel/db/Connector.php(70): PDO->__construct()
#1 {main}
"}
"""

NEXT = r"""PHP Fatal error:  Uncaught RuntimeException: cannot rank in /app/src/Rank.php:20
Stack trace:
#0 /app/src/Main.php(8): App\Rank->run(Array)
#1 {main}

Next LogicException: outer in /app/src/Main.php:9
Stack trace:
#0 {main}
  thrown in /app/src/Main.php on line 9
"""

TORCH = """\
terminate called after throwing an instance of 'c10::Error'
  what():  CUDA out of memory
Exception raised from malloc at ../c10/cuda/CUDACachingAllocator.cpp:880 (most recent call first):
frame #0: c10::Error::Error(c10::SourceLocation, std::string) + 0x57 (0x7f in /opt/torch/lib/libc10.so)
frame #1: <unknown function> + 0x2f4b (0x7f in /opt/torch/lib/libc10_cuda.so)
frame #2: ranker::infer(at::Tensor const&) + 0x10 (0x55 in /app/ranker)
"""

UNUSUAL = {
    "group": (
        GROUP,
        "python",
        [("ExceptionGroup", ["<module>"]), ("ValueError", ["score"]), ("TimeoutError", ["fetch"])],
    ),
    "aggregate": (
        AGGREGATE,
        "javascript",
        [("AggregateError", ["main"]), ("Error", ["<anonymous>"]), ("Error", ["<anonymous>"])],
    ),
    "root_first": (
        ROOT_FIRST,
        "java",
        [
            ("java.lang.RuntimeException", ["com.acme.Main.main"]),
            ("com.acme.DbException", ["com.acme.Repo.find"]),
            ("java.net.ConnectException", ["com.acme.Db.open"]),
        ],
    ),
    "repanic": (
        REPANIC,
        "go",
        [("panic", ["acme.io/ranker/internal/rank.(*Scorer[...]).Score", "acme.io/ranker/cmd.Run"])],
    ),
    "monolog": (
        MONOLOG,
        "php",
        [("Illuminate\\QueryException", ["<raised>", "App\\\\Models\\\\Cart->total"]), ("PDOException", [])],
    ),
    "next": (
        NEXT,
        "php",
        [("LogicException", ["<raised>"]), ("RuntimeException", ["<raised>", "App\\Rank->run"])],
    ),
    "torch": (TORCH, "cpp", [("c10::Error", ["ranker::infer(at::Tensor const&)"])]),
}
