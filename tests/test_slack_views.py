"""The views: within Slack's limits for whatever is in a document, and nothing of a passage or an entry lost."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_answers import STAMP, answer_of, document_of, labels_of
from slack_rules import budget, pings, problems, shown, view_problems, walk

from assistant.answer import Sources
from assistant.slack import actions, forms, studies, views
from assistant.slack.actions import Spot
from assistant.slack.face import documents_of
from corpus.document import Document
from corpus.vocabulary import Vocabulary, load_vocabulary

KEY = "k" * 40
SEEDS = range(60)


@pytest.fixture(scope="module")
def names() -> Vocabulary:
    """The vocabulary that ships."""
    return load_vocabulary()


class Shelf:
    """A store of synthetic documents, made when they are asked for."""

    def document(self, identifier: str) -> Document:
        """A document of that id."""
        made = document_of(random.Random(identifier), 7)  # noqa: S311 - repeatable tests need no secrets
        return replace(made, id=identifier)

    def labels(self, identifier: str) -> Any:
        """Its labels."""
        return labels_of(random.Random(identifier))  # noqa: S311 - repeatable tests need no secrets


@pytest.mark.parametrize("seed", SEEDS)
def test_every_page_of_a_passage_fits_and_no_character_is_lost(seed: int) -> None:
    """Over all pages of a document, up to 100,000 characters, each view is valid and the pages together are the stored text."""
    document = document_of(random.Random(seed), seed)  # noqa: S311 - repeatable tests need no secrets
    body = document.sections[1]
    spot = Spot(document.id, body.start, body.end)
    pages = views.pages_of(document.text)
    text = ""
    for page in range(len(pages)):
        view = views.passage_view(document, spot, key=KEY, page=page)
        assert view_problems(view) == []
        assert budget(view["blocks"]) <= 10_000
        assert pings(view["blocks"]) == []
        stretches = view["blocks"][1]["elements"]
        ours = {"The passage quoted:", "The text goes on:"}
        text += "".join(
            leaf["text"] for one in stretches for leaf in one["elements"] if leaf["text"] not in ours
        )
    assert text == document.text


def test_a_passage_is_quoted_in_its_context(names: Vocabulary) -> None:
    """The passage alone stands in the quote, on the page where it begins, with the citation above it."""
    answer = next(one for one in map(answer_of, range(50)) if any(part.quotes for part in one.parts))
    quote = next(part.quotes[0] for part in answer.parts if part.quotes)
    start = quote.passage.start
    end = min(quote.passage.end, start + 20)
    view = views.passage_view(quote.document, Spot(quote.document.id, start, end), key=KEY)
    nodes = [node for block in view["blocks"] for node in walk(block)]
    quoted = [one["elements"][0]["text"] for one in nodes if one.get("type") == "rich_text_quote"]
    assert quoted == [quote.document.text[start:end]]
    assert quote.document.citation.title[:30] in shown(view["blocks"][:1])


def test_a_place_beyond_a_changed_text_still_opens() -> None:
    """Where a document became shorter since the answer, the view still opens, without a quote."""
    document = document_of(random.Random(1), 1)  # noqa: S311 - repeatable tests need no secrets
    view = views.passage_view(document, Spot(document.id, 10**9, 10**9 + 5), key=KEY)
    assert view_problems(view) == []


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="ab. \n\U0001f9ec骨。", max_size=3000), st.integers(min_value=100, max_value=900))
def test_pages_are_the_text_in_order(text: str, size: int) -> None:
    """The pages follow each other without a gap or an overlap, none longer than its size, none empty but of an empty text."""
    pages = views.pages_of(text, size)
    assert "".join(text[start:end] for start, end in pages) == text
    assert all(len(text[start:end].encode("utf-16-le")) // 2 <= size for start, end in pages)
    assert all(start < end for start, end in pages) or not text


def test_buttons_of_pages_lead_to_pages(names: Vocabulary) -> None:
    """Each button of a long document's view names a page that exists and the same place."""
    document = document_of(random.Random(3), 3)  # noqa: S311 - repeatable tests need no secrets
    document = replace(document, text=document.text + " More words follow here." * 2000)
    spot = Spot(document.id, 2, 9)
    view = views.passage_view(document, spot, key=KEY, part=2, page=3)
    buttons = [node for block in view["blocks"] for node in walk(block) if node.get("type") == "button"]
    assert len(buttons) == 3
    for button in buttons:
        pressed = actions.decode(button["value"])
        assert pressed is not None
        assert (pressed.key, pressed.part) == (KEY, 2)
        page = actions.read_page(pressed.argument)
        assert page is not None
        assert page[1] == spot
        assert 0 <= page[0] < len(views.pages_of(document.text))


@pytest.mark.parametrize("seed", SEEDS)
def test_reasons_and_exports_fit(seed: int, names: Vocabulary) -> None:
    """The views of reasons and of citations are valid for hostile sources, and RIS is whole records only."""
    answer = answer_of(seed)
    part = answer.parts[0]
    reasons = views.reasons_view(part, part.quotes, names, STAMP)
    documents = [one.document for one in part.quotes]
    export = views.export_view(documents)
    for view in (reasons, export):
        assert view_problems(view) == []
        assert budget(view["blocks"]) <= 10_000
        assert pings(view["blocks"]) == []
    text = shown(export["blocks"][1:])
    assert text.count("TY  - ") == text.count("ER  - ")


