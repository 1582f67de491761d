"""Question kind: what a study asked, told from its title, its aim and what it reports of harm."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import question_asked, question_kind
from corpus.label_measure import score_labels
from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()
KINDS = {
    "benefit",
    "harm",
    "both",
    "mechanism",
    "biodistribution",
    "diagnosis",
    "prognosis",
    "epidemiology",
    "other",
    "not-stated",
}
SERIES = "We treated 30 patients with knee osteoarthritis with one intra-articular injection of platelet-rich plasma. Pain fell at 12 months."


def _kinds(title: str, text: str) -> set[str]:
    return set(label_text("synthetic", f"{title}: synthetic record 1", text, V)["question"].values)


@pytest.mark.parametrize(
    ("report", "kinds"),
    [
        ("", {"benefit"}),
        ("No adverse events were seen.", {"both"}),
        ("The injection is safe and relieves pain.", {"benefit"}),
        ("No patient developed a deep infection.", {"both"}),
        ("Complications occurred in two patients.", {"both"}),
        ("Future studies must look at safety.", {"benefit"}),
        ("Patients with a contraindication to injection were excluded.", {"benefit"}),
        ("Contraindications are kissing lesions.", {"benefit"}),
        ("Injections might also cause complications.", {"benefit"}),
    ],
)
def test_harm_that_is_reported_is_asked_too(report: str, kinds: set[str]) -> None:
    """A treated series asks of benefit, and of harm too where it reports any or none; a bare "safe", a wish for later or an exclusion is no report."""
    assert _kinds("Platelet-rich plasma for knee osteoarthritis", f"{SERIES} {report}") == kinds


@pytest.mark.parametrize(
    ("title", "text", "kinds"),
    [
        (
            "Gastrointestinal toxicity of celecoxib in osteoarthritis",
            "We compared ulcers in 90 patients randomized to celecoxib or placebo.",
            {"harm"},
        ),
        (
            "Septic arthritis after intra-articular corticosteroid injection, a case report",
            "A 60-year-old man had septic arthritis after corticosteroid injection of the knee.",
            {"harm"},
        ),
        (
            "Safety and efficacy of bone marrow concentrate for knee osteoarthritis",
            "We treated 20 patients with knee osteoarthritis with an intra-articular injection of bone marrow concentrate.",
            {"both"},
        ),
        (
            "Biodistribution of intravenous bone marrow mesenchymal stem cells in rats",
            "Bone marrow mesenchymal stem cells were injected into the tail vein of healthy rats.",
            {"biodistribution"},
        ),
        (
            "Diagnostic accuracy of ultrasound for rotator cuff tears",
            "We compared ultrasound with arthroscopy in 80 patients with shoulder pain.",
            {"diagnosis"},
        ),
        (
            "Predictors of failure after autologous chondrocyte implantation",
            "We reviewed 90 patients after autologous chondrocyte implantation to identify risk factors for failure.",
            {"prognosis"},
        ),
        (
            "Prevalence of knee osteoarthritis in a town",
            "We determined the prevalence of knee osteoarthritis in 900 adults.",
            {"epidemiology"},
        ),
        (
            "Notch signaling regulates differentiation of chondrocytes",
            "Human chondrocytes were cultured and gene expression was measured in vitro.",
            {"mechanism"},
        ),
        (
            "Exosomes promote tendon healing by regulating macrophages in rats",
            "Exosomes of bone marrow mesenchymal stem cells were injected into rats after rotator cuff repair. Control rats received saline.",
            {"benefit", "mechanism"},
        ),
        (
            "Preoperative bone edema is not associated with pain after autologous chondrocyte implantation",
            "Study design: cohort study. Fifty patients underwent autologous chondrocyte implantation and were followed up.",
            {"prognosis"},
        ),
        (
            "Effects of celecoxib on blood pressure in patients with osteoarthritis",
            "Ninety patients were randomized to celecoxib or placebo. Blood pressure was measured.",
            {"harm"},
        ),
        (
            "Determination of celecoxib in plasma by liquid chromatography",
            "The method was linear. Plasma of patients was measured.",
            {"other"},
        ),
        (
            "Determinants of gel hypertrophy: relationship of two scores after arthroplasty",
            "Patients who had arthroplasty were scored twice.",
            {"prognosis"},
        ),
        (
            "Ultrasound for evaluation of cartilage repair after autologous chondrocyte implantation",
            "Thirty patients had ultrasound after autologous chondrocyte implantation.",
            {"diagnosis"},
        ),
        (
            "Autologous chondrocyte implantation of the knee",
            "Purpose: to assess outcomes of autologous chondrocyte implantation in 60 patients and to identify risk factors for failure.",
            {"benefit", "prognosis"},
        ),
        (
            "Platelet-rich plasma for tendon injury",
            "This review aims to discuss the basic science and the clinical evidence of platelet-rich plasma in patients.",
            {"benefit", "mechanism"},
        ),
        (
            "Donor site morbidity after osteochondral graft harvest",
            "We studied the knees of 20 patients after osteochondral autograft transplantation.",
            {"harm"},
        ),
        (
            "Cartilage repair strategies: a survey of orthopaedic surgeons",
            "Surgeons were asked how they treat cartilage defects.",
            {"other"},
        ),
        (
            "Cost-effectiveness of celecoxib in osteoarthritis",
            "We modelled the costs of celecoxib in patients with osteoarthritis.",
            {"other"},
        ),
    ],
)
def test_each_kind_is_told_from_its_words(title: str, text: str, kinds: set[str]) -> None:
    """Harm, both, biodistribution, diagnosis, prognosis, epidemiology, mechanism and costs are told from title and aim."""
    assert _kinds(title, text) == kinds


@pytest.mark.parametrize(
    "title",
    [
        "Preventing gastrointestinal toxicity with omeprazole in users of celecoxib",
        "Stem cells in treatment of drug-induced liver injury of rats",
        "Reducing gastrointestinal risk with omeprazole in users of celecoxib",
    ],
)
def test_harm_that_is_treated_is_no_harm_study(title: str) -> None:
    """A treatment against a complication asks of benefit, not of its own harm."""
    assert "harm" not in _kinds(title, "Omeprazole or stem cells were given to treat it; the lesions healed.")


def test_a_report_that_names_no_treatment_is_left_open() -> None:
    """A case report whose title names a disease alone is not guessed at."""
    text = "A 30-year-old woman with pyomyositis was given antibiotics and recovered."
    assert _kinds("Pyomyositis of the thigh, a case report", text) == {"not-stated"}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Platelet-rich plasma of the knee",
            "Thirty patients had platelet-rich plasma injections of the knee.",
        ),
        (
            "Correlation of pain with function after platelet-rich plasma for knee osteoarthritis",
            "Thirty patients were randomized to platelet-rich plasma or placebo. Aim: to correlate pain with function.",
        ),
    ],
)
def test_a_treatment_that_is_only_told_of_is_left_open(title: str, text: str) -> None:
    """Where neither title nor aim asks for a treatment's effect, or two findings are set in relation, benefit is not guessed at."""
    assert _kinds(title, text) == {"not-stated"}


