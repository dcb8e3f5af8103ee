"""Stack traces of nine languages, drawn up for the tests."""

from __future__ import annotations

PYTHON = """\
2026-11-22 ERROR could not score
Traceback (most recent call last):
  File "/app/serve.py", line 12, in score
    row = features[name]
          ~~~~~~~~^^^^^^
  File "/usr/lib/python3.11/site-packages/pandas/core/frame.py", line 99, in __getitem__
    raise KeyError(key)
KeyError: 'income'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/api.py", line 30, in handle
    return score(body)
  File "/app/serve.py", line 15, in score
    raise ScoringError("no score") from error
app.errors.ScoringError: no score
"""

JAVA = """\
ERROR request failed
com.acme.ApiException: cannot rank
	at com.acme.rank.Api.rank(Api.java:41)
	at org.springframework.web.Servlet.service(Servlet.java:897)
	Suppressed: java.io.IOException: closing
		at com.acme.Io.close(Io.java:3)
Caused by: java.lang.IllegalStateException: no model
	at com.acme.rank.Model.get(Model.java:17)
	... 12 more
Caused by: java.net.ConnectException: Connection refused
	at java.base/sun.nio.ch.Net.connect0(Native Method)
	at com.acme.rank.Registry.fetch(Registry.kt:88)
	... 14 more
"""

JAVASCRIPT = """\
TypeError: Cannot read properties of undefined (reading 'id')
    at rank (/srv/app/src/rank.ts:12:7)
    at async /srv/app/src/api.ts:4:3
    at Layer.handle (/srv/app/node_modules/express/lib/router/layer.js:95:5) {
  [cause]: Error: connect ECONNREFUSED 10.0.0.1:80
      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)
}
"""

GECKO = """\
rank@https://shop.example/app.js:12:7
handle@https://shop.example/app.js:40:1
"""

DOTNET = """\
System.InvalidOperationException: cannot rank
 ---> System.Net.Sockets.SocketException (111): Connection refused
   at System.Net.Sockets.Socket.Connect(EndPoint remoteEP)
   at Acme.Rank.Registry.Fetch(String name) in /src/Registry.cs:line 88
   --- End of inner exception stack trace ---
   at Acme.Rank.Api.Rank(Request request) in /src/Api.cs:line 41
"""

GO = """\
panic: runtime error: index out of range [3] with length 3

goroutine 7 [running]:
main.rank(0xc000010000, 0x3)
	/src/rank/main.go:41 +0x1d
github.com/acme/lib/serve.(*Server).Handle(0xc0000)
	/go/pkg/mod/github.com/acme/lib@v1.2.0/serve.go:88 +0x44
created by net/http.(*Server).Serve
	/usr/local/go/src/net/http/server.go:3086 +0x5cb
"""

RUST = """\
thread 'main' panicked at src/rank.rs:41:9:
called `Option::unwrap()` on a `None` value
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:617:5
   1: core::panicking::panic
             at /rustc/abc/library/core/src/panicking.rs:117:5
   2: ranker::rank::score
             at ./src/rank.rs:41:9
   3: ranker::main
             at ./src/main.rs:7:5
"""

RUBY = """\
/srv/app/rank.rb:12:in `score': undefined method `id' for nil:NilClass (NoMethodError)
	from /srv/app/api.rb:3:in `call'
	from /usr/lib/ruby/gems/3.1.0/gems/rack-2.2.4/lib/rack/server.rb:10:in `serve'
"""

PHP = """\
PHP Fatal error:  Uncaught RuntimeException: no model in /srv/app/Model.php:12
Stack trace:
#0 /srv/app/Api.php(40): Acme\\Model->get('ranker')
#1 /srv/vendor/slim/slim/App.php(7): Acme\\Api->rank()
#2 {main}
  thrown in /srv/app/Model.php on line 12
"""

CPP = """\
terminate called after throwing an instance of 'std::out_of_range'
  what():  vector::_M_range_check
#0  0x00007f raise () from /lib/x86_64-linux-gnu/libc.so.6
#1  0x00007f acme::rank::score (x=3) at /src/rank.cc:41
#2  0x00007f main () at /src/main.cc:7
"""
