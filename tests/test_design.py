"""Design: what kind of study it was, by its publication type, MeSH or its own words; a wrong design is worse than none."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.appraisal import design_label
from corpus.appraisal_measure import case, document_of, tally
from corpus.document import Document, Kind, MeshHeading, Record
from corpus.label import Origin

TREATED = "Forty patients with knee osteoarthritis were treated with a synthetic gel."


def _document(
    title: str, text: str = "", types: tuple[str, ...] = (), mesh: tuple[str, ...] = ()
) -> Document:
    record = Record(publication_types=types, mesh=tuple(MeshHeading(name) for name in mesh))
    return replace(document_of("file:synthetic", title, text), record=record)


def _design(title: str, text: str = "", types: tuple[str, ...] = ()) -> tuple[str, ...]:
    return design_label(_document(title, text, types)).values


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Synthetic gel: a randomised controlled trial", TREATED, ("rct",)),
        ("Synthetic gel", "Forty patients were randomly assigned to gel or saline.", ("rct",)),
        ("Synthetic gel: a systematic review", "", ("systematic-review",)),
        (
            "Synthetic gel: a systematic review and meta-analysis",
            "",
            ("meta-analysis", "systematic-review"),
        ),
        ("Gel embolism: a case report and systematic review", "", ("case-report", "systematic-review")),
        ("Gel: a systematic review of case reports", "", ("systematic-review",)),
        ("Synthetic gel", "PubMed and Embase were searched for trials of gel.", ("systematic-review",)),
        ("Synthetic gel after trauma: a case report", "", ("case-report",)),
        ("Gel embolism", "We report the case of a 40-year-old man given synthetic gel.", ("case-report",)),
        ("Synthetic gel for pain: study protocol for a randomised trial", "", ("protocol",)),
        ("Synthetic gel", "Study Design: Cohort study; Level of evidence, 3. " + TREATED, ("cohort",)),
        ("Synthetic gel", TREATED + " Therapeutic case series, Level IV.", ("case-series",)),
        ("A single-arm, open-label, phase 2 study of synthetic gel", TREATED, ("single-arm-trial",)),
        ("Synthetic gel: a retrospective cohort study", TREATED, ("cohort",)),
        ("Gel and fracture: a case-control study", TREATED, ("case-control",)),
        ("Gel use among surgeons: a cross-sectional survey", "", ("cross-sectional",)),
        ("Editorial Commentary: Synthetic gel", "", ("commentary",)),
        ("Gel: a narrative review", "", ("narrative-review",)),
        ("Clinical practice guideline on synthetic gel", "", ("guideline",)),
        ("Cost-effectiveness of synthetic gel", "", ("other",)),
        ("Synthetic gel in rats", "Forty rats were given gel.", ("animal-study",)),
        (
            "Fixation of a gel in the porcine knee",
            "Porcine knee specimens were loaded in a material testing machine. Stiffness was measured.",
            ("in-vitro-study",),
        ),
        (
            "Tolerability of a synthetic drug",
            "An analysis of 5 randomized, double blind trials was conducted. In these trials 900 patients took it.",
            ("meta-analysis",),
        ),
        (
            "A synthetic drug in osteoarthritis",
            "Two randomized, double-blind studies in patients were conducted.",
            ("rct",),
        ),
        (
            "Progression of knee osteoarthritis",
            "We followed 400 participants from the Osteoarthritis Initiative for eight years.",
            ("cohort",),
        ),
        ("Trends and hotspots in synthetic gel: a bibliometric analysis", "", ("other",)),
        (
            "Stability of a synthetic membrane: a cadaveric study",
            "Membranes were loaded in ten human cadaveric knees.",
            ("in-vitro-study",),
        ),
    ],
)
def test_designs_by_their_own_words(title: str, text: str, expected: tuple[str, ...]) -> None:
    """Each design is told from plain wording of title or abstract."""
    assert _design(title, text) == expected


@pytest.mark.parametrize(
    ("title", "text", "never"),
    [
        ("Gel in rats", "We randomly assigned forty rats to gel or saline.", "rct"),
        ("Gel: a randomized controlled trial in horses", "Twenty horses were randomized to gel.", "rct"),
        ("Gel and bone", TREATED + " Randomly selected sections were counted.", "rct"),
        ("Gel for pain", TREATED + " Randomized controlled trials are needed.", "rct"),
        (
            "A registry of gel",
            TREATED + " These serve as basis for the design of a randomized controlled trial.",
            "rct",
        ),
        ("A registry of gel", TREATED + " Our findings support a prospective randomized trial.", "rct"),
        ("A non-randomized comparison of gel", TREATED, "rct"),
        ("Gel and bone: a Mendelian randomization study", TREATED, "rct"),
        ("Gel: protocol for a randomised controlled trial", "Patients will be randomised.", "rct"),
        ("Gel: a systematic review of randomized controlled trials", "", "rct"),
        ("Forecasting pain", TREATED + " Patients were randomly divided into training and test sets.", "rct"),
        ("A treatment protocol for gel", TREATED, "protocol"),
        ("Gel", TREATED + " A systematic review of this field is needed.", "systematic-review"),
        ("Gel", TREATED + " A previous meta-analysis found no effect.", "meta-analysis"),
        ("Retrospective chart review of gel", TREATED, "narrative-review"),
        ("Adherence to guidelines on gel", TREATED, "guideline"),
        ("Public opinion on gel", TREATED, "commentary"),
        ("Gel", TREATED + " The cross-sectional area was measured.", "cross-sectional"),
        ("Gel", "Case reports have been published. " + TREATED, "case-report"),
        ("Gel and fibroblasts", TREATED + " In vitro fertilization was an exclusion.", "in-vitro-study"),
    ],
)
def test_what_cancels_a_design(title: str, text: str, never: str) -> None:
    """Each rule has what cancels it: animals, sections, wishes for trials, protocols, other people's work."""
    assert never not in _design(title, text)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Synthetic graft for the knee",
            "Twenty patients were prospectively followed after treatment with a synthetic graft. Scores rose at follow-up.",
            "single-arm-trial",
        ),
        (
            "Synthetic graft for the knee",
            "Ten patients suffering from defects were treated with a synthetic graft. Patients were evaluated after one and two years.",
            "case-series",
        ),
        (
            "Synthetic graft for the knee",
            "Records of 90 patients treated with a synthetic graft were read. Logistic regression gave risk factors for failure at follow-up.",
            "cohort",
        ),
        (
            "Synthetic gel versus synthetic paste for the knee",
            "Sixty patients were treated with gel or paste. Outcomes were read after two years.",
            "cohort",
        ),
        (
            "Serum marker of synthetic pain",
            "Serum was obtained from patients with pain and from healthy controls. Levels of the marker were higher in patients.",
            "case-control",
        ),
        (
            "Synthetic paste for the knee",
            "Synthetic paste has gained interest as a treatment. Larger lesions should be treated by surgery.",
            "narrative-review",
        ),
        ("Synthetic graft of the hip: arthroscopic technique", "The graft fills the defect.", "other"),
        (
            "Synthetic graft for the knee",
            "MethodsThis randomized study compared graft and gel in patients.",
            "rct",
        ),
        (
            "Synthetic gel for the knee",
            "This prospective, comparative clinical study allocated 40 patients to gel or graft. Both groups were followed up.",
            "controlled-trial",
        ),
        (
            "Synthetic gel for the knee",
            "In this phase II study 30 patients received gel. A randomised, double-blind trial is warranted.",
            "single-arm-trial",
        ),
        (
            "Synthetic gel for the knee",
            "In this randomized controlled trial 59 patients received gel or graft. No difference was left after post hoc adjustment.",
            "rct",
        ),
        (
            "Synthetic graft or gel for the knee",
            "We performed a literature search and identified five trials of graft and gel in 400 patients.",
            "systematic-review",
        ),
        (
            "Synthetic gel for the knee",
            "Forty patients received gel. Factors associated with failure were read at follow-up.",
            "cohort",
        ),
        (
            "Synthetic gel for the knee",
            "Forty patients were treated with gel; 14 with and 26 without surgery. Pain was read at follow-up.",
            "cohort",
        ),
        (
            "Synthetic gel for the knee",
            "Forty patients were treated with gel. Twenty more served as control group and received none. Pain was read after two weeks.",
            "controlled-trial",
        ),
        (
            "Synthetic gel for the knee",
            "The feasibility of the gel was to be told. To assess the feasibility ten patients were treated and enrolled.",
            "single-arm-trial",
        ),
        (
            "Synthetic gel for the knee",
            "Gel was placed in nine patients (four women) who underwent surgery. Median follow-up was two years.",
            "case-series",
        ),
        (
            "Synthetic score of the knee: a validation study",
            "Internal consistency was read by two surgeons.",
            "cross-sectional",
        ),
        (
            "Synthetic marker of the knee",
            "Tendon samples were obtained from 45 patients. Mean age was 60. The marker was correlated with pain.",
            "cross-sectional",
        ),
        (
            "Synthetic marker of the knee",
            "A multicenter, double-blind, placebo controlled study. Patients were treated with gel or placebo.",
            "rct",
        ),
        (
            "Synthetic cup of the hip: a finite element analysis",
            "Stress in the cup was read.",
            "other",
        ),
        (
            "Synthetic drug for pain",
            "The present case report tells of a patient who took the drug.",
            "case-report",
        ),
    ],
)
def test_designs_by_weaker_words(title: str, text: str, expected: str) -> None:
    """Where authors name no design, the way they followed, compared, measured or discussed shows it."""
    assert _design(title, text) == (expected,)


