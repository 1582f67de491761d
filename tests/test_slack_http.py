"""The bot by HTTP: signed requests only, each question once, stored before it is acknowledged, and how it stops."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("uvicorn", reason="needs firstpass[server]")
pytest.importorskip("prometheus_client", reason="needs firstpass[server]")

from http_bench import HttpBench
from slack_http import EVENTS, SECRET, request, signed
from slack_people import Envelope

QUESTION = "is IV BMC for knee OA real?"
KIND = {"Content-Type": "application/json"}
CHALLENGE = json.dumps({"type": "url_verification", "challenge": "synthetic challenge", "token": "x"})


def settled(bench: HttpBench) -> bool:
    """Whether an answer stands and no status does."""
    return bool(bench.slack.answers()) and bench.slack.statuses()[-1:] == [""]


def test_every_way_in_is_answered_by_http(tmp_path: Path) -> None:
    """A mention, a direct message, a command and a button come in by HTTP and are answered as by Socket Mode."""
    with HttpBench(tmp_path) as bench:
        slack = bench.slack
        slack.ask(QUESTION)
        slack.tell(QUESTION)
        slack.wait(lambda: len(slack.answers()) == 2)
        command = slack.slash(QUESTION)
        slack.wait(lambda: len(slack.responses) == 1)
        assert command.wait() < 3
        assert command.payload["response_type"] == "ephemeral"
        why = [
            element
            for block in slack.answers("C1")[0]["blocks"]
            for element in block.get("elements", [])
            if str(element.get("action_id", "")).startswith("firstpass_why")
        ]
        message = {**slack.answers("C1")[0], "channel": "C1"}
        assert slack.click(why[0], message).wait() >= 0
        slack.wait(lambda: slack.of("views.open"))
        assert slack.refused == []


def test_slack_s_questions_about_the_address_are_answered(tmp_path: Path) -> None:
    """url_verification gives the challenge back where it is signed; ssl_check is answered without a signature, and nothing else is."""
    with HttpBench(tmp_path) as bench:
        asked = request(bench.port, EVENTS, CHALLENGE, {**KIND, **signed(CHALLENGE)})
        assert (asked.status, json.loads(asked.body)["challenge"]) == (200, "synthetic challenge")
        assert request(bench.port, EVENTS, CHALLENGE, KIND).status == 401
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert request(bench.port, EVENTS, "ssl_check=1&token=x", form).status == 200
        assert request(bench.port, EVENTS, "ssl_check=0&token=x", form).status == 401


@pytest.mark.parametrize(
    "headers",  # made when the test runs, for a time that is early counts later
    [
        dict,
        lambda: {"X-Slack-Signature": "v0=1"},
        lambda: signed(CHALLENGE, secret="another"),  # noqa: S106 - the test's own
        lambda: signed(CHALLENGE, at=time.time() - 400),
        lambda: signed(CHALLENGE, at=time.time() + 400),
        lambda: signed(CHALLENGE + " "),
        lambda: {**signed(CHALLENGE), "X-Slack-Request-Timestamp": "yesterday"},
        lambda: {**signed(CHALLENGE), "X-Slack-Request-Timestamp": "\u0661".encode().decode("latin-1")},
        lambda: {**signed(CHALLENGE), "X-Slack-Signature": "v0=\u00e9"},
        lambda: {**signed(CHALLENGE), "X-Slack-Signature": ""},
    ],
    ids=[
        "none",
        "no time",
        "wrong",
        "old",
        "early",
        "another body",
        "no number",
        "odd digits",
        "odd",
        "empty",
    ],
)
def test_what_slack_did_not_sign_is_refused(tmp_path: Path, headers: Callable[[], dict[str, str]]) -> None:
    """A signature that is missing, wrong, old, early or of something else is told 401, and nothing comes in."""
    with HttpBench(tmp_path) as bench:
        assert request(bench.port, EVENTS, CHALLENGE, {**KIND, **headers()}).status == 401
        assert bench.get("/healthz").status == 200


def test_a_signature_of_four_minutes_ago_counts(tmp_path: Path) -> None:
    """Within five minutes a signature counts."""
    with HttpBench(tmp_path) as bench:
        headers = {**KIND, **signed(CHALLENGE, at=time.time() - 240)}
        assert request(bench.port, EVENTS, CHALLENGE, headers).status == 200


def test_a_large_body_is_not_read(tmp_path: Path) -> None:
    """A body over the limit is refused by what its length says, before a byte of it is sent, and one without a signature as unsigned."""
    with HttpBench(tmp_path) as bench:
        large = {"Content-Length": str(50 * 1024 * 1024), **KIND}
        assert request(bench.port, EVENTS, b"", {**large, **signed("")}).status == 413
        assert request(bench.port, EVENTS, b"", large).status == 401


def test_what_is_not_json_or_not_utf_8_is_no_fault_of_the_bot(tmp_path: Path) -> None:
    """A signed body that is no JSON, and one that is no text, are refused, and the next question is answered."""
    with HttpBench(tmp_path) as bench:
        assert request(bench.port, EVENTS, "{no json", {**KIND, **signed("{no json")}).status == 400
        assert request(bench.port, EVENTS, b"\xff\xfe", {**KIND, **signed("x")}).status == 401
        bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)


def test_other_paths_and_methods_are_told_so(tmp_path: Path) -> None:
    """What is not served is 404, another method 405 with the one that is; HEAD is as GET without a body."""
    with HttpBench(tmp_path) as bench:
        assert bench.get("/").status == 404
        assert bench.get("/slack/events").status == 405
        assert request(bench.port, "POST /healthz").status == 405
        head = request(bench.port, "HEAD /readyz")
        assert (head.status, head.body) == (200, "")


def test_a_question_sent_again_is_answered_once(tmp_path: Path) -> None:
    """A mention's two events, each sent again three times with Slack's retry headers, make one answer."""
    with HttpBench(tmp_path) as bench:
        bench.slack.ask(QUESTION)
        bench.slack.redeliver(3)
        bench.slack.wait(lambda: settled(bench))
        bench.quiet()
        assert len(bench.slack.of("chat.postMessage")) == 1
        assert {told.status for _, _, told in bench.slack.tries} == {200}


def test_what_cannot_be_stored_is_sent_again(tmp_path: Path) -> None:
    """Where the database fails, Slack is told 500, sends again, and the question is answered once when it can be stored; a command is told failed."""
    with HttpBench(tmp_path) as bench:
        assert bench.bot
        broken = bench.bot.inbox.database
        bench.bot.inbox.database = None  # type: ignore[assignment] # a database that fails at every touch
        envelope = bench.slack.event(
            {
                "type": "app_mention",
                "user": "U1",
                "text": QUESTION,
                "ts": "1.1",
                "channel": "C1",
                "event_ts": "1.1",
            }
        )
        command = bench.slack.slash(QUESTION)
        bench.slack.wait(lambda: bench.slack.told(envelope)[:2] == [500, 500])
        bench.slack.wait(lambda: bench.slack.told(command) == [500])
        command.done.set()  # Slack does not send a command twice
        bench.bot.inbox.database = broken
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        bench.quiet()
        assert bench.slack.told(envelope)[-1] == 200
        assert len(bench.slack.of("chat.postMessage")) == 1


def test_twenty_questions_in_flight_are_acknowledged_in_time(tmp_path: Path) -> None:
    """With twenty slow questions in flight each is taken within Slack's three seconds, before most are answered, and all are answered."""
    with HttpBench(tmp_path) as bench:
        bench.answering.seconds = 0.1
        bench.slack.delays["assistant.threads.setStatus"] = 0.2
        for number in range(20):
            bench.slack.ask(f"{QUESTION} {number}")
        command = bench.slack.slash(QUESTION)
        every: list[Envelope] = [*bench.slack.envelopes.values(), command]
        assert all(one.wait(3) < 3 for one in every)
        assert len(bench.slack.answers()) < 20
        bench.slack.wait(lambda: len(bench.slack.answers()) == 20 and bench.slack.responses, 30)


