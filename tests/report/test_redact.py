"""What is hidden, what is kept, and how long it takes."""

from __future__ import annotations

import ast
import random
import time

import pytest

from explorer.report.redact import Redactor
from tests.report.secrets_made_up import CONTEXTS, IDS, SECRETS
from tests.shared import needs_shared, shared


def redacted(text: str) -> str:
    return Redactor().text(text)


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("context", CONTEXTS)
def test_secrets_are_found_wherever_they_stand(kind: str, context: str) -> None:
    chance = random.Random(f"{kind} {context}")
    left = []
    for _ in range(200):
        text, secret = SECRETS[kind](chance)
        if secret in redacted(CONTEXTS[context](text)):
            left.append(text)
    assert len(left) <= 2, left[:5]  # 99 %


@pytest.mark.parametrize("kind", IDS)
def test_ids_hashes_times_and_versions_are_kept(kind: str) -> None:
    chance = random.Random(kind)
    lost = []
    for _ in range(1000):
        text = CONTEXTS[chance.choice(list(CONTEXTS))](IDS[kind](chance))
        if redacted(text) != text:
            lost.append(text)
    assert len(lost) <= 1, lost[:5]  # 0.1 %


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("password=hunter2 x", "password=<password#1> x"),
        ("DB_PASSWORD: 'a b'", "DB_PASSWORD: '<password#1>'"),
        ('{"db.password":"a\\"b","n":1}', '{"db.password":"<password#1>","n":1}'),
        ('{\\"password\\":\\"hunter2\\"}', '{\\"password\\":\\"<password#1>\\"}'),
        ('"db.password","value":{"stringValue":"h2"}', '"db.password","value":{"stringValue":"<password#1>"}'),
        ('"api.token","type":"string","value":"abc12"', '"api.token","type":"string","value":"<token#1>"'),
        ("--password hunter2 --port 1", "--password <password#1> --port 1"),
        ("<clientSecret>ab</clientSecret>", "<clientSecret><token#1></clientSecret>"),
        ("X-Api-Key: 12ab34cd", "X-Api-Key: <token#1>"),
        ("accessToken=abcdef&x=1", "accessToken=<token#1>&x=1"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer <token#1>"),
        ('"authorization": ["Bearer abcdefgh12"]', '"authorization": ["Bearer <token#1>"]'),
        ("authorization: AWS4-HMAC-SHA256 Credential=x/y, S=z\nn", "authorization: AWS4-HMAC-SHA256 <token#1>\nn"),
        ("Cookie: a=b; c=d\nHost: h", "Cookie: <cookie#1>\nHost: h"),
        ('"cookie":["a=b","c=d"]', '"cookie":[<cookie#1>]'),
        ("/x;jsessionid=0123456789ABCDEF?a=1", "/x;jsessionid=<cookie#1>?a=1"),
        ("AccountKey=abcd1234efgh==;EndpointSuffix=x", "AccountKey=<token#1>;EndpointSuffix=x"),
        ("https:\\/\\/0123456789abcdef0123@o1.ingest.io\\/1", "https:\\/\\/<token#1>@o1.ingest.io\\/1"),
        ("app:s3c@tcp(10.0.0.5:3306)/db", "app:<password#1>@tcp(10.0.0.5:3306)/db"),
        ("jdbc:oracle:thin:scott/tiger@//h:1521/s", "jdbc:oracle:thin:scott/<password#1>@//h:1521/s"),
        ("curl -u bob:secret1 http://x", "curl -u bob:<password#1> http://x"),
        ("user=jane.doe%40example.com&", "user=<email#1>&"),
        ("C:\\Users\\jdoe\\x.py /Users/jdoe/y.py", "C:\\Users\\<user#1>\\x.py /Users/<user#1>/y.py"),
        ("from 203.0.113.77:443 to 10.0.0.5", "from <client#1>:443 to 10.0.0.5"),
        ("-----BEGIN PRIVATE KEY-----\nMIIB, cut", "<key#1>"),
        ("password=hunter(2 pwd=$ecret1 passwd={ab", "password=<password#1> pwd=<password#2> passwd=<password#3>"),
        ('{"password":{"stringValue":"h2"}}', '{"password":{"stringValue":"<password#1>"}}'),
    ],
)  # fmt: skip
def test_keys_give_their_values_away(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Unexpected token: EOF",
        'Unexpected token < in JSON at position 0, "token": }',
        "max_tokens=512 input_tokens: 33 token_count=9 eos_token=</s> pad_token=[PAD]",
        '{"token":"Hello","logprob":-0.1}',
        "token = self._next()",
        'token=request.args.get("x") password = getpass.getpass()',
        "bearer authentication failed: token expired, password required",
        "secret: not found, secretName: foo-bar",
        "password: must be at least 8",
        "password=${DB_PASSWORD} passwd: ****** secret=<redacted> token=null",
        "PWD=/srv/app author=jane tokenizer=bpe monkey=12345678 keyboard: abcdefgh12",
        "git@github.com:team/repo.git",
        "GET /home/products/12 POST /Users/7/x.json",
        "docker run -u 1000:1000 -p 8080:80",
        "std::vector<int> 12:34:56 18/Nov/2026:14:07:31 +0000 a::b::c",
        "http.status_code=502 duration=1.284 s self=386 ms 41 % +12 ms -3.5e-7",
        "order_id=4111111111111111 trace_id: 4111111111111111",
        "feature-store@sha256:9f2c41d0 127.0.0.1 192.168.1.7 172.20.0.3 169.254.169.254 0.0.0.0 fe80::1 ::1",
        "org/apache/catalina/core/StandardWrapper1 getTicketListByDateAndTripIdForUser12345",
        "/home/app/x.py /home/runner/app/y.py",
        "Basic authentication Basic YWJjZGVm",
    ],
)
def test_what_only_looks_like_a_secret_is_kept(text: str) -> None:
    assert redacted(text) == text


