"""The budget: never below what Slack counts, and cuts that leave whole sentences."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from slack_rules import budget

from assistant.slack.budget import LONGEST_SENTENCE, PASSAGE, cost, cut, escape, shorten, units
from assistant.slack.pieces import button, context, leaf, line, link, listed, preformatted, quote, rich, row
from corpus import sentences

TEXT = st.text(alphabet=st.sampled_from("ab.!? \nA1<&>。骨\u200b\u202e\U0001f9ec*_`"), max_size=400)


@given(TEXT.filter(str.strip), TEXT.filter(str.strip))
def test_the_cost_is_never_below_the_servers_estimate(first: str, second: str) -> None:
    """Whatever the texts, what we count of blocks is at least text plus 125 for each block and container."""
    blocks = [
        rich(
            "a",
            [
                line([leaf(first, bold=True), link(second, "https://example.invalid")]),
                quote(first),
                preformatted(second),
                listed([line([leaf(first)])]),
            ],
        ),
        context("b", [first, second]),
        row("c-0", [button("x", "A label", "What it does", "value")]),
    ]
    assert cost(blocks) >= budget(blocks)


@given(TEXT)
def test_the_length_is_that_of_utf_16(text: str) -> None:
    """A length counts letters outside the basic plane twice, and is never below the number of characters."""
    assert units(text) == len(text) + sum(letter > "\uffff" for letter in text)


@given(TEXT, st.integers(min_value=1, max_value=300))
def test_a_cut_passage_is_a_beginning_that_ends_at_a_sentence_end(text: str, most: int) -> None:
    """What is shown of a passage is the passage, or whole sentences from its start that fit, or its first sentence alone."""
    shown = cut(text, most)
    assert text.startswith(shown)
    if shown == text:
        return
    spans = sentences.spans(text)
    if not spans:  # nothing but white space, which no passage is
        assert shown == ""
        return
    assert shown == "" or len(shown) in {end for _, end in spans}
    assert units(shown) <= most or len(shown) == spans[0][1]
    assert shown != "" or units(text[: spans[0][1]]) > LONGEST_SENTENCE


def test_a_passage_that_fits_is_whole() -> None:
    """A passage up to the limit is shown to its last character."""
    text = "One sentence. " * 60
    assert cut(text.strip()) == text.strip()
    assert len(cut("A short one. " * 200)) <= PASSAGE


def test_a_hundred_thousand_characters_are_cut_at_a_sentence_end() -> None:
    """A very long passage keeps its first whole sentences; one endless sentence keeps none, so that none is cut in its middle."""
    text = ("The first of many sentences is here. " * 3000).strip()
    shown = cut(text)
    assert shown.endswith("is here.")
    assert 0 < len(shown) <= PASSAGE
    assert cut("x" * 100_000) == ""
    assert cut("word " * 20_000) == ""


def test_a_first_sentence_above_the_limit_stands_alone() -> None:
    """A first sentence that is longer than the limit but bearable is shown whole, without the next."""
    first = "A sentence that goes on " + "and on " * 150 + "to its end."
    assert cut(f"{first} Another one.") == first


@given(TEXT, st.integers(min_value=2, max_value=200))
def test_a_shortened_line_fits_and_says_that_it_was_shortened(text: str, most: int) -> None:
    """A shortened text is one line within the limit; where something was left out it ends in an ellipsis."""
    shown = shorten(text, most)
    assert units(shown) <= most
    assert "\n" not in shown
    assert shown.endswith("…") or shown == " ".join(text.split())


@given(TEXT)
def test_escaped_text_holds_no_opening_of_a_mention(text: str) -> None:
    """Escaped text has no angle bracket left, and its reader gets the text back."""
    escaped = escape(text)
    assert not set("<>") & set(escaped)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text