@pytest.mark.parametrize(
    ("title", "text", "kinds"),
    [
        (
            "Role of magnetic resonance imaging in autologous chondrocyte implantation",
            "Thirty patients had magnetic resonance imaging after autologous chondrocyte implantation. Lysholm scores improved.",
            {"diagnosis"},
        ),
        (
            "Rehabilitation after autologous chondrocyte implantation",
            "This review describes the principles of physiotherapy after autologous chondrocyte implantation.",
            {"other"},
        ),
        (
            "Autologous chondrocyte implantation of the knee",
            "Hypothesis: revision is associated with preoperative risk factors. Study design: cohort study. Ninety patients were compared by age.",
            {"prognosis"},
        ),
        (
            "A graded collagen scaffold for the bone-tendon interface",
            "A collagen scaffold seeded with human mesenchymal stem cells was cultured in vitro.",
            {"benefit"},
        ),
        (
            "Platelet-rich plasma for knee osteoarthritis",
            f"{SERIES} Adverse events were monitored.",
            {"benefit"},
        ),
    ],
)
def test_what_a_title_is_about_decides(title: str, text: str, kinds: set[str]) -> None:
    """Images studied are diagnosis, care after an operation told is other, a cohort compared by its factors is prognosis, a scaffold built in a dish is benefit, and harm only watched for is not reported."""
    assert _kinds(title, text) == kinds


