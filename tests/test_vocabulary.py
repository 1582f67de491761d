"""The vocabulary: its tree, its forms, a library's own file, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import VocabularyError
from corpus.forms import TOKEN, expand, key, pieces
from corpus.mentions import find
from corpus.vocabulary import load_vocabulary

LABELS = {
    "intervention": "msc bone-marrow-msc adipose-msc umbilical-cord-msc other-msc bone-marrow-concentrate bone-marrow-mononuclear-cells stromal-vascular-fraction "
    "microfragmented-adipose peripheral-blood-stem-cells haematopoietic-transplant embryonic-or-ips-cells umbilical-cord-product amniotic-product exosomes "
    "chondrocyte-implantation platelet-product platelet-rich-plasma platelet-lysate platelet-rich-fibrin platelet-poor-plasma autologous-conditioned-serum "
    "alpha-2-macroglobulin autologous-blood prolotherapy hyaluronic-acid corticosteroid local-anaesthetic ozone botulinum-toxin radiofrequency nerve-block exercise "
    "physiotherapy nsaid paracetamol opioid glucosamine-chondroitin vitamin-d weight-loss shockwave laser acupuncture bracing-orthosis microfracture "
    "osteochondral-graft core-decompression arthroscopy arthroplasty osteotomy tendon-or-ligament-surgery scaffold biologic-drug other-drug dmso placebo other stem-cells",
    "comparator": "no-treatment usual-care sham placebo corticosteroid",
    "preparation": "same-day culture-expanded acellular",
    "source": "autologous allogeneic xenogeneic",
    "route": "intravenous intra-arterial intra-articular subchondral intradiscal epidural intrathecal perineural intratendinous peritendinous intramuscular "
    "subcutaneous intradermal intralesional intraperitoneal intramyocardial intravitreal inhaled oral topical surgical-implantation percutaneous other",
    "condition": "osteoarthritis knee-osteoarthritis hip-osteoarthritis ankle-osteoarthritis shoulder-osteoarthritis hand-osteoarthritis "
    "temporomandibular-osteoarthritis facet-osteoarthritis post-traumatic-osteoarthritis rheumatoid-arthritis cartilage-defect osteonecrosis meniscus-tear "
    "ligament-injury acl-tear tendinopathy rotator-cuff-disease lateral-epicondylitis medial-epicondylitis achilles-tendinopathy patellar-tendinopathy "
    "gluteal-tendinopathy adhesive-capsulitis plantar-fasciitis disc-degeneration low-back-pain radiculopathy spinal-cord-injury fracture nonunion "
    "bone-marrow-lesion muscle-injury arthroplasty-patients septic-arthritis infection embolism-or-thrombosis cancer myocardial-infarction heart-failure stroke "
    "lung-disease liver-disease kidney-disease graft-versus-host-disease inflammatory-bowel-disease multiple-sclerosis lupus diabetes eye-disease other",
}


@pytest.mark.parametrize("facet", LABELS)
def test_every_label_value_is_a_concept(facet: str) -> None:
    """Each value that labels may have is a concept of its facet, with a display name."""
    vocabulary = load_vocabulary()
    for value in LABELS[facet].split():
        assert value in vocabulary.ids(facet)
        assert vocabulary.name(value).strip()


def test_what_ships_has_no_contradiction() -> None:
    """No form of the shipped vocabulary belongs to two concepts of one facet."""
    assert load_vocabulary().contradictions() == ()


def test_the_tree_goes_both_ways() -> None:
    """A narrower concept is below each of its broader ones, and every concept is below itself."""
    vocabulary = load_vocabulary()
    assert vocabulary.broader("bone-marrow-msc") == ("msc", "stem-cells")
    assert {"bone-marrow-msc", "msc", "bone-marrow-concentrate", "stem-cells"} <= vocabulary.narrower(
        "stem-cells"
    )
    assert vocabulary.narrower("hip-osteoarthritis") == {"hip-osteoarthritis"}
    assert "knee-osteoarthritis" in vocabulary.narrower("osteoarthritis")


def test_every_form_is_found_as_its_concept() -> None:
    """Each plain form of each concept, alone in a question, is read as a concept of that facet."""
    vocabulary = load_vocabulary()
    for identifier in (
        "bone-marrow-concentrate",
        "stromal-vascular-fraction",
        "platelet-rich-plasma",
        "knee-osteoarthritis",
    ):
        concept = vocabulary.concept(identifier)
        assert concept is not None
        for form in vocabulary.forms(concept):
            assert any(one.facet == concept.facet for one in find(form, vocabulary, question=True)), form


def _library(folder: Path, text: str) -> Path:
    path = folder / "vocabulary.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_library_adds_and_overrides(tmp_path: Path) -> None:
    """A library's file adds concepts and forms, takes forms away, and its version differs from the shipped one."""
    extra = load_vocabulary(
        _library(
            tmp_path,
            '[[concept]]\nid = "test-product"\nfacet = "intervention"\nname = "a test product"\nbroader = "stem-cells"\nforms = ["zorbium cell"]\n'
            '[[concept]]\nid = "ozone"\nfacet = "intervention"\nforms = ["triple oxygen"]\nremove = ["oxygen ozone"]\n',
        )
    )
    assert [one.concept for one in find("zorbium cells", extra)] == ["test-product"]
    assert "test-product" in extra.narrower("stem-cells")
    assert extra.name("ozone") == load_vocabulary().name("ozone")
    assert [one.concept for one in find("triple oxygen", extra)] == ["ozone"]
    ozone = extra.concept("ozone")
    assert ozone is not None
    assert "oxygen ozone" not in extra.forms(ozone)
    assert extra.version != load_vocabulary().version