def test_the_same_secret_has_the_same_mark() -> None:
    redactor = Redactor()
    assert redactor.text("Jane@x.org, bob@x.org") == "<email#1>, <email#2>"
    assert redactor.text("jane@x.org; password=abc") == "<email#1>; password=<password#1>"
    assert redactor.text("4111 1111 1111 1111 or 4111111111111111") == "<card#1> or <card#1>"
    assert redactor.field("db.password", "abc") == "<password#1>"
    assert redactor.counts() == (("email", 2), ("password", 1), ("card", 1))
    assert redactor.summary() == "2 e-mail addresses, 1 password, 1 card number"


def test_marks_are_not_redacted_again() -> None:
    redactor = Redactor()
    once = redactor.text("Authorization: Bearer abcdefgh1234 password=x https://a:b@h/?token=abcdef12")
    assert redactor.text(once) == once
    assert sum(count for _, count in redactor.counts()) == 4


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("http.request.header.authorization", "Bearer abc", "Bearer <token#1>"),
        ("authorization", "abc", "<token#1>"),
        ("http.request.header.cookie", "a=b", "<cookie#1>"),
        ("db.password", "x", "<password#1>"),
        ("PGPASSWORD", "x", "<password#1>"),
        ("clientSecret", "x", "<token#1>"),
        ("x-api-key", "x", "<token#1>"),
        ("APIKey", "x", "<token#1>"),
        ("refresh_token", "x", "<token#1>"),
        ("cvv", "123", "<card#1>"),
        ("message", "mail jane@x.org", "mail <email#1>"),
        ("password", "", ""),
        ("password", "null", "null"),
        ("token_count", "12345678901", "12345678901"),
        ("gen_ai.usage.input_tokens", "57", "57"),
        ("eos_token", "</s>", "</s>"),
        ("partition.key", "abc", "abc"),
        ("order_id", "4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("user.id", "jane@x.org", "<email#1>"),
        ("secret_name", "db-login", "db-login"),
        ("tokenizer", "bpe", "bpe"),
    ],
)
def test_fields_count_by_their_names(name: str, value: str, expected: str) -> None:
    assert Redactor().field(name, value) == expected


def test_switched_off_it_changes_nothing() -> None:
    redactor = Redactor(enabled=False)
    assert redactor.text("password=x jane@x.org") == "password=x jane@x.org"
    assert redactor.field("password", "x") == "x"
    assert redactor.counts() == ()
    assert redactor.summary() == "nothing"


