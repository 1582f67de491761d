"""Ways in: mention, direct message, command, shortcuts, Home; and what threads, edits, deletions and buttons do."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from answer_material import word_answerer
from click.testing import CliRunner
from slack_bench import Bench
from slack_rules import walk
from slack_stand_in import BOT
from state_material import given_of

from assistant.answering import Answerer
from assistant.commands.feedback import command as feedback
from assistant.slack import actions
from corpus.library import starter_library

QUESTION = "is IV BMC for knee OA real?"
PROMPTS = "assistant.threads.setSuggestedPrompts"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The starter library, indexed with the word encoder."""
    return word_answerer(starter_library(), tmp_path_factory.mktemp("stores"))


def buttons(message: dict[str, Any], action: str) -> list[dict[str, Any]]:
    """The buttons of one kind in a message or view."""
    nodes = [node for block in message["blocks"] for node in walk(block)]
    return [dict(node) for node in nodes if actions.matching(action).match(str(node.get("action_id", "")))]


def answered(bench: Bench, *, direct: bool = False) -> dict[str, Any]:
    """A message with an answer, asked in a channel or a direct message."""
    before = len(bench.slack.answers())
    ask = bench.slack.tell if direct else bench.slack.ask
    ask(QUESTION)
    bench.slack.more_answers(before)
    bench.quiet(0)
    return bench.slack.answers()[-1]


def more(bench: Bench, shown: int) -> bool:
    """Whether more than so many messages were shown to one person."""
    return len(bench.slack.of("chat.postEphemeral")) > shown


def facets(bench: Bench) -> dict[str, tuple[str, ...]]:
    """The facets of the reading answered last."""
    return {name: values for name, values in bench.answering.readings[-1].parts[0].facets.items() if values}


def test_a_direct_message_is_answered_in_its_thread(tmp_path: Path) -> None:
    """A top-level direct message is answered in a thread under it; one of the older threaded view in its thread."""
    with Bench(tmp_path) as bench:
        top = bench.slack.tell(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        thread = bench.slack.post_as("U1", "D1", "started")
        bench.slack.tell(QUESTION, thread=thread)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 2)
        assert [one["thread_ts"] for one in bench.slack.answers()] == [top, thread]


def test_the_command_answers_in_private_and_can_be_shared_once(tmp_path: Path) -> None:
    """`/evidence` answers the asker alone; "Share in channel" posts the same answer in the channel, once."""
    with Bench(tmp_path) as bench:
        bench.slack.slash(QUESTION).wait()
        bench.slack.wait(lambda: bench.slack.responses)
        _, answer = bench.slack.responses[0]
        assert answer["response_type"] == "ephemeral"
        assert bench.slack.answers() == []
        (share,) = buttons(answer, actions.SHARE)
        shown = {"ts": "1.1", "channel": "C1", "ephemeral": True}
        for _ in range(2):
            bench.slack.click(share, shown).wait()
        bench.slack.wait(lambda: bench.slack.answers() and len(bench.slack.responses) == 2)
        (shared,) = bench.slack.answers()
        assert shared["channel"] == "C1"
        assert buttons(shared, actions.SHARE) == []
        assert "already" in bench.slack.responses[1][1]["text"]


def test_a_failing_response_url_does_not_lose_a_private_answer(tmp_path: Path) -> None:
    """A response_url that asks to wait, and one that has expired, are followed by the answer all the same, in private."""
    with Bench(tmp_path) as bench:
        bench.slack.limit("response_url", 1)
        bench.slack.slash(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.responses) == 1)
        bench.quiet(0)
        bench.slack.fail("response_url", "expired_url", times=9, status=404)
        bench.slack.slash(QUESTION)
        bench.slack.wait(lambda: bench.slack.of("chat.postEphemeral"))
        assert bench.slack.of("chat.postEphemeral")[0].args["user"] == "U1"
        assert bench.slack.answers() == []


def test_the_command_helps_and_tells_its_status(tmp_path: Path) -> None:
    """Without a question the command says how to ask, and `status` what is searched; nothing is searched."""
    with Bench(tmp_path) as bench:
        for word, said in (("", "example"), ("help", "example"), ("status", "studies")):
            envelope = bench.slack.slash(word)
            envelope.wait()
            assert said in envelope.payload["text"]
        assert bench.answering.asked == []