def test_a_library_form_wins_over_the_shipped_one(tmp_path: Path) -> None:
    """A form that the library gives to another concept is that concept's, and `contradictions` says so."""
    extra = load_vocabulary(
        _library(
            tmp_path, '[[concept]]\nid = "ozone"\nfacet = "intervention"\nforms = ["platelet rich plasma"]\n'
        )
    )
    assert [one.concept for one in find("platelet rich plasma", extra)] == ["ozone"]
    assert any("platelet rich plasma" in one for one in extra.contradictions())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[concept]\n", "TOML"),
        ('[[concept]]\nid = "x"\nfacet = "colour"\n', "number 1"),
        ('[[concept]]\nid = "x"\nfacet = "route"\nforms = "one"\n', "lists of strings"),
        ('[[concept]]\nid = "x"\nfacet = "route"\nbroader = "nowhere"\n', "nowhere"),
        (
            '[[concept]]\nid = "x"\nfacet = "route"\nbroader = "y"\n[[concept]]\nid = "y"\nfacet = "route"\nbroader = "x"\n',
            "circle",
        ),
        ('[[concept]]\nid = "x"\nfacet = "route"\nforms = ["a (b"]\n', "bracket"),
        ('[[concept]]\nid = "x"\nfacet = "route"\nforms = ["{nobody}"]\n', "words"),
        ('[[ambiguous]]\nform = "ZZ"\ndefault = "a"\n[ambiguous.senses.b]\nnear = ["c"]\n', "ZZ"),
        ("[[never]]\nwhy = 'x'\n", "never"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    """A vocabulary that cannot be read or contradicts itself is refused, with the file and the place named."""
    with pytest.raises(VocabularyError) as refused:
        load_vocabulary(_library(tmp_path, text))
    assert said in str(refused.value)
    assert "vocabulary.toml" in str(refused.value)


def test_forms_expand_to_every_plain_form() -> None:
    """Alternatives, empty ones, joints and names expand to all they stand for."""
    assert set(expand("bone marrow (aspirate|) {c}", {"c": "(concentrate|cells)"})) == {
        "bone marrow aspirate concentrate",
        "bone marrow aspirate cells",
        "bone marrow concentrate",
        "bone marrow cells",
    }
    assert set(expand("intra~articular", {})) == {"intraarticular", "intra articular"}


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("haematopoietic", "hematopoietic"),
        ("oedema", "edema"),
        ("tumours", "tumor"),
        ("injections", "injection"),
        ("biopsies", "biopsy"),
        ("disk", "disc"),
    ],
)
def test_spelling_and_plural_fold_together(british: str, american: str) -> None:
    """British and American spelling, singular and plural, are one word."""
    assert key(british) == key(american)


@given(st.lists(st.from_regex(r"[a-z]{2,9}", fullmatch=True), min_size=1, max_size=5))
def test_a_plain_form_expands_to_itself(words: list[str]) -> None:
    """A form without signs stands for itself only, and its words are those of the text."""
    form = " ".join(words)
    assert expand(form, {}) == (form,)
    assert pieces(form, exact=True) == tuple(TOKEN.findall(form))
