"""The message: fits, pings nobody, and keeps every passage with its citation, whatever the sources hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from slack_answers import STAMP, answer_of
from slack_rules import budget, pings, problems, quotes, shown, walk

from assistant.answer import Answer, Quote
from assistant.slack import actions
from assistant.slack.blocks import Rendered, message
from assistant.slack.passages import cited, fragment
from corpus import sentences
from corpus.vocabulary import Vocabulary, load_vocabulary

KEY = "k" * 40
EVERYDAY = 150
ALL = 1000


@pytest.fixture(scope="module")
def names() -> Vocabulary:
    """The vocabulary that ships."""
    return load_vocabulary()


@pytest.fixture(scope="module", params=[EVERYDAY, pytest.param(ALL, marks=pytest.mark.slow)])
def rendered(request: pytest.FixtureRequest, names: Vocabulary) -> list[tuple[Answer, Rendered]]:
    """Many answers over hostile sources, each with its message; a thousand in the slow proof."""
    answers = [answer_of(seed) for seed in range(request.param)]
    return [(one, message(one, names, key=KEY, private=at % 2 == 0)) for at, one in enumerate(answers)]


def test_no_message_would_be_refused(rendered: list[tuple[Answer, Rendered]]) -> None:
    """Of many answers over hostile sources, none makes an invalid block, in either form, or exceeds 40 blocks and 10,000 characters."""
    for _, one in rendered:
        for blocks in (one.blocks, one.simpler):
            assert problems(blocks, most=40) == []
            assert budget(blocks) <= 10_000


def test_nothing_of_a_source_pings(rendered: list[tuple[Answer, Rendered]]) -> None:
    """No message holds a mention, a broadcast or a channel, in its blocks, its notification or its plain text."""
    for _, one in rendered:
        assert pings(one.blocks, one.text, one.plain) == []
        assert pings(one.simpler) == []
        assert not any(
            node.get("type") in {"mrkdwn", "markdown"} for block in one.blocks for node in walk(block)
        )


def _is_start_of(words: str, quote: Quote) -> bool:
    """Whether the words are the quote, or whole sentences of its beginning."""
    ends = {end for _, end in sentences.spans(quote.text)}
    return words == quote.text or (quote.text.startswith(words) and len(words) in ends)


def test_every_passage_is_the_source_word_for_word(rendered: list[tuple[Answer, Rendered]]) -> None:
    """Each quoted stretch equals its source's slice, or a beginning of it that stops at a sentence end."""
    seen = 0
    for _, one in rendered:
        left = list(one.quotes)
        for words in quotes(one.blocks):
            match = next(quote for quote in left if _is_start_of(words, quote))
            passage = match.passage
            assert match.document.text[passage.start : passage.end].startswith(words)
            left.remove(match)
            seen += 1
    assert seen > len(rendered) / 2


def test_every_passage_is_directly_followed_by_its_citation(rendered: list[tuple[Answer, Rendered]]) -> None:
    """In the element after each passage stands its own citation, with its DOI and PMID whole and a link where there is one."""
    for _, one in rendered:
        blocks = [block for block in one.blocks if str(block.get("block_id")).startswith("passage-")]
        assert len(blocks) == len(one.quotes)
        for block, quote in zip(blocks, one.quotes, strict=True):
            below = block["elements"][-1]
            text = "".join(leaf["text"] for leaf in below["elements"])
            assert text.startswith(cited(quote.document))
            assert quote.document.citation.doi is None or quote.document.citation.doi in text
            assert quote.document.citation.pmid is None or f"PMID {quote.document.citation.pmid}" in text


def test_simpler_and_plain_keep_the_same_passages_and_citations(
    rendered: list[tuple[Answer, Rendered]],
) -> None:
    """Where Slack refuses the blocks, plain sections and then text alone still hold every passage and every citation."""
    for _, one in rendered:
        simple = shown(one.simpler)
        plain = one.plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for quote in one.quotes:
            assert cited(quote.document) in simple
            assert cited(quote.document) in plain
        for words in quotes(one.blocks):
            assert words in simple
            assert words in plain


def test_labels_stand_before_each_passage(rendered: list[tuple[Answer, Rendered]]) -> None:
    """A retracted source is said to be so in bold before its words, and its title never appears without that word before it."""
    for _, one in rendered:
        for block, quote in zip(
            (block for block in one.blocks if str(block.get("block_id")).startswith("passage-")),
            one.quotes,
            strict=True,
        ):
            if quote.document.status.value != "retracted":
                continue
            bold = "".join(
                leaf["text"]
                for container in block["elements"][:2]
                for leaf in container["elements"]
                if leaf.get("style", {}).get("bold")
            )
            assert "RETRACTED" in bold
            assert "RETRACTED: " in shown([block])


def test_the_notification_is_short_and_says_count_and_title(rendered: list[tuple[Answer, Rendered]]) -> None:
    """The notification has at most 300 characters and begins with the count of the first part."""
    for answer, one in rendered:
        assert 0 < len(one.text) <= 300
        assert one.text.startswith(answer.parts[0].statement[:20])
        if one.quotes:
            assert "Synthetic record" in one.text