def test_a_message_can_be_looked_up_by_its_shortcut(tmp_path: Path) -> None:
    """The message shortcut answers, in private, the text of the message it was chosen on."""
    with Bench(tmp_path) as bench:
        shown = {"ts": "1.1", "channel": "C1", "text": "What of PRP for hip OA?", "user": "U2"}
        bench.slack.shortcut("evidence_for_message", shown).wait()
        bench.slack.wait(lambda: bench.slack.responses)
        assert bench.answering.asked[0][0] == "What of PRP for hip OA?"
        assert bench.slack.answers() == []


def test_the_form_asks_with_its_filters_and_answers_in_direct_messages(tmp_path: Path) -> None:
    """The global shortcut opens the form; what is entered is answered in the person's direct messages, filters read as facets."""
    with Bench(tmp_path) as bench:
        bench.slack.shortcut("evidence_ask").wait()
        bench.slack.wait(lambda: bench.slack.of("views.open"))
        view = bench.slack.of("views.open")[0].args["view"]
        empty = bench.slack.submit(view, {})
        empty.wait()
        assert empty.payload["response_action"] == "errors"
        values = {
            "question": {"question": {"value": "BMC for knee osteoarthritis?"}},
            "filter-species": {"species": {"selected_options": [{"value": "human"}]}},
            "filter-route": {"route": {"selected_options": [{"value": "intravenous"}]}},
        }
        bench.slack.submit({**view, "id": "V2"}, values).wait()
        bench.slack.wait(bench.slack.answers)
        assert bench.slack.answers()[0]["channel"] == "U1"
        assert facets(bench)["species"] == ("human",)
        assert facets(bench)["route"] == ("intravenous",)
        assert "knee-osteoarthritis" in facets(bench)["condition"]


def test_opening_the_bot_shows_home_and_prompts(tmp_path: Path, real: Answerer) -> None:
    """The Home tab is published; the prompts, without a thread in the agent view, are questions that the store has studies for."""
    with Bench(tmp_path, real=real) as bench:
        bench.slack.open_home("home").wait()
        bench.slack.open_home("messages").wait()
        bench.slack.wait(lambda: bench.slack.of("views.publish") and bench.slack.of(PROMPTS))
        assert bench.slack.refused == []
        args = bench.slack.of(PROMPTS)[0].args
        assert "thread_ts" not in args
        assert 1 <= len(args["prompts"]) <= 4
        for prompt in args["prompts"]:
            assert real.answer(prompt["message"]).parts[0].outcome == "direct"
        bench.slack.event(
            {
                "type": "assistant_thread_started",
                "assistant_thread": {"user_id": "U1", "channel_id": "D1", "thread_ts": "1.1", "context": {}},
                "event_ts": "1.1",
            }
        ).wait()
        bench.slack.wait(lambda: len(bench.slack.of(PROMPTS)) == 2)
        assert bench.slack.of(PROMPTS)[1].args["thread_ts"] == "1.1"


def test_every_button_of_a_real_answer_works(tmp_path: Path, real: Answerer) -> None:
    """Each button of an answer of the starter library, and of what these buttons open, gives what Slack takes; nothing fails."""
    with Bench(tmp_path, real=real) as bench:
        message = answered(bench, direct=True)
        elements = [
            dict(node) for block in message["blocks"] for node in walk(block) if node.get("type") == "button"
        ]
        assert len(elements) > 5
        for element in elements:
            seen = len(bench.slack.calls)
            bench.slack.click(element, message).wait()
            bench.slack.more_calls(seen)
        assert bench.slack.refused == []
        assert "fault in firstpass" not in str([one.args for one in bench.slack.calls])
        for one in bench.slack.answers()[1:]:
            assert one["thread_ts"] == message["thread_ts"]


def test_more_passages_are_others(tmp_path: Path, real: Answerer) -> None:
    """The button “More passages” shows passages of documents that were not shown before, and pressed again the next."""
    with Bench(tmp_path, real=real) as bench:
        message = answered(bench, direct=True)
        shown: list[str] = []
        for _ in range(3):
            found = buttons(message, actions.MORE)
            if not found:
                break
            before = len(bench.slack.answers())
            bench.slack.click(found[0], message).wait()
            bench.slack.more_answers(before)
            message = bench.slack.answers()[-1]
        for one in bench.slack.answers():
            spots = [actions.decode(button["value"]) for button in buttons(one, actions.CONTEXT)]
            shown += [spot.document for one in spots if one and (spot := actions.read_spot(one.argument))]
        assert len(shown) == len(set(shown))


