"""Answers over the starter library: verbatim, honest, the same every time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from answer_material import word_answerer

from assistant.answering import Answerer
from assistant.contract import answer_object
from assistant.errors import SourceChangedError
from assistant.quotes import verify

FIRST = "is IV BMC for knee OA real?"
SEED = """66-year-old female with tricompartmental left knee arthritis and end-stage right tibiotalar OA. Viral meningitis 2014.
Had stem cell treatment summer of 2015 by the doctor below. He aspirated marrow from pelvis, did an IV vascular stem cell infusion
(per pt), as well as an intra-articular injection into both the knee and the ankle. 9 days later sepsis with positive blood cultures.
1 . Is it possible this Dr. did an intravenous bone marrow concentrate infusion?
2 If so, might this have been related to the patient's sepsis with out her having a septic joint?
3 If so, is there some body of evidence to support this practice for osteoarthritis"""
QUESTIONS = (
    FIRST,
    "iv stem cell knee arthritis??",
    "any human data on IV svf",
    "prp vs ha knee, does ha ever win",
    "can BMC cause cancer",
    "do iv msc get stuck in the lungs",
    "tendonitis prp?",
    "how many papers do you have on knee OA, by route",
    "did anything get retracted",
    "knee PRP how many injections, what dose",
    "amniotic fluid IV dmso ok??",
    "paper by Fischer on pulmonary first pass",
    "best pizza near clinic",
    "pt septic NOW after injection what abx",
    "thanks!",
    SEED,
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_quote_is_an_exact_slice_of_the_stored_text(starter: Answerer, question: str) -> None:
    """Each quote equals the stored text at its printed offsets, character for character."""
    for part in answer_object(starter.answer(question))["parts"]:
        for passage in part["passages"]:
            text = starter.sources.store.document(passage["document"]).text
            assert text[passage["start"] : passage["end"]] == passage["quote"]


def test_a_changed_source_is_refused(starter: Answerer) -> None:
    """A quote that is not the stored text at its offsets raises, so that nothing is shown."""
    from dataclasses import replace

    quote = starter.answer(FIRST).parts[0].quotes[0]
    with pytest.raises(SourceChangedError, match="withheld"):
        verify(replace(quote, text=quote.text[:-1] + "¿"))


def test_the_first_question_has_no_direct_study(starter: Answerer) -> None:
    """IV BMC for knee OA: nothing direct; human joint injections of BMC under route; nothing under the other rungs."""
    part = answer_object(starter.answer(FIRST))["parts"][0]
    ladder = {rung["dropped"]: rung for rung in part["ladder"]}
    assert (part["outcome"], part["ledger"]["direct"], part["ledger"]["documents"]) == ("no-direct", 0, [])
    assert "doi:10.1186/s12967-018-1736-8" in ladder["route"]["documents"]
    assert ladder["route"]["by_group"]["human"] == ladder["route"]["studies"] > 0
    assert ladder["intervention"]["studies"] == 0


def test_the_first_question_shows_the_post_as_commentary(starter: Answerer) -> None:
    """The blog post that speaks of IV cells is quoted, attributed, and not in any count."""
    part = answer_object(starter.answer(FIRST))["parts"][0]
    posts = [passage["document"] for passage in part["passages"] if passage["kind"] == "post"]
    counted = {one for rung in part["ladder"] + part["nearest"] for one in rung["documents"]}
    assert "post:is-iv-stem-cell-therapy-a-good-idea" in posts
    assert not counted & set(posts)


def test_the_seed_email_gives_three_parts(starter: Answerer) -> None:
    """The e-mail's three numbered questions are answered apart; the first is not a question for papers."""
    answer = answer_object(starter.answer(SEED))
    assert [part["outcome"] for part in answer["parts"]] == ["not-answerable", "no-direct", "no-direct"]
    assert answer["masked"] == ["date"]


def test_nothing_of_the_patient_is_in_the_answer(starter: Answerer) -> None:
    """No detail of the e-mail's patient that is not part of a question stands anywhere in the answer."""
    printed = json.dumps(answer_object(starter.answer(SEED)), ensure_ascii=False)
    for detail in (
        "66-year",
        "female",
        "meningitis",
        "2014",
        "summer",
        "tibiotalar",
        "9 days",
        "blood cultures",
    ):
        assert detail not in printed.replace("2014;", "").replace("2014.", "")