def test_a_wish_for_a_trial_is_no_trial() -> None:
    """A wish: "a randomized trial is needed" neither makes a trial of a case series nor hides the series."""
    text = "Ten patients were treated with gel. Patients were evaluated after two years. A randomized trial is needed."
    assert _design("Synthetic gel for the knee", text) == ("case-series",)


def test_dish_work_beside_an_animal_is_both() -> None:
    """An animal study that names much dish work is both; one that names little is the animal's alone."""
    rats = "Gel was given to forty rats with a defect."
    dish = "In vitro, cells were cultured on gel in differentiation medium and cell adhesion was measured by CCK-8."
    assert _design("Gel in rats", f"{dish} {rats}") == ("animal-study", "in-vitro-study")
    assert _design("Gel in rats", f"Cells were cultured. {rats}") == ("animal-study",)


@pytest.mark.parametrize(
    ("dish", "told"),
    [
        ("In vitro assays showed that cells lived longer on gel.", True),
        ("Gel was first evaluated in vitro.", True),
        ("The effects of gel on proliferation of chondrocytes were measured.", True),
        ("Gel improved the growth of cells in vitro.", True),
        ("Previous studies showed that gel improved growth in vitro.", False),
        ("Cells were expanded in vitro and seeded on gel.", False),
    ],
)
def test_dish_work_told_once(dish: str, told: bool) -> None:
    """One sentence that tells what a dish showed makes an animal study both; how cells were made ready does not."""
    values = _design("Gel in rats", f"{dish} Gel was given to forty rats with a cartilage defect.")
    assert ("in-vitro-study" in values) is told
    assert "animal-study" in values