def test_a_follow_up_inherits_in_its_thread(tmp_path: Path) -> None:
    """A follow-up is answered with the thread's earlier questions: read again where Slack allows, else from how they were read."""
    with Bench(tmp_path) as bench:
        root = bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        bench.slack.tell("unrelated talk about IM steroids", channel="C1", user="U2", thread=root)
        bench.slack.ask("and for hip OA?", thread=root)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 2)
        assert bench.answering.asked[-1][1] == (QUESTION,)
        bench.quiet(0)
        bench.slack.missing.add("conversations.replies")
        bench.slack.ask("and in rats?", thread=root)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 3)
        assert facets(bench)["route"] == ("intravenous",)
        assert "steroids" not in str(bench.answering.asked)


def test_a_reply_without_a_mention_is_a_question_only_where_set(tmp_path: Path) -> None:
    """In channels a reply in an answered thread counts by setting only; in direct messages always."""
    for follow_up, expected in (("mention", 1), ("thread", 2)):
        with Bench(tmp_path / follow_up, follow_up=follow_up) as bench:
            root = bench.slack.ask(QUESTION)
            bench.slack.more_answers(0)
            bench.slack.tell("and for hip OA?", channel="C1", thread=root)
            bench.slack.tell("talk elsewhere", channel="C1")
            bench.quiet()
            assert len(bench.slack.answers()) == expected


def test_an_edit_changes_the_same_message_once(tmp_path: Path) -> None:
    """An edited question, of which Slack tells twice and then again, changes its answer by one update and posts nothing."""
    with Bench(tmp_path) as bench:
        ts = bench.slack.ask(QUESTION)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        bench.quiet(0)
        bench.slack.edit("C1", ts, f"<@{BOT}> and PRP for hip OA?", mention=True)
        bench.slack.wait(lambda: bench.slack.of("chat.update"))
        bench.slack.redeliver(2)
        bench.quiet()
        assert len(bench.slack.of("chat.update")) == 1
        assert len(bench.slack.of("chat.postMessage")) == 1
        assert bench.slack.of("chat.update")[0].args["ts"] == bench.slack.answers()[0]["ts"]
        assert "hip" in bench.answering.asked[-1][0]
        assert bench.slack.statuses()[-1] == ""


def test_a_mention_added_by_an_edit_is_answered_once(tmp_path: Path) -> None:
    """A message that names the bot only after an edit is answered once, though Slack tells of it twice."""
    with Bench(tmp_path) as bench:
        ts = bench.slack.post_as("U1", "C1", QUESTION)
        bench.slack.edit("C1", ts, f"<@{BOT}> {QUESTION}", mention=True)
        bench.slack.wait(lambda: len(bench.slack.answers()) == 1)
        bench.quiet()
        assert len(bench.slack.answers()) == 1


def test_a_deleted_question_takes_its_answer_along(tmp_path: Path) -> None:
    """Deleting a question deletes its answer; deleting it while it is searched posts none; a thread's tombstone counts as deletion."""
    with Bench(tmp_path) as bench:
        slack = bench.slack
        first, second = slack.ask(QUESTION), slack.ask(QUESTION)
        slack.wait(lambda: len(slack.answers()) == 2)
        bench.quiet(0)
        slack.remove("C1", first)
        message = slack.find("C1", second)
        slack.changed("C1", {**message, "subtype": "tombstone", "text": "This message was deleted."}, message)
        slack.wait(lambda: slack.answers() == [])
        bench.answering.seconds = 0.4
        third = slack.ask(QUESTION)
        slack.wait(lambda: len(bench.answering.asked) == 3)
        slack.remove("C1", third)
        slack.wait(lambda: slack.statuses()[-1] == "")
        bench.quiet()
        assert slack.answers() == []
        assert slack.statuses()[-1] == ""


