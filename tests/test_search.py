"""Search: words and vectors mixed, grouped by document, in one order whatever the process."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_store import MemoryStore
from word_encoder import WordEncoder, word_encoders

from corpus.document import Citation, Document, Kind, Role
from corpus.text import Part, compose
from index.seam import Allowed, Scores
from index.search import Hit, scaled, search


def made(name: str, title: str, *parts: Part | str) -> Document:
    """A plainly synthetic document."""
    text, sections = compose(title, [part if isinstance(part, Part) else Part(part) for part in parts])
    return Document(f"file:{name}", Kind.PAPER, text, sections, Citation(title))


KNEE = made(
    "knee",
    "Synthetic record 1",
    Part("Concentrate for the knee was studied.", role=Role.BACKGROUND),
    Part("Concentrate for the knee was studied.", role=Role.RESULTS),
    Part("The sky was blue.", role=Role.CONCLUSIONS),
)
HIP = made("hip", "Synthetic record 2", "Saline for the hip was studied in twelve sheep.")
TRAIN = made("train", "Synthetic record 3", "Trains leave at noon.")
STORE = MemoryStore([TRAIN, KNEE, HIP], word_encoders())


def ask(store: MemoryStore, question: str, *, n: int = 10, allowed: Allowed | None = None) -> tuple[Hit, ...]:
    """The hits of a question."""
    return search(store, question, WordEncoder().encode([question])[0], n=n, allowed=allowed)


def names(hits: tuple[Hit, ...]) -> list[str]:
    """The documents found, in order."""
    return [hit.passage.document for hit in hits]


def test_the_document_that_says_it_comes_first_once() -> None:
    """Passages of one document are one hit, its best passage leading and the others kept with it."""
    hits = ask(STORE, "concentrate for the knee")
    assert names(hits)[0] == "file:knee"
    assert len(set(names(hits))) == len(hits)
    assert hits[0].more
    assert all(hit.passage.document == "file:knee" and not hit.more for hit in hits[0].more)


def test_what_was_found_goes_before_what_was_set_out_from() -> None:
    """Of two passages that say the same, RESULTS leads and BACKGROUND follows."""
    lead = ask(STORE, "concentrate for the knee")[0]
    assert lead.passage.role is Role.RESULTS
    assert lead.more[0].passage.role is Role.BACKGROUND


def test_background_that_alone_says_it_still_leads() -> None:
    """The cost of a preamble moves what is near equal, nothing more."""
    only = made(
        "only",
        "Synthetic record 4",
        Part("Rats had lungs.", role=Role.BACKGROUND),
        Part("It fell.", role=Role.RESULTS),
    )
    assert ask(MemoryStore([only, HIP], word_encoders()), "lungs of rats")[0].passage.role is Role.BACKGROUND


def test_absolute_scores_stay_in_the_hit() -> None:
    """A hit carries its cosine and its BM25 score as they are, so that a floor can be set on them."""
    question = "concentrate for the knee"
    vector = WordEncoder().encode([question])[0]
    for hit in ask(STORE, question):
        at = STORE.passages(np.arange(len(STORE))).index(hit.passage)
        words = dict(zip(*(side.tolist() for side in STORE.best_words(question, 10, None)), strict=True))
        assert hit.vectors_score == pytest.approx(float(STORE.vectors(np.array([at]))[0] @ vector), abs=1e-6)
        assert hit.words_score == pytest.approx(words.get(at, 0.0))


def test_a_question_that_nothing_answers_has_no_hit() -> None:
    """Without a shared word and far in meaning, nothing is returned rather than the least bad passage."""
    assert ask(MemoryStore([TRAIN], word_encoders()), "xylophone quartz") == ()


def test_a_filter_admits_only_the_documents_it_names() -> None:
    """Documents go by the store's order; nothing allowed finds nothing."""
    order = [document.id for document in STORE.documents]
    only_hip = np.array([name == "file:hip" for name in order])
    assert names(ask(STORE, "concentrate for the knee was studied", allowed=only_hip)) == ["file:hip"]
    assert ask(STORE, "concentrate for the knee", allowed=np.zeros(3, dtype=np.bool_)) == ()


def test_an_empty_store_finds_nothing() -> None:
    """A store of documents without any text is searched like any other."""
    assert ask(MemoryStore([made("empty", "")], word_encoders()), "knee") == ()


def test_equal_documents_go_by_id() -> None:
    """Ties do not depend on the order that documents came in."""
    twins = [made(name, "Synthetic record", "Knee pain fell.") for name in ("c", "a", "b")]
    for order in (twins, twins[::-1]):
        assert names(ask(MemoryStore(order, word_encoders()), "knee pain")) == ["file:a", "file:b", "file:c"]


def test_n_counts_documents() -> None:
    """At most as many documents as asked for, the same as lead the longer list."""
    hits = ask(STORE, "was studied for the knee or hip")
    assert ask(STORE, "was studied for the knee or hip", n=1) == hits[:1]


def test_a_passage_found_by_one_ranking_only_is_still_found() -> None:
    """A rare word lifts a passage whose vector is far, since the rankings are mixed and not crossed."""
    filler = " ".join(f"word{number}" for number in range(60))
    far = made("far", "Synthetic record 5", f"zq77 {filler}.")
    hits = ask(MemoryStore([far, KNEE, HIP, TRAIN], word_encoders()), "zq77 concentrate knee")
    assert "file:far" in names(hits)


def test_feedback_brings_in_what_the_leaders_speak_of() -> None:
    """Of two documents, one a little nearer to the question, the one that speaks as the leading documents do comes first."""
    leads = [made(f"lead{at}", "", "Marrow concentrate aspirate iliac crest harvest.") for at in (1, 2)]
    kin = made("z-kin", "", "Sheep aspirate iliac crest harvest.")
    other = made("a-other", "", "Sheep wheat barley.")
    hits = ask(MemoryStore([*leads, kin, other], word_encoders()), "marrow concentrate sheep")
    assert names(hits) == ["file:lead1", "file:lead2", "file:z-kin", "file:a-other"]


@given(st.lists(st.floats(min_value=-1, max_value=50, width=32), max_size=20))
def test_scaling_keeps_the_order_and_the_bounds(values: list[float]) -> None:
    """Scaled scores are 0..1, in the order of the scores; equal ones are all 0."""
    given_scores: Scores = np.array(values, dtype=np.float32)
    spread = scaled(given_scores)
    assert all(0 <= value <= 1 for value in spread)
    assert all(
        a <= b
        for a, b in zip(spread[np.argsort(given_scores)], spread[np.argsort(given_scores)][1:], strict=False)
    )
    assert len(set(values)) < 2 or (spread.min() == 0 and spread.max() == 1)