PARTS = [
    "a", "@", "a@a.", "eyJ", "eyJaaaaaaaaa.eyJ", "://", "://a:a", "password=", "token: ", '"token":"', "4", "4111 ",
    "+1 ", ":", "2001:db8", "0a:0b:", "1.1.1.", "a=aaaaaaaaa; ", "authorization: digest ", "basic ", "/home/a/",
    "C:\\Users\\a", "AKIA", "sk-a", "GB82 WEST ", "123-45-", "--a-", "--token ", "\\", '\\"', " ", "<password>",
    "A1/", "é", "İ", "-----BEGIN PRIVATE KEY-----", "x:y@tcp(", "a%40", "cookie: a=", '"cookie":["',
]  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_time_is_linear(part: str) -> None:
    text = part * (250_000 // len(part))
    begun = time.process_time()
    redacted(text)
    # Below 0.25 s each on a quiet machine; a quadratic pattern takes minutes.
    assert time.process_time() - begun < 2.5


@needs_shared
def test_none_of_the_dummy_secrets_is_left() -> None:
    source = shared("badinput", "make_bombs.py").read_text("utf-8")
    secrets = dummies(source)
    assert len(secrets) >= 18
    for name, secret in secrets.items():
        redactor = Redactor()
        for text in (f"op {secret}", f"select '{secret}'", f'{{"{name}": "{secret}"}}', f"x={secret}"):
            assert secret not in redactor.text(text)
        for field in (name, "http.request.header.authorization", "db.statement"):
            assert secret not in redactor.field(field, secret)


def dummies(source: str) -> dict[str, str]:
    """The dictionary FAKE_SECRETS of the generator of bad input, its sums of texts added up."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FAKE_SECRETS":
            assert isinstance(node.value, ast.Dict)
            pairs = zip(node.value.keys, node.value.values, strict=True)
            return {added(key): added(value) for key, value in pairs if key is not None}
    return {}


def added(node: ast.expr) -> str:
    if isinstance(node, ast.BinOp):
        return added(node.left) + added(node.right)
    return str(ast.literal_eval(node))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p\u200bassword=hunter2", "password=<password#1>"),
        ("pass\u00adword: hunter2", "password: <password#1>"),
        ("mail ana\u2060.silva@exa\u200bmple.com", "mail <email#1>"),
        ("ana.silva\uff20example.com", "<email#1>"),
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44=hunter2", "password=<password#1>"),
        ("zero\u200bwidth \uff21\uff22", "zero\u200bwidth \uff21\uff22"),
        ("Input of ana.silva@exam…", "Input of <email#1>…"),
        ("bad key ghp_abcdefghij…", "bad key <token#1>…"),
        ("Bearer eyJhbGciOiJIUzI1NiJ9.eyJzd…", "Bearer <token#1>…"),
        ("sshpass -p hunter2 ssh x", "sshpass -p <password#1> ssh x"),
        ("mysql -h db -u root -pSecret123 shop", "mysql -h db -u root -p<password#1> shop"),
        ("tel: (555) 123-4567", "tel: <phone#1>"),
        ('"phone_number": "0170 1234567"', '"phone_number": "<phone#1>"'),
    ],
)
def test_secrets_in_disguise_cut_off_or_typed(text: str, expected: str) -> None:
    assert redacted(text) == expected


def test_the_sentence_says_what_was_done() -> None:
    redactor = Redactor()
    assert redactor.sentence() == "Redacted: nothing."
    redactor.text(
        "ana@example.com, bob@example.com, ana@example.com and ghp_abcdefghijklmnopqrstuvwxyz0123456789"
    )
    assert redactor.sentence() == "Redacted: 2 e-mail addresses, 1 token."
    assert Redactor(enabled=False).sentence().startswith("Not redacted")


@pytest.mark.parametrize(
    "text",
    ["mysql " + "-p " * 20_000, "mysql " + "a " * 30_000, "tel" * 30_000 + ":", "a@" * 40_000 + "…",
     "eyJ" * 40_000 + "…",
     "phone: " + "1 " * 40_000, "\u200b" * 100_000 + "password=x"],
)  # fmt: skip
def test_commands_telephones_and_cut_texts_take_no_longer(text: str) -> None:
    begin = time.process_time()
    redacted(text)
    assert time.process_time() - begin < 4