def test_a_rung_lets_its_facet_go(tmp_path: Path, real: Answerer) -> None:
    """A rung's button answers, to who pressed it alone, the question without that facet, and its own buttons work."""
    with Bench(tmp_path, real=real) as bench:
        message = answered(bench)
        for rung in buttons(message, actions.RUNG):
            pressed = actions.decode(rung["value"])
            assert pressed
            before = len(bench.slack.of("chat.postEphemeral"))
            bench.slack.click(rung, message, user="U7").wait()
            bench.slack.wait(partial(more, bench, before))
            shown = bench.slack.of("chat.postEphemeral")[-1].args
            assert shown["user"] == "U7"
            assert shown["thread_ts"] == message["thread_ts"]
            assert bench.bot
            mine = actions.decode(buttons(shown, actions.NOT_HELPFUL)[0]["value"])
            again = bench.bot.parts.given.find(mine.key) if mine else None
            assert again
            assert not set(pressed.argument.split("+")) & set(again.parts[0]["facets"])
            assert "studies match" in shown["text"]
        assert buttons(message, actions.RUNG)
        assert len(bench.slack.answers()) == 1


def test_another_sense_is_read_in_place_of_the_first(tmp_path: Path, real: Answerer) -> None:
    """The button of another sense answers, in a direct message's thread, the question with that sense."""
    with Bench(tmp_path, real=real) as bench:
        message = answered(bench, direct=True)
        found = buttons(message, actions.SENSE)
        assert found
        bench.slack.click(found[0], message).wait()
        bench.slack.more_answers(1)
        again = bench.slack.answers()[1]
        assert again["thread_ts"] == message["thread_ts"]
        assert again["text"] != message["text"]


def test_feedback_is_kept_without_the_question_unless_allowed(tmp_path: Path) -> None:
    """One row a person and answer, with reading, passages, scores and store version; the question's text only where ticked."""
    with Bench(tmp_path) as bench:
        message = answered(bench)
        bench.slack.click(buttons(message, actions.NOT_HELPFUL)[0], message).wait()
        bench.slack.wait(lambda: bench.slack.of("views.open"))
        view = bench.slack.of("views.open")[0].args["view"]
        assert bench.bot
        given = given_of(bench.bot.inbox)
        reasons = {
            "reasons": {"reasons": {"selected_options": [{"value": "wrong-route"}, {"value": "missing"}]}}
        }
        paper = {"paper": {"paper": {"value": "19099374"}}}
        keep = {"keep": {"keep": {"selected_options": [{"value": "keep"}]}}}
        bench.slack.submit(view, reasons | paper).wait()
        bench.slack.wait(lambda: len(list(given.verdicts())) == 1)
        (row,) = given.verdicts()
        assert row["reasons"] == ["wrong-route", "missing"]
        assert row["paper"] == "19099374"
        assert row["question"] is None
        assert row["version"]
        assert row["reading"][0]["facets"]["route"] == ["intravenous"]
        assert {"document", "start", "end", "score"} <= set(row["passages"][0])
        assert "U1" not in json.dumps(row)
        bench.slack.submit(view, reasons | keep).wait()
        bench.slack.wait(lambda: [one["question"] for one in given.verdicts()] == [QUESTION])
        bench.slack.submit(view, reasons | keep, user="U2").wait()
        bench.slack.wait(lambda: len(list(given.verdicts())) == 2)
        given_to = {"FIRSTPASS_STATE": str(tmp_path)}
        listed = CliRunner(env=given_to).invoke(feedback, ["list", "--json"], catch_exceptions=False)
        assert [(one["reason"], one["people"]) for one in json.loads(listed.stdout)] == [
            ("missing", 2),
            ("wrong-route", 2),
        ]


def test_buttons_of_a_forgotten_answer_say_so(tmp_path: Path) -> None:
    """A button whose answer is no longer known tells its person to ask again."""
    with Bench(tmp_path) as bench:
        message = {"ts": "1.1", "channel": "C1", "blocks": []}
        action = {"action_id": actions.WHY, "type": "button", "value": actions.encode("nosuchkey", 0)}
        bench.slack.click(action, message).wait()
        bench.slack.wait(lambda: bench.slack.of("chat.postEphemeral"))
        assert "ask again" in bench.slack.of("chat.postEphemeral")[0].args["text"]


def test_every_envelope_is_acknowledged(tmp_path: Path) -> None:
    """Events, buttons and views that nothing is done for are acknowledged all the same, so that Slack sends none again."""
    with Bench(tmp_path) as bench:
        bench.slack.event({"type": "app_context_changed", "context": {}}).wait()
        bench.slack.event(
            {"type": "message", "channel": "C1", "user": "U1", "text": "talk", "ts": "1.1"}
        ).wait()
        bench.slack.click(
            {"action_id": "link", "type": "button", "url": "https://example.org"},
            {"ts": "1", "channel": "C1"},
        ).wait()