def test_retracted_papers_are_named_and_never_counted(starter: Answerer) -> None:
    """A retracted paper that matches is listed with RETRACTED before its title, and stands in no count and no passage."""
    part = answer_object(starter.answer("adipose SVF and PRP for knee osteoarthritis"))["parts"][0]
    retracted = part["ledger"]["retracted"]
    assert retracted == ["doi:10.1186/s12967-017-1242-4"]
    assert part["documents"][0]["citation"].split(". ")[1].startswith("RETRACTED: ")
    counted = {one for count in (part["ledger"], *part["ladder"]) for one in count["documents"]}
    assert not set(retracted) & (counted | {passage["document"] for passage in part["passages"]})


def test_the_same_question_gives_the_same_bytes(starter: Answerer) -> None:
    """Asked again, every question gives the same JSON."""
    for question in QUESTIONS:
        first, second = (json.dumps(answer_object(starter.answer(question))) for _ in range(2))
        assert first == second


@pytest.mark.parametrize(
    "typed",
    ["IVBMC knee-OA", "iv bmc for knee oa", "I.V. b.m.c. for knee O.A.?", "IV BMC\u200b for knee\u00a0OA?!"],
)
def test_typed_variants_give_the_same_evidence(starter: Answerer, typed: str) -> None:
    """However it is typed, the question has the same counts and the same passages."""
    clean, variant = (answer_object(starter.answer(one))["parts"][0] for one in (FIRST, typed))
    for key in ("outcome", "read_as", "ledger", "ladder", "passages"):
        assert variant[key] == clean[key]


def test_a_follow_up_inherits(starter: Answerer) -> None:
    """The follow-up "what about hip?" keeps product and route of the question before, and changes the condition."""
    part = answer_object(starter.answer("what about hip?", [FIRST]))["parts"][0]
    assert part["read_as"]["intervention"] == ["bone-marrow-concentrate"]
    assert part["read_as"]["route"] == ["intravenous"]
    assert part["read_as"]["condition"] == ["hip-osteoarthritis"]
    assert part["inherited"] == ["intervention", "route"]


def test_a_direct_passage_matches_every_facet(starter: Answerer) -> None:
    """What is marked direct matches each facet asked, is in the ledger, and is a paper."""
    for question in QUESTIONS:
        for part in answer_object(starter.answer(question))["parts"]:
            for passage in part["passages"]:
                if passage["direct"]:
                    assert all(passage["match"].values())
                    assert passage["document"] in part["ledger"]["documents"]
                    assert passage["kind"] == "paper"


def test_the_contract_has_its_keys(starter: Answerer) -> None:
    """Every key that design section 4 names is there, with its type."""
    answer = answer_object(starter.answer(FIRST))
    assert set(answer) >= {"question", "store", "masked", "parts"}
    assert set(answer["store"]) >= {"version", "built", "documents", "studies", "passages", "model"}
    part = answer["parts"][0]
    named = "text outcome read_as assumed statement ledger ladder passages"
    assert set(part) >= set(named.split())
    assert list(part["read_as"]) == ["intervention", "preparation", "route", "condition", "species", "design"]
    passage = part["passages"][0]
    keys = "quote document start end section citation url status labels match direct score"
    assert set(passage) >= set(keys.split())
    assert all(set(label) == {"values", "from"} for label in passage["labels"].values())


def test_a_library_outside_the_starter_answers_too(tmp_path: Path) -> None:
    """A folder with one record answers from it, with the folder's name as the library's."""
    library = tmp_path / "mine"
    library.mkdir()
    record = "PMID- 00000001\nTI  - Synthetic record: intravenous bone marrow concentrate in patients with knee osteoarthritis\n"
    abstract = "AB  - Twenty patients with knee osteoarthritis were given autologous bone marrow concentrate intravenously.\n"
    (library / "records.nbib").write_text(record + abstract, "utf-8")
    part = answer_object(word_answerer(library, tmp_path / "root").answer(FIRST))
    assert part["store"]["library"] == "mine"
    assert part["parts"][0]["ledger"]["documents"] == ["pmid:00000001"]