def test_two_treatments_are_no_case_control_study() -> None:
    """Who was treated and followed is no case of a case-control study, though it is called case-controlled."""
    text = (
        "Forty patients received gel. They were set beside a matched control group who did not receive gel."
    )
    assert _design("Gel for the knee: a case-controlled study", text) != ("case-control",)


def test_bills_are_no_literature() -> None:
    """A search of an insurer's bills is no systematic review."""
    text = (
        "Codes were used to search a payer database. The database was searched for surgery in 900 patients."
    )
    assert "systematic-review" not in _design("Reoperation after synthetic graft", text)


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (("Journal Article", "Randomized Controlled Trial"), ("rct",)),
        (("Meta-Analysis", "Systematic Review"), ("meta-analysis", "systematic-review")),
        (("Case Reports", "Review"), ("case-report",)),
        (("Case Reports", "Letter"), ("case-report",)),
        (("Clinical Trial Protocol",), ("protocol",)),
        (("Randomized Controlled Trial, Veterinary",), ("animal-study",)),
        (("Editorial",), ("commentary",)),
        (("Practice Guideline", "Review"), ("guideline",)),
        (("REVIEW",), ("narrative-review",)),
        (("Journal Article",), ("not-stated",)),
        (("Clinical Study", "Multicenter Study"), ("not-stated",)),
        (("Randomized Controlled Trials as Topic",), ("not-stated",)),
    ],
)
def test_publication_types_are_whole_strings(types: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """Publication types count as whole names, the strongest wins, and names that are no design give none."""
    label = design_label(_document("Synthetic record 1", "", types))
    assert label.values == expected
    assert label.origin is (Origin.NOT_STATED if expected == ("not-stated",) else Origin.PUBLICATION_TYPE)


def test_what_publication_types_are_known_to_miss_is_the_text_s() -> None:
    """A protocol indexed as a trial, animals indexed as a trial, a systematic review indexed as "Review"."""
    trial = ("Randomized Controlled Trial",)
    assert _design("Gel: study protocol for a randomised trial", "", trial) == ("protocol",)
    assert _design("Gel in rats", "Forty rats were given gel.", trial) == ("animal-study",)
    assert _design("Gel: a systematic review", "", ("Review",)) == ("systematic-review",)


def test_mesh_gives_a_design_only_where_nothing_stronger_does() -> None:
    """The heading "Cohort Studies" makes a cohort of a silent text, and leaves a randomized trial and a rat study alone."""
    silent = design_label(_document("Synthetic record 1", "", mesh=("Cohort Studies",)))
    assert (silent.values, silent.origin) == (("cohort",), Origin.MESH)
    trial = _document("Gel: a randomized controlled trial", TREATED, mesh=("Cohort Studies",))
    assert design_label(trial).values == ("rct",)
    rats = _document("Gel in rats", "Forty rats were given gel.", mesh=("Cohort Studies",))
    assert design_label(rats).values == ("animal-study",)


def test_a_post_is_commentary() -> None:
    """A post is commentary whatever its words are."""
    post = replace(_document("A randomized controlled trial of gel", TREATED), kind=Kind.POST)
    assert design_label(post).values == ("commentary",)


def test_spans_show_the_words_that_gave_the_design() -> None:
    """The label's span is the wording in the stored text."""
    document = _document("Synthetic gel", "Forty patients were randomly assigned to gel or saline.")
    start, end = design_label(document).spans[0]
    assert "randomly assigned" in document.text[start:end]


@given(st.text(max_size=300), st.text(max_size=800))
def test_any_text_gets_sorted_values_and_spans_inside_it(title: str, text: str) -> None:
    """Whatever the text, values are sorted and non-empty and every span lies in the stored text."""
    document = _document(title, text)
    label = design_label(document)
    assert label.values == tuple(sorted(label.values)) != ()
    assert all(0 <= start < end <= len(document.text) for start, end in label.spans)


def test_gold_design(shared: Path) -> None:
    """On the labelled abstracts designs are at least 0.97 precise with recall at least 0.88."""
    rows = [json.loads(line) for line in (shared / "gold/labels-dev.jsonl").read_text("utf-8").splitlines()]
    figures = tally(
        case(row["id"], row["title"], row["labels"]["design"], _design(row["title"], row["text"]))
        for row in rows
    )
    assert figures.precision >= 0.97
    assert figures.recall >= 0.88


# The classes of the set that are designs of ours; its other classes say what was given, not how.
CLASSES = {
    "Human-RCT-drug-intervention": "rct",
    "Human-RCT-non-drug-intervention": "rct",
    "Human-RCT-non-intervention": "rct",
    "Human-case-report": "case-report",
    "Human-systematic-review": "systematic-review",
    "Animal-other": "animal-study",
    "Animal-drug-intervention": "animal-study",
    "Animal-non-drug-intervention": "animal-study",
    "In-vitro-study": "in-vitro-study",
    "Clinical-study-protocol": "protocol",
}


@pytest.mark.slow
def test_designs_of_other_fields(shared: Path) -> None:
    """On neurology and psychiatry abstracts each design that maps is at least 0.90 precise."""
    seen: Counter[tuple[str, bool]] = Counter()
    for line in (shared / "data/labels/design-dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        values = {
            "systematic-review" if value == "meta-analysis" else value
            for value in _design(row["title"], row["text"])
        }
        for value in values:
            seen[value, CLASSES.get(row["label"]) == value] += 1
    for value in sorted(set(CLASSES.values())):
        precision = seen[value, True] / (seen[value, True] + seen[value, False])
        assert precision >= 0.90, value
