"""What the binary does with a real mail server. `tests/mail/run` starts this."""

import email
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
import uuid
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

BINARY, WORK = sys.argv[1], Path(sys.argv[2])
MESSAGES = int(os.environ.get("MESSAGES", 12_000))
PEOPLE = int(os.environ.get("PEOPLE", 12_000))
KILLS = 6
POSTGRES = os.environ.get("DATABASE_URL", "")
POSTGRES = POSTGRES if POSTGRES.startswith("postgres") else None
SENDER = "青空 アルムナイ <alumni@aozora.example>"
CHECKS = []


def check(what):
    CHECKS.append(what)
    return what


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Handler:
    """Keeps what it accepts. `mode` says how it fails."""

    def __init__(self, mode="accept"):
        self.mode = mode
        self.messages = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.mode == "4xx":
            return "450 4.2.0 mailbox busy"
        if self.mode == "5xx" or (self.mode == "refuse" and "unknown" in address):
            return f"550 5.1.1 <{address}> unknown"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        if self.mode == "drop":
            server.transport.abort()
            return "250 lost"
        self.messages.append((envelope.rcpt_tos[0], envelope.content))
        return "250 2.0.0 kept"


class Server:
    """A mail server on a port of its own."""

    def __init__(self, mode="accept", port=None, **options):
        self.handler = Handler(mode)
        self.port = port or free_port()
        self.controller = Controller(self.handler, hostname="127.0.0.1", port=self.port, **options)

    def __enter__(self):
        self.controller.start()
        return self

    def __exit__(self, *_):
        self.controller.stop()

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"


