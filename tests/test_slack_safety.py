"""Safety: identifiers are seen by nobody, bots and loops are ignored, and only who may be answered is answered."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_bench import Bench
from slack_stand_in import BOT, BOT_ID, SlackStandIn

from assistant.errors import SettingsError
from assistant.slack.incoming import Asked, Removed, read_event
from assistant.slack.logs import PlaceOnly, kind_of
from assistant.slack.settings import read_settings

QUESTION = "is IV BMC for knee OA real?"
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that is logged, by anybody, as the bot would write it; down to the last detail."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlaceOnly())
    root = logging.getLogger()
    root.addHandler(handler)
    levels = {name: logging.getLogger(name).level for name in ("", "firstpass", "slack_sdk", "slack_bolt")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.INFO)
    try:
        yield stream
    finally:
        root.removeHandler(handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def sent(slack: SlackStandIn) -> str:
    """All that the bot sent to Slack."""
    calls = [(one.method, one.args) for one in slack.calls]
    return json.dumps(
        [calls, slack.responses, [one.payload for one in slack.envelopes.values()]], default=str
    )


CANARIES = (
    "MRN 7734{0:04d}",
    "SSN 521-44-{0:04d}",
    "call 415-555-{0:04d}",
    "canary{0:04d}@example.org",
    "DOB 03/14/19{1:02d}",
    "Mr. Quentin Zuberbühler{0:04d}",
)
SECRETS = ("7734{0:04d}", "521-44-{0:04d}", "555-{0:04d}", "canary{0:04d}", "03/14/19{1:02d}", "Zuberbühler")


@pytest.mark.parametrize("messages", [30, pytest.param(500, marks=pytest.mark.slow)])
def test_canary_identifiers_appear_nowhere(tmp_path: Path, messages: int) -> None:
    """Of identifiers in messages that come in by every way, edited and followed up, none is in a log line, file, table or call."""
    with logged() as log, Bench(tmp_path, workers=4, waiting=1000) as bench:
        slack = bench.slack
        for number in range(messages):
            canary = " ".join(CANARIES).format(number, number % 90 + 10)
            text = f"{canary} {QUESTION}"
            way = number % 5
            if way == 0:
                ts = slack.ask(text)
                slack.ask(f"{canary} and for hip OA?", thread=ts)
            elif way == 1:
                slack.tell(text)
            elif way == 2:
                slack.slash(text)
            elif way == 3:
                shown = {"ts": slack.next_ts(), "channel": "C1", "text": text, "user": "U2"}
                slack.shortcut("evidence_for_message", shown)
            else:
                ts = slack.ask(QUESTION)
                slack.edit("C1", ts, f"<@{BOT}> {text}")
        bench.quiet()
        slack.redeliver()
        bench.quiet()
        assert len(slack.answers()) >= messages * 18 // 30
        assert len(slack.responses) >= messages * 12 // 30
        written = sent(slack) + log.getvalue()
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    asked = str(bench.answering.asked)
    for number in range(messages):
        for secret in SECRETS:
            canary = secret.format(number, number % 90 + 10)
            assert canary not in written
            assert canary not in asked
            assert not any(canary.encode() in content for content in files)


def test_half_an_identifier_at_a_cut_is_let_go() -> None:
    """Wherever a paste is too long and is cut, no piece of an identifier at the cut is kept."""
    for shift in range(12):
        text = "x" * (7995 - shift) + " MRN 7734123 and more"
        event = {"type": "message", "channel": "D1", "user": "U1", "ts": "1.1", "text": text}
        read = read_event({"team_id": "T1", "event": event}, BOT)
        assert isinstance(read, Asked)
        assert "77" not in read.text


def test_only_the_asker_is_told_what_was_masked(tmp_path: Path) -> None:
    """In a channel the kinds masked are whispered to the asker, and the public answer says nothing of them."""
    with Bench(tmp_path) as bench:
        bench.slack.ask(f"Mr. John Smith, MRN 7734000: {QUESTION}")
        bench.slack.wait(lambda: bench.slack.of("chat.postEphemeral"))
        hint = bench.slack.of("chat.postEphemeral")[0].args
        assert hint["user"] == "U1"
        assert "mrn" in hint["text"]
        assert "Masked" not in str(bench.slack.answers())


def test_questions_stand_in_no_log(tmp_path: Path) -> None:
    """Neither answers nor failures, of ours or of Slack's libraries, log a word of a question."""
    with logged() as log, Bench(tmp_path) as bench:
        word = "zyxwvutsrq"
        bench.slack.ask(f"{QUESTION} {word}")
        bench.slack.wait(bench.slack.answers)
        bench.answering.error = ValueError(word)
        bench.slack.ask(f"{QUESTION} {word} again")
        bench.slack.wait(lambda: len(bench.slack.answers()) == 2)
        bench.slack.event({"type": "no_such_event", "text": word}).wait()
        bench.slack.envelope(
            "interactive", {"type": "no_such_type", "text": word, "team": {"id": "T1"}}
        ).done.set()
        bench.quiet()
    assert "ValueError" in log.getvalue()
    assert word not in log.getvalue()
    logging.getLogger("slack_bolt").setLevel(logging.NOTSET)


def test_lines_of_other_libraries_keep_their_place_only() -> None:
    """A library's log line is written as where it was written and the kind of its error, without its words."""
    record = logging.LogRecord(
        "slack_bolt.App", logging.WARNING, "/x/app.py", 7, "body: %s", ("secret",), None
    )
    line = PlaceOnly().format(record)
    assert "secret" not in line
    assert "slack_bolt.App app" in line
    assert kind_of(ValueError("secret")) == "ValueError"