def test_it_is_ready_no_longer_before_it_stops(tmp_path: Path) -> None:
    """Asked to stop in the middle of a search it says 503 first, still takes in for a while, answers what it took, then ends."""
    with HttpBench(tmp_path, leave=0.6) as bench:
        begun, slack = threading.Event(), bench.slack
        bench.answering.before = begun.set
        bench.answering.seconds = 0.3
        assert bench.get("/readyz").body.strip() == "ready"
        slack.ask(QUESTION)
        assert begun.wait(5)
        stopping = threading.Thread(target=bench.stop)
        port = bench.port
        stopping.start()
        deadline = time.monotonic() + 5
        while request(port, "GET /readyz").status != 503 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert request(port, "GET /readyz").body.strip() == "stopping"
        assert request(port, "GET /healthz").status == 200
        body = json.dumps({"type": "event_callback", "team_id": "T1", "event": {"type": "reaction_added"}})
        assert request(port, EVENTS, body, {**KIND, **signed(body)}).status == 200
        stopping.join(20)
        assert len(slack.answers()) == 1
        assert slack.statuses()[-1] == ""
        assert request(port, "GET /healthz").status == 0


def test_two_bots_behind_a_balancer_answer_each_question_once(tmp_path: Path) -> None:
    """Of two bots over one database, to which requests go in turn, each question is answered by one."""
    with HttpBench(tmp_path) as one, HttpBench(tmp_path, one.slack) as other:
        for number in range(6):
            one.slack.ask(f"{QUESTION} {number}")
        one.slack.wait(lambda: len(one.slack.answers()) == 6)
        one.quiet()
        assert len(one.slack.of("chat.postMessage")) == 6
        assert len(one.slack.ports) == 2
        assert other.get("/readyz").status == 200


def test_the_secret_is_in_no_text_of_the_settings(tmp_path: Path) -> None:
    """Settings printed or logged do not show the secret."""
    with HttpBench(tmp_path) as bench:
        assert SECRET not in repr(bench.settings)