class Database:
    """The service's database, to put messages in as an action would have, and to read what became of them."""

    def __init__(self, name):
        if POSTGRES:
            self.name = f"alumni_mail_{uuid.uuid4().hex}"
            base = POSTGRES.rsplit("/", 1)[0]
            self.url = f"{base}/{self.name}"
            psql(POSTGRES, f"CREATE DATABASE {self.name}")
        else:
            self.path = WORK / f"{name}.db"
            self.url = f"sqlite://{self.path}"

    def close(self):
        if POSTGRES:
            psql(POSTGRES, f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def ask(self, statement):
        """Rows of texts."""
        if POSTGRES:
            return [line.split("|") for line in psql(self.url, statement).splitlines()]
        with sqlite3.connect(self.path, timeout=60) as connection:
            rows = connection.execute(statement).fetchall()
            return [["" if value is None else str(value) for value in row] for row in rows]

    def queue(self, recipients, kind="TEST", locale="ja"):
        now = datetime.now(timezone.utc)
        late = (now + timedelta(days=3)).isoformat()
        new_id = "gen_random_uuid()" if POSTGRES else "randomblob(16)"
        columns = (
            "id, company_id, kind, recipient, locale, dedupe_key, parameters, state, attempt_count, attempt_limit, next_attempt_at,"
            " message_id, not_after, created_at, updated_at, version"
        )
        company = "(SELECT id FROM company WHERE slug = 'aozora')"
        at = now.isoformat()
        for begin in range(0, len(recipients), 500):
            values = ", ".join(
                f"({new_id}, {company}, '{kind}', '{to}', '{locale}', '{uuid.uuid4()}', '{{}}', 'PENDING', 0, 30, '{at}',"
                f" '<{uuid.uuid4()}@aozora.example>', '{late}', '{at}', '{at}', 1)"
                for to in recipients[begin : begin + 500]
            )
            self.ask(f"INSERT INTO delivery ({columns}) VALUES {values}")

    def states(self):
        return {state: int(count) for state, count in self.ask("SELECT state, count(*) FROM delivery GROUP BY state")}


def psql(url, statement):
    command = ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", url]
    done = subprocess.run(command, input=statement, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def settings(database, url=None, **more):
    known = {name: value for name, value in os.environ.items() if not name.startswith(("ALUMNI_", "DATABASE_", "BIND"))}
    ours = {"ALUMNI_MODE": "development", "DATABASE_URL": database.url if database else f"sqlite://{WORK}/none.db"}
    if url:
        ours |= {"ALUMNI_SMTP_URL": url, "ALUMNI_MAIL_FROM": SENDER}
    return known | ours | more


def run(*arguments, environment):
    return subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True, timeout=120)


def test_mail(url, to="taro@example.com", **more):
    """`mail test`: its exit code and what it printed."""
    company = more.pop("company", None)
    arguments = ["mail", "test", to] + (["--company", company[1]] if company else [])
    done = run(*arguments, environment=settings(company and company[0], url, **more))
    return done.returncode, (done.stdout + done.stderr).strip()


class Service:
    """The serving binary."""

    def __init__(self, database, url, **more):
        self.base = f"127.0.0.1:{free_port()}"
        environment = settings(database, url, BIND=self.base, ALUMNI_ACCESS_SPOOL=str(WORK / "spool"), **more)
        log = open(WORK / "service.log", "a")
        self.process = subprocess.Popen([BINARY], env=environment, stdout=log, stderr=log)

    def until(self, holds, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, (WORK / "service.log").read_text()[-3000:]
            if holds():
                return
            time.sleep(0.05)
        raise AssertionError(f"it took longer than {seconds} s")

    def ready(self):
        try:
            return urllib.request.urlopen(f"http://{self.base}/readyz", timeout=2).status == 200
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=30)

    def call(self, token, query, variables, key=None):
        """The answer to an operation; None if the service ended before it answered."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        headers |= {"Idempotency-Key": key} if key else {}
        request = urllib.request.Request(f"http://{self.base}/graphql", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error
        except (OSError, http.client.HTTPException):
            return None


def demo(name):
    database = Database(name)
    done = run("seed", environment=settings(database))
    assert done.returncode == 0, done.stderr
    return database


@check
def a_test_message_is_read_back_as_it_was_written():
    database = demo("read")
    try:
        with Server() as server:
            code, said = test_mail(server.url, to="a..b@docomo.ne.jp", company=(database, "aozora"))
            assert (code, said) == (0, "sent to a..b@docomo.ne.jp: 250 2.0.0 kept"), said
            code, said = test_mail(server.url)
            assert code == 0, said
        (to, content), (_, plain) = server.handler.messages
    finally:
        database.close()
    # it was sent with quotes, which the server removes
    assert to == "a..b@docomo.ne.jp", to
    message = email.message_from_bytes(content, policy=default)
    assert not message.defects, message.defects
    name = message["From"].addresses[0].display_name
    assert name == "株式会社あおぞらテクノロジー", name
    assert message["Subject"] == f"【{name}】メール送信テスト", message["Subject"]
    assert message["From"].addresses[0].addr_spec == "alumni@aozora.example"
    assert (message["To"].addresses[0].username, message["To"].addresses[0].domain) == ("a..b", "docomo.ne.jp")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "ja"
    assert abs(message["Date"].datetime - datetime.now(timezone.utc)) < timedelta(minutes=5)
    assert message["Message-ID"].endswith("@aozora.example>")
    text = message.get_body(("plain",)).get_content()
    assert text.startswith("このメールは、"), text
    html = message.get_body(("html",))
    assert html.get_content_type() == "text/html" and "<p>このメールは、" in html.get_content()
    for part in message.walk():
        assert not part.defects, part.defects
    assert email.message_from_bytes(plain, policy=default)["Subject"] == "Test message from 青空 アルムナイ"
    # no line is longer than SMTP allows (RFC 5321, 4.5.3.1.6)
    assert max(map(len, content.split(b"\r\n"))) <= 998


@check
def each_failure_ends_a_test_with_an_error_that_says_why():
    for mode, said in [
        ("4xx", "asks to try later: 450 4.2.0 mailbox busy"),
        ("5xx", "rejected the message: 550 5.1.1"),
        ("drop", "the connection to the mail server was lost"),
    ]:
        with Server(mode) as server:
            code, printed = test_mail(server.url)
        assert code == 1 and said in printed, (mode, code, printed)
    for url, to, said in [
        (f"smtp://127.0.0.1:{free_port()}", "taro@example.com", "cannot be used: Connection refused"),
        (None, "taro@example.com", "set ALUMNI_SMTP_URL"),
        ("smtp://127.0.0.1:1", "nobody", "`nobody` must be an e-mail address"),
        ("http://127.0.0.1", "taro@example.com", "smtp://user:password@host:587?tls=required"),
    ]:
        code, printed = test_mail(url, to=to)
        assert code != 0 and said in printed, (url, code, printed)


@check
def a_password_is_used_and_never_printed():
    def login(server, session, envelope, mechanism, data):
        # the server itself answers a wrong password
        return AuthResult(success=(data.login, data.password) == (b"me", b"p@ss"), handled=False)

    with Server(authenticator=login, auth_required=True, auth_require_tls=False) as server:
        right, wrong = (f"smtp://me:{word}@127.0.0.1:{server.port}" for word in ["p%40ss", "guess"])
        assert test_mail(right)[0] == 0
        code, printed = test_mail(wrong)
        assert code == 1 and "cannot be used" in printed and "535" in printed, printed
        assert "guess" not in printed, printed
        code, printed = test_mail(server.url)
        assert code == 1 and "cannot be used: 530" in printed, printed


@check
def tls_is_required_and_its_certificate_checked():
    (WORK / "extensions").write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
    new_key = "-newkey rsa:2048 -nodes -keyout"
    for command in [
        f"req -x509 {new_key} authority.key -out authority.pem -days 2 -subj /CN=authority",
        f"req {new_key} server.key -out server.csr -subj /CN=localhost",
        "x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -out server.pem -days 2 -extfile extensions",
    ]:
        made = subprocess.run(["openssl", *command.split()], cwd=WORK, capture_output=True)
        assert made.returncode == 0, made.stderr
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(WORK / "server.pem", WORK / "server.key")
    trusting = {"SSL_CERT_FILE": str(WORK / "authority.pem")}
    with Server(tls_context=context, require_starttls=True) as server:
        url = f"smtp://localhost:{server.port}?tls=required"
        code, printed = test_mail(url, **trusting)
        assert (code, printed) == (0, "sent to taro@example.com: 250 2.0.0 kept"), printed
        assert test_mail(url.replace("required", "opportunistic"), **trusting)[0] == 0
        code, printed = test_mail(url)
        assert code == 1 and "certificate" in printed, printed
    with Server(ssl_context=context) as server:
        assert test_mail(f"smtps://localhost:{server.port}", **trusting)[0] == 0
        assert test_mail(f"smtps://127.0.0.1:{server.port}", **trusting)[0] == 1
    with Server() as server:
        code, printed = test_mail(f"smtp://localhost:{server.port}?tls=required")
        assert code == 1 and "STARTTLS is not supported" in printed, printed
        assert server.handler.messages == []


@check
def a_server_that_refuses_one_recipient_stops_no_other_and_one_that_is_down_costs_nothing():
    database = demo("refuse")
    port = free_port()
    service = Service(database, f"smtp://127.0.0.1:{port}")
    try:
        service.until(service.ready)
        database.queue([f"p{number}@example.com" for number in range(40)] + ["unknown@example.com", "a.@docomo.ne.jp", "no address"])
        time.sleep(2)
        assert database.states() == {"PENDING": 43}, database.states()
        with Server("refuse", port=port) as server:
            finished = {"SENT": 41, "FAILED": 1, "UNDELIVERABLE": 1}
            service.until(lambda: database.states() == finished, 90)
        reached = {to for to, _ in server.handler.messages}
        assert "a.@docomo.ne.jp" in reached, reached
        attempts = database.ask("SELECT outcome, count(*) FROM delivery_attempt GROUP BY outcome ORDER BY outcome")
        assert attempts == [["REJECTED", "1"], ["SENT", "41"]], attempts
        assert service.stop() == 0
    finally:
        service.kill()
        database.close()


@check
def sigkill_while_sending_skips_nobody_and_repeats_only_what_was_being_sent():
    database = demo("kill")
    recipients = [f"person{number:05}@example.com" for number in range(MESSAGES)]
    open_leases = set()
    with Server() as server:
        database.queue(recipients)
        began = time.monotonic()
        for _ in range(KILLS):
            service = Service(database, server.url, ALUMNI_SMTP_CONNECTIONS="8")
            service.until(service.ready)
            time.sleep(random.uniform(0.2, 2.0))
            service.kill()
            # what the mail server has already read is still answered
            time.sleep(0.2)
            open_leases |= {row[0] for row in database.ask("SELECT message_id FROM delivery WHERE state = 'SENDING'")}
            # instead of waiting for ten minutes the leases are made to end now
            past = (datetime.now(timezone.utc) - timedelta(minutes=1)).isoformat()
            database.ask(f"UPDATE delivery SET next_attempt_at = '{past}' WHERE state = 'SENDING'")
        left = MESSAGES - database.states().get("SENT", 0)
        service = Service(database, server.url, ALUMNI_SMTP_CONNECTIONS="8")
        service.until(service.ready)
        began_last = time.monotonic()
        try:
            service.until(lambda: database.states() == {"SENT": MESSAGES}, 300)
            seconds = time.monotonic() - began
            rate = left / (time.monotonic() - began_last)
            assert service.stop() == 0
        finally:
            service.kill()
        sent = defaultdict(list)
        for to, content in server.handler.messages:
            headers = email.message_from_bytes(content.split(b"\r\n\r\n", 1)[0])
            sent[to].append(headers["Message-ID"])
    lost = int(database.ask("SELECT count(*) FROM delivery_attempt WHERE outcome = 'UNKNOWN'")[0][0])
    stored = {row[0]: row[1] for row in database.ask("SELECT recipient, message_id FROM delivery")}
    database.close()
    repeats = {to: ids for to, ids in sent.items() if len(ids) > 1}
    print(
        f"    {MESSAGES} messages, {KILLS} kills, {len(open_leases)} leases open at a kill ({lost} attempts without a result),"
        f" {sum(map(len, sent.values()))} accepted, {len(repeats)} repeated,"
        f" {seconds:.0f} s, at the end {rate:.0f} messages a second"
    )
    assert set(sent) == set(recipients), len(set(recipients) - set(sent))
    for to, ids in sent.items():
        assert set(ids) == {stored[to]}, (to, ids)
    outside = [to for to, ids in repeats.items() if ids[0] not in open_leases]
    assert not outside, outside
    assert lost > 0, "no kill came while a message was sent"


INVITE = """mutation($count: Int!) { membershipInvite(input: { filter: { membershipStates: [CANDIDATE] }, expectedCount: $count }) {
    invitedCount userErrors { code field message } } }"""
COUNT = "{ alumni(filter: { membershipStates: [CANDIDATE] }) { totalCount } }"


class Candidates:
    """A database with many candidates and no invitation to a membership."""

    def __init__(self):
        self.database = demo("invite")
        # the demo company's own candidates and invitations do not count
        self.move("WITHDRAWN", "state IN ('CANDIDATE', 'INVITED')")
        workers = WORK / "workers.jsonl"
        rows = (
            {"id": f"k-{number}", "last_name": "退職", "first_name": f"者{number}", "hire_date": "2015-04-01", "termination_date": "2024-06-30",
             "employment_status": "INACTIVE", "personal_email": f"person{number:05}@example.com"}
            for number in range(PEOPLE)
        )  # fmt: skip
        workers.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows))
        done = subprocess.run(
            [BINARY, "import", str(workers), "--company", "aozora", "--source", "kill"],
            env=settings(self.database), capture_output=True, text=True, timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        self.reset()
        found = self.database.ask("SELECT count(*) FROM membership WHERE state = 'CANDIDATE'")
        assert found == [[str(PEOPLE)]], found

    def move(self, state, which):
        self.database.ask(f"UPDATE person SET standing = '{state}' WHERE id IN (SELECT person_id FROM membership WHERE {which})")
        self.database.ask(f"UPDATE membership SET state = '{state}' WHERE {which}")

    def reset(self):
        self.database.ask("DELETE FROM delivery_attempt")
        self.database.ask("DELETE FROM delivery")
        self.database.ask("DELETE FROM invitation WHERE kind = 'MEMBERSHIP'")
        self.move("CANDIDATE", "state = 'INVITED'")

    def written(self):
        """How many memberships are INVITED, how many invitations and messages there are, and to how many people."""
        if POSTGRES:
            # what a killed process had sent is still worked on for a moment
            others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            end = time.monotonic() + 60
            while self.database.ask(others) != [["0"]]:
                assert time.monotonic() < end, "a session of a killed process goes on"
                time.sleep(0.1)
        parts = [
            "SELECT count(*) FROM membership WHERE state = 'INVITED'",
            "SELECT count(*) FROM invitation WHERE kind = 'MEMBERSHIP'",
            "SELECT count(DISTINCT person_id) FROM invitation WHERE kind = 'MEMBERSHIP'",
            "SELECT count(*) FROM delivery WHERE kind = 'MEMBERSHIP_INVITATION'",
            "SELECT count(DISTINCT recipient) FROM delivery WHERE kind = 'MEMBERSHIP_INVITATION'",
        ]
        return [int(self.database.ask(part)[0][0]) for part in parts]

    def service(self):
        service = Service(self.database, None, ALUMNI_BUDGETS="ALL=unlimited", ALUMNI_LIMITS="mutationTimeoutMs=300000")
        service.until(service.ready)
        return service


def answered(answer):
    assert answer and not answer.get("errors"), answer
    return answer["data"]


@check
def sigkill_while_inviting_writes_everything_or_nothing_and_the_repeated_call_invites_each_once():
    candidates = Candidates()
    token = run("token", "--as", "HR", "--company", "aozora", environment=settings(candidates.database)).stdout.strip()
    nothing, everything = [0] * 5, [PEOPLE] * 5
    outcomes = defaultdict(int)
    service = candidates.service()
    try:
        began = time.monotonic()
        invited = answered(service.call(token, INVITE, {"count": PEOPLE}))["membershipInvite"]
        took = time.monotonic() - began
        assert invited == {"invitedCount": PEOPLE, "userErrors": []}, invited
        service.kill()
        assert candidates.written() == everything, candidates.written()
        # by turns with and without an idempotency key, at a random moment of each part of the time that a call takes
        for number in range(2 * KILLS):
            candidates.reset()
            key = f"kill-{number}" if number % 2 else None
            service = candidates.service()
            replies = []
            call = threading.Thread(target=lambda: replies.append(service.call(token, INVITE, {"count": PEOPLE}, key)))
            call.start()
            time.sleep(took * 1.2 * (number // 2 + random.random()) / KILLS)
            service.kill()
            call.join()
            written = candidates.written()
            assert written in (nothing, everything), (number, written)
            if replies[0]:
                assert written == everything, (number, replies)
            outcomes["nothing" if written == nothing else "answered" if replies[0] else "everything, without an answer"] += 1
            service = candidates.service()
            if key:
                again = service.call(token, INVITE, {"count": PEOPLE}, key)
                invited = answered(again)["membershipInvite"]
                assert invited == {"invitedCount": PEOPLE, "userErrors": []}, (number, invited)
                replayed = again["extensions"]["idempotent"]["replayed"]
                assert replayed == (written == everything), (number, again)
            else:
                left = answered(service.call(token, COUNT, {}))["alumni"]["totalCount"]
                assert left == (PEOPLE if written == nothing else 0), (number, left)
                invited = answered(service.call(token, INVITE, {"count": left}))["membershipInvite"]
                assert invited == {"invitedCount": left, "userErrors": []}, (number, invited)
            service.kill()
            assert candidates.written() == everything, (number, candidates.written())
        print(f"    {PEOPLE} people, a call takes {took:.1f} s, {2 * KILLS} kills: {dict(outcomes)}")
        assert outcomes["nothing"], "no kill came before the end of a call"
    finally:
        service.kill()
        candidates.database.close()


def main():
    failed = 0
    only = os.environ.get("ONLY", "")
    for each in CHECKS:
        if only not in each.__name__:
            continue
        began = time.monotonic()
        try:
            each()
            print(f"ok    {each.__name__} ({time.monotonic() - began:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAIL  {each.__name__}", flush=True)
            traceback.print_exc()
    print(f"{len(CHECKS) - failed} of {len(CHECKS)} hold, on {'PostgreSQL' if POSTGRES else 'SQLite'}")
    sys.exit(failed > 0)


main()