@pytest.mark.parametrize(
    ("title", "text", "kinds"),
    [
        (
            "Classification of graft hypertrophy after autologous chondrocyte implantation",
            "We graded graft hypertrophy in 90 patients after autologous chondrocyte implantation.",
            {"diagnosis", "harm"},
        ),
        (
            "Microfracture of the knee: trends and complications in a register",
            "We counted microfracture operations and complications of ten years.",
            {"epidemiology", "harm"},
        ),
        (
            "Risk factors for septic arthritis after corticosteroid injection",
            "We compared 90 patients with and without septic arthritis after corticosteroid injection of the knee.",
            {"harm", "prognosis"},
        ),
        (
            "Adverse effects of corticosteroids on tendon: a systematic review of basic science studies",
            "We searched for studies of corticosteroid on tendon cells.",
            {"harm", "mechanism"},
        ),
    ],
)
def test_what_a_title_asks_beside_harm_is_told_too(title: str, text: str, kinds: set[str]) -> None:
    """A paper on harm whose title also asks how it is diagnosed, how often it is, who has it or how it comes about has both kinds."""
    assert _kinds(title, text) == kinds


@pytest.mark.parametrize(
    ("title", "text", "kinds"),
    [
        (
            "Osteochondritis dissecans of the elbow: a case series",
            "Purpose: to describe the lesions of children. Study design: case series. The mean age at diagnosis was 14 years. We treated nine patients with microfracture. Pain fell at 12 months.",
            {"benefit", "diagnosis"},
        ),
        (
            "Prolonged loss of consciousness in migraine",
            "We report a 30-year-old woman with prolonged attacks of migraine.",
            {"diagnosis"},
        ),
        (
            "Clinical signs of early frozen shoulder",
            "In this cross-sectional study 60 patients with frozen shoulder were examined.",
            {"diagnosis"},
        ),
        (
            "Osteoarthritis is associated with histological changes of the hamstring tendon",
            "Tendon was taken from 45 patients with knee osteoarthritis.",
            {"mechanism"},
        ),
        (
            "Biomechanical properties of iliac bone for treatment of chondral defects",
            "Osteochondral grafts of cadavers were tested in vitro.",
            {"other"},
        ),
        (
            "A death receptor activates adult neural stem cells",
            "Stimulation of the receptor led to survival of the cells.",
            {"mechanism"},
        ),
        (
            "Exosomes in tendon repair",
            "This review discusses exosomes in tendon repair. Exosomes act by signaling pathways. The molecular mechanisms and the receptors are told.",
            {"benefit", "mechanism"},
        ),
        (
            "Correlation of the MOCART score with histology after autologous chondrocyte implantation",
            "Thirty patients had magnetic resonance imaging after autologous chondrocyte implantation.",
            {"diagnosis"},
        ),
        (
            "Contact of stem cells with tumour cells in a gel",
            "To better understand the mechanisms of contact, human stem cells in a collagen scaffold were cultured in vitro with tumour cells.",
            {"mechanism"},
        ),
        (
            "Good manufacturing practice of mesenchymal stem cells",
            "Mesenchymal stem cells were isolated and expanded.",
            {"other"},
        ),
        (
            "Matrix-induced autologous chondrocyte implantation",
            "A systematic review of PubMed found ten studies of chondrocyte implantation. Knee scores improved.",
            {"benefit"},
        ),
    ],
)
def test_kinds_that_no_treatment_of_the_title_decides(title: str, text: str, kinds: set[str]) -> None:
    """Patients described, people only looked at, tissue, the life of cells, works that dwell on how a treatment acts, findings set beside images, benches, cell making and a systematic review without a stated aim have their kinds."""
    assert _kinds(title, text) == kinds


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Interobserver variability in grading of cartilage lesions", "diagnosis"),
        ("Ultrasound versus magnetic resonance imaging for rotator cuff tears", "diagnosis"),
        ("Physical examination tests for rotator cuff tears", "diagnosis"),
        ("Ultrasound elastography of the supraspinatus tendon", "diagnosis"),
        ("Clinical and radiological features of osteonecrosis of the knee", "diagnosis"),
        ("Animal models of cartilage repair", "other"),
        ("Development of a core outcome set for rotator cuff disease", "other"),
        ("What do patients know about osteoarthritis?", "other"),
        ("Stem cell clinics in one country", "other"),
        ("Pullout strength of suture anchors", "other"),
        ("Health literacy of patients with osteoarthritis", "other"),
        ("How common are chondral lesions in injured knees?", "epidemiology"),
        ("Biology of tendon-to-bone healing", "mechanism"),
        ("Evaluation of the painful knee", "diagnosis"),
    ],
)
def test_titles_without_a_treatment_tell_their_kind(title: str, kind: str) -> None:
    """Readers compared, tests, images and features are diagnosis; models, outcome sets and what people know are other."""
    assert _kinds(title, "Sixty patients or papers were studied.") == {kind}


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        (
            "Does smoking influence outcomes after arthroscopic rotator cuff repair?",
            "Sixty patients underwent arthroscopic rotator cuff repair and were followed up.",
            "prognosis",
        ),
        (
            "Cardiovascular risk with celecoxib: a meta-analysis",
            "Trials of celecoxib were pooled.",
            "harm",
        ),
        (
            "Pharmacokinetics of intra-articular triamcinolone",
            "Blood levels of triamcinolone were measured in patients after intra-articular injection of the knee.",
            "biodistribution",
        ),
        (
            "Sex differences after autologous chondrocyte implantation",
            "Sixty patients underwent autologous chondrocyte implantation and were followed up.",
            "prognosis",
        ),
        (
            "Celecoxib in hand osteoarthritis",
            "Ninety patients with hand osteoarthritis were randomized to celecoxib or placebo.",
            "benefit",
        ),
        (
            "Corticosteroid injection before knee arthroplasty increases infection risk",
            "Patients who had corticosteroid injection before arthroplasty were compared with those who had none.",
            "harm",
        ),
        (
            "Autologous chondrocyte implantation in adolescents",
            "Study design: case series. Sixty adolescents underwent autologous chondrocyte implantation. Lysholm scores improved.",
            "benefit",
        ),
    ],
)
def test_titles_of_a_treatment_tell_their_kind(title: str, text: str, kind: str) -> None:
    """A patient's factor that influences outcomes is prognosis, a named risk is harm, and treated patients who fared better ask of benefit without a stated aim."""
    assert _kinds(title, text) == {kind}


def test_every_cue_is_used() -> None:
    """Every cue of the rule file is one that the code asks for by name."""
    folder = Path(str(question_kind.__file__)).parent
    source = "".join(
        (folder / name).read_text(encoding="utf-8") for name in ("question_asked.py", "question_kind.py")
    )
    asked = set(re.findall(r'"(?:said\.)?(\w+)"', source))
    assert {name.split(".")[1] for name in question_asked.cues()} <= asked


@given(st.text(max_size=120), st.text(max_size=300))
def test_any_text_has_a_known_kind(title: str, text: str) -> None:
    """Whatever the text, the kinds are those of the label's list."""
    assert set(label_text("synthetic", title, text, V)["question"].values) <= KINDS


def test_the_labelled_abstracts_stay_as_well_told(shared: Path) -> None:
    """On the abstracts labelled by reading, the kind's precision and recall do not fall below what was measured."""
    lines = (shared / "gold" / "labels-dev.jsonl").read_text(encoding="utf-8").splitlines()
    score = score_labels([json.loads(line) for line in lines], V)["question"]
    assert score.precision >= 0.93
    assert score.recall >= 0.80