def test_reasons_say_where_each_label_is_from(names: Vocabulary) -> None:
    """For each passage shown, every label stands with its origin."""
    answer = next(one for one in map(answer_of, range(50)) if one.parts[0].quotes)
    part = answer.parts[0]
    view = views.reasons_view(part, part.quotes[:1], names, STAMP)
    text = shown(view["blocks"])
    for label in part.quotes[0].labels.values():
        assert f"(from: {label.origin.value})" in text
    assert "retractions checked: never" in text


@pytest.mark.parametrize("seed", SEEDS)
def test_the_table_lists_every_study_once(seed: int, names: Vocabulary) -> None:
    """Page after page, the table's messages are valid and list each paper of the part exactly once."""
    answer = answer_of(seed)
    sources = Sources(Shelf(), names, list, STAMP, 0.0)
    every = documents_of(answer.parts[0])
    listed = 0
    while True:
        rendered = studies.table_message(answer, sources, key=KEY, listed=listed)
        for blocks in (rendered.blocks, rendered.simpler):
            assert problems(blocks, most=40) == []
            assert budget(blocks) <= 10_000
            assert pings(blocks, rendered.text, rendered.plain) == []
        tables = [block for block in rendered.blocks if block["type"] == "table"]
        listed += sum(len(table["rows"]) - 1 for table in tables)
        more = [node for block in rendered.blocks for node in walk(block) if node.get("type") == "button"]
        if not more:
            break
        pressed = actions.decode(more[0]["value"])
        assert pressed is not None
        assert pressed.argument == str(listed)
    assert listed == len(every)


def test_the_home_tab_says_what_it_holds_and_what_not_to_paste(names: Vocabulary) -> None:
    """The Home tab is valid and names the store's size and date, how to ask, and that identifiers stay out."""
    view = views.home(STAMP, ("is bone marrow concentrate for knee osteoarthritis real?", "x" * 500))
    assert view_problems(view) == []
    text = shown(view["blocks"])
    for words in ("120 documents", "95 studies", "2000-01-02", "/evidence", "No patient identifiers"):
        assert words in text
    assert view_problems(views.home(STAMP, ())) == []


def test_the_question_form_gives_back_what_was_entered(names: Vocabulary) -> None:
    """The form is valid, and what a person enters in it is read back: question, filters and what it was opened with."""
    view = views.ask_form(names, question="is it real?", private="C1")
    assert view_problems(view) == []
    chosen = next(block for block in view["blocks"] if block["block_id"] == "filter-species")
    value = chosen["element"]["options"][0]["value"]
    values = {
        "question": {"question": {"type": "plain_text_input", "value": " is it real? "}},
        "filter-species": {"species": {"selected_options": [{"value": value}]}},
        "filter-route": {"route": {"selected_options": []}},
    }
    entered = forms.asked({"private_metadata": "C1", "state": {"values": values}})
    assert entered == forms.Asked("is it real?", {"species": (value,)}, "C1")
    assert forms.asked({"state": {"values": {}}}) == forms.Asked("", {}, "")


def test_feedback_gives_back_what_was_entered() -> None:
    """The form of reasons is valid, knows the answer's id only, and its reasons, paper and permission are read back."""
    view = views.feedback_view(KEY, 2)
    assert view_problems(view) == []
    values = {
        "reasons": {"reasons": {"selected_options": [{"value": "wrong-route"}, {"value": "invented"}]}},
        "paper": {"paper": {"value": " 00000001\n"}},
        "keep": {"keep": {"selected_options": []}},
    }
    entered = forms.feedback({**view, "state": {"values": values}})
    assert entered == forms.Feedback(KEY, 2, ("wrong-route",), "00000001", keep=False)
    assert forms.feedback({"private_metadata": "x", "state": {}}) is None


@given(
    st.text(alphabet="abc0-9", min_size=1, max_size=40),
    st.integers(0, 99),
    st.text(alphabet="pmid:10./ <>é", min_size=1, max_size=60).filter(lambda text: text == text.strip()),
    st.integers(0, 10**6),
)
def test_what_a_button_says_is_read_back(key: str, part: int, document: str, start: int) -> None:
    """A button's value gives back the answer's id, the part and the place, whatever the document's id holds."""
    value = actions.encode(key, part, actions.spot(document, start, start + 9))
    pressed = actions.decode(value)
    assert pressed is not None
    assert (pressed.key, pressed.part) == (key, part)
    assert actions.read_spot(pressed.argument) == Spot(document, start, start + 9)
    paged = actions.decode(actions.encode(key, part, f"4 {actions.spot(document, start, start + 9)}"))
    assert paged is not None
    assert actions.read_page(paged.argument) == (4, Spot(document, start, start + 9))


def test_values_that_are_none_of_ours_are_refused() -> None:
    """What no button of ours carries is read as nothing, not as an error."""
    assert actions.decode("") is None
    assert actions.decode("a b c") is None
    assert actions.read_spot("x 1 y") is None
    assert actions.read_page("1 2") is None
    assert actions.read_sense("one") is None
    assert actions.read_sense("one>other") == ("one", "other")


def test_a_table_of_what_only_comes_near_says_so(names: Vocabulary) -> None:
    """Where no study matches exactly, the table's first words are that none does."""
    sources = Sources(Shelf(), names, list, STAMP, 0.0)
    for answer in map(answer_of, SEEDS):
        evidence = answer.parts[0].evidence
        if evidence is None or not documents_of(answer.parts[0]):
            continue
        text = studies.table_message(answer, sources, key=KEY).text
        assert text.startswith("0 studies match exactly") is (not evidence.direct.studies)