def test_every_button_says_what_it_does_and_knows_no_question(
    rendered: list[tuple[Answer, Rendered]],
) -> None:
    """Every button has an accessible label, at most five stand in a row, and its value holds the answer's id and no text of the question."""
    for answer, one in rendered:
        for block in one.blocks:
            if block["type"] != "actions":
                continue
            assert len(block["elements"]) <= 5
            for button in block["elements"]:
                assert 0 < len(button["accessibility_label"]) <= 75
                pressed = actions.decode(button["value"])
                assert pressed is not None
                assert pressed.key == KEY
                assert answer.parts[pressed.part].part.text not in button["value"]
                assert "BMC" not in button["value"]


def test_action_ids_are_unique_in_a_message(rendered: list[tuple[Answer, Rendered]]) -> None:
    """No action id stands twice, and each is matched by exactly one kind of action."""
    kinds = [value for name, value in vars(actions).items() if name.isupper() and isinstance(value, str)]
    for _, one in rendered:
        ids = [node["action_id"] for block in one.blocks for node in walk(block) if "action_id" in node]
        assert len(ids) == len(set(ids))
        for one_id in ids:
            assert sum(bool(actions.matching(kind).match(one_id)) for kind in kinds) == 1


def test_more_shows_what_was_not_shown_until_nothing_is_left(names: Vocabulary) -> None:
    """Pressing "More passages" again and again shows every quote of a part once, numbered on."""
    for seed in range(8):
        answer = answer_of(seed)
        for part in range(len(answer.parts)):
            one = message(answer, names, key=KEY)
            seen = list(_of(answer, one, part))
            while one.shown[part] < len(answer.parts[part].quotes):
                before = one.shown[part]
                one = message(answer, names, key=KEY, more={part: before})
                assert problems(one.blocks, most=40) == []
                assert budget(one.blocks) <= 10_000
                assert one.shown[part] > before
                seen += one.quotes
            assert sorted(map(id, seen)) == sorted(map(id, answer.parts[part].quotes))


def _of(answer: Answer, one: Rendered, part: int) -> list[Quote]:
    return [quote for quote in one.quotes if any(quote is own for own in answer.parts[part].quotes)]


def test_the_count_comes_first_after_what_was_masked(names: Vocabulary) -> None:
    """The first block is the count, as a header; only the note on masked identifiers and the question may stand before it."""
    for seed in range(20):
        answer = answer_of(seed)
        blocks = message(answer, names, key=KEY).blocks
        if answer.masked:
            assert "Masked" in shown(blocks[:1])
            blocks = blocks[1:]
        if len(answer.parts) > 1:
            assert shown(blocks[:1]).startswith("Question 1")
            blocks = blocks[1:]
        assert blocks[0]["type"] == "header"
        assert shown(blocks[:1]).strip() == answer.parts[0].statement


def test_a_count_too_long_for_a_header_stands_in_bold(names: Vocabulary) -> None:
    """A count that a header does not hold is whole, in bold, in the same place."""
    answer = answer_of(1)
    long = replace(answer.parts[0], statement="1 of 2 studies match " + "a facet · " * 30)
    blocks = message(replace(answer, parts=(long,), masked=()), names, key=KEY).blocks
    leaf = blocks[0]["elements"][0]["elements"][0]
    assert leaf["style"] == {"bold": True}
    assert leaf["text"] == " ".join(long.statement.split())


def test_the_footer_says_store_size_date_and_advice(names: Vocabulary) -> None:
    """The last block names the store's version and date, the number of studies, and that no advice is given."""
    last = shown(message(answer_of(1), names, key=KEY).blocks[-1:])
    for words in ("01234567", "2000-01-02", "95 studies", "does not advise"):
        assert words in last


def test_more_questions_than_fit_are_said(names: Vocabulary) -> None:
    """Where a message has more questions than fit, the message says how many are left out."""
    one = answer_of(3)
    answer = replace(one, parts=one.parts[:1] * 60, store=STAMP)
    rendered = message(answer, names, key=KEY)
    assert "more questions were asked" in shown(rendered.blocks[-1:])
    assert problems(rendered.blocks, most=40) == []


def test_a_text_fragment_names_the_first_and_last_words() -> None:
    """The link to a web page opens it at the quoted words, with what the fragment's grammar reserves escaped."""
    text = "One two, three-four five six & seven eight nine ten eleven."
    assert fragment("https://example.invalid/p", text) == (
        "https://example.invalid/p#:~:text=One%20two%2C%20three%2Dfour%20five%20six,seven%20eight%20nine%20ten%20eleven."
    )
    assert fragment("https://example.invalid/p#a", "One.") == "https://example.invalid/p#a:~:text=One."


def test_an_answer_without_a_part_is_still_a_message(names: Vocabulary) -> None:
    """Where a message held nothing to answer, what is posted is valid and not empty in any form."""
    rendered = message(replace(answer_of(1), parts=(), masked=()), names, key=KEY)
    assert problems(rendered.blocks) == []
    assert problems(rendered.simpler) == []
    assert rendered.text
    assert rendered.plain