def test_bots_and_slackbot_are_ignored(tmp_path: Path) -> None:
    """Messages of bots, of Slackbot and of the bot itself are acknowledged and not answered."""
    with Bench(tmp_path) as bench:
        base = {"type": "message", "text": f"<@{BOT}> {QUESTION}", "channel": "D1", "channel_type": "im"}
        for number, extra in enumerate(
            (
                {"user": "U9", "bot_id": "B9"},
                {"bot_id": "B9", "subtype": "bot_message"},
                {"user": "USLACKBOT"},
                {"user": BOT, "bot_id": BOT_ID},
                {"user": "U1", "subtype": "channel_join"},
            )
        ):
            bench.slack.event({**base, "ts": f"1.{number}", **extra}).wait()
        bench.quiet()
        assert bench.slack.answers() == []


def test_a_loop_is_cut(tmp_path: Path) -> None:
    """Of many questions a minute in one thread, as a loop of two machines makes them, about twenty are answered and no more."""
    with Bench(tmp_path, workers=4) as bench:
        thread = bench.slack.ask(QUESTION)
        for _ in range(40):
            bench.slack.ask(QUESTION, thread=thread)
        bench.quiet()
        assert 20 <= len(bench.slack.answers()) < 30

        def told() -> int:
            return sum("new thread" in one.args["text"] for one in bench.slack.of("chat.postEphemeral"))

        bench.slack.wait(lambda: told() >= 1)
        assert told() == 1


def test_who_is_answered_where_is_a_setting(tmp_path: Path) -> None:
    """Channels, people and Slack Connect are answered as set; who is not answered is told so once, alone."""
    with Bench(tmp_path, channels=frozenset({"C1"}), people=frozenset({"U1"})) as bench:
        for number, (channel, user, outer) in enumerate(
            (
                ("C1", "U1", {}),
                ("C2", "U1", {}),
                ("C1", "U2", {}),
                ("C1", "U2", {}),
                ("C1", "U1", {"is_ext_shared_channel": True}),
            )
        ):
            event = {
                "type": "app_mention",
                "user": user,
                "channel": channel,
                "ts": f"1.{number}",
                "text": QUESTION,
            }
            bench.slack.event(event, **outer).wait()
        bench.quiet()
        assert [one["thread_ts"] for one in bench.slack.answers()] == ["1.0"]
        hints = [(one.args["channel"], one.args["user"]) for one in bench.slack.of("chat.postEphemeral")]
        assert sorted(hints) == [("C1", "U1"), ("C1", "U2"), ("C2", "U1")]


def test_slack_connect_is_answered_where_set(tmp_path: Path) -> None:
    """A channel shared with another organisation is answered only where the setting allows it."""
    with Bench(tmp_path, shared=True) as bench:
        event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.1", "text": QUESTION}
        bench.slack.event(event, is_ext_shared_channel=True)
        bench.slack.more_answers(0)


def test_the_environment_is_read_into_settings() -> None:
    """Tokens, lists, switches and numbers are read; Slack's address is the default."""
    settings = read_settings(
        {**TOKENS, "FIRSTPASS_CHANNELS": "C1, C2", "FIRSTPASS_FOLLOW_UP": "thread", "FIRSTPASS_STATE": "/s"}
    )
    assert settings.channels == {"C1", "C2"}
    assert settings.follow_up == "thread"
    assert settings.api_url == "https://slack.com/api/"
    assert "xoxb" not in repr(settings)


@pytest.mark.parametrize(
    "wrong",
    [
        {"SLACK_BOT_TOKEN": ""},
        {"SLACK_APP_TOKEN": "xoxb-1"},
        {"SLACK_API_URL": "http://example.org/api/"},
        {"SLACK_API_URL": "nonsense"},
        {"FIRSTPASS_FOLLOW_UP": "sometimes"},
        {"FIRSTPASS_WORKERS": "0"},
    ],
)
def test_a_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    """A setting that cannot work stops the start with a message that names it, and never repeats a token."""
    with pytest.raises(SettingsError) as caught:
        read_settings({**TOKENS, **wrong})
    assert next(iter(wrong)) in str(caught.value)
    assert "xoxb-1" not in str(caught.value)


def test_events_that_are_no_question_are_read_as_none() -> None:
    """A reply count, an unfurled link, a join and a channel's talk are no questions; a tombstone is a deletion."""
    message = {"type": "message", "user": "U1", "text": f"<@{BOT}> {QUESTION}", "ts": "1.1"}

    def read(**event: Any) -> Asked | Removed | None:
        return read_event(
            {"team_id": "T1", "event": {"type": "message", "channel": "C1", "ts": "2.2", **event}}, BOT
        )

    changed = {"subtype": "message_changed", "message": message, "previous_message": message}
    assert read(**changed) is None
    assert read(**{**changed, "message": {**message, "edited": {"ts": "3.3"}}}) is None
    assert read(user="U1", text="just talk") is None
    tombstone = {**message, "subtype": "tombstone"}
    assert isinstance(read(**{**changed, "message": tombstone}), Removed)
    edited = read(
        **{**changed, "message": {**message, "text": f"<@{BOT}> and hips?", "edited": {"ts": "3.3"}}}
    )
    assert isinstance(edited, Asked)
    assert edited.edited == "3.3"
