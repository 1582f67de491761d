"""What a study gave, against what, how made and from whom: one rule of the tagger at a time, each beside its opposite."""

from __future__ import annotations

import pytest

from corpus.appraisal import design_label, species_label
from corpus.sentence_roles import BACKGROUND, BODY, CONCLUSION, OBJECTIVE
from corpus.study_reading import study_of
from corpus.tagging import document_of, label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", f"{title}: synthetic record", text, V)[facet].values)


def _roles(title: str, text: str) -> list[str]:
    document = document_of("synthetic", title, text)
    study = study_of(document, V, species_label(document), design_label(document))
    return [one.role for one in study.sentences if one.start > len(title)]


def test_labels_that_lost_their_line_still_divide_an_abstract() -> None:
    """A label glued to its sentence, one left in the middle of a line and one that stands alone all open their part."""
    glued = "PurposeTo assess pain. MethodsForty patients were injected. ResultsPain fell. ConclusionInjection was safe."
    assert _roles("Synthetic record 1", glued) == [OBJECTIVE, BODY, BODY, CONCLUSION]
    alone = (
        "Background. Pain is common. Aim. Pain was scored in patients. Methods. Forty knees were injected."
    )
    assert _roles("Synthetic record 2", alone)[3] == OBJECTIVE
    assert _roles("Synthetic record 2", alone)[-1] == BODY


def test_an_abstract_without_an_aim_is_no_mere_background() -> None:
    """Where the first word on the paper's own work is its conclusion, what stands before it is its methods and results."""
    text = (
        "Scaffolds are of interest. Rabbits received a collagen scaffold in the knee. Cartilage filled the defect after twelve weeks in each animal. "
        "This study demonstrated that the scaffold was well filled."
    )
    assert BACKGROUND in _roles("Synthetic record 3", text)
    assert _roles("Synthetic record 3", text)[1] == BODY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "This review summarizes treatment options. Techniques include microfracture, mosaicplasty, and autologous chondrocyte implantation.",
            {"microfracture", "osteochondral-graft", "chondrocyte-implantation"},
        ),
        ("This review summarizes imaging. Radiographs were compared with arthrography.", {"none"}),
    ],
)
def test_a_review_of_treatments_has_all_that_it_lists(text: str, expected: set[str]) -> None:
    """A review of treatments in general has each treatment that it lists; one that lists none has none."""
    assert (
        _values("Current concepts in cartilage lesions of the knee, a review", text, "intervention")
        == expected
    )


def test_an_operation_that_every_arm_had_is_no_intervention() -> None:
    """Microfracture beside a gel in one arm and alone in the other is the comparator, and no intervention."""
    text = "We compared a collagen hydrogel with microfracture versus microfracture alone in 40 patients randomized to two groups."
    assert _values("Collagen hydrogel for cartilage defects", text, "intervention") == {"scaffold"}
    assert _values("Collagen hydrogel for cartilage defects", text, "comparator") == {"microfracture"}


def test_an_operation_studied_for_itself_is_the_intervention() -> None:
    """The rule for arms is not blind: microfracture that is what the study is about is its intervention."""
    text = (
        "We report the results of microfracture in 40 patients. All patients were treated by microfracture."
    )
    assert _values("Outcomes of microfracture in the knee", text, "intervention") == {"microfracture"}


def test_cells_that_are_only_studied_are_no_intervention() -> None:
    """Cells drawn to a material are no part of it; cells seeded on it are."""
    title = "A peptide-coated collagen scaffold for cartilage defects in rabbits"
    drawn = "Scaffolds were implanted in rabbit knees. The scaffold raised recruitment of endogenous mesenchymal stem cells to the defect."
    seeded = "Scaffolds seeded with mesenchymal stem cells were implanted in rabbit knees. The mesenchymal stem cells seeded on the scaffold survived."
    assert _values(title, drawn, "intervention") == {"scaffold"}
    assert _values(title, seeded, "intervention") == {"scaffold", "msc"}


def test_the_biology_of_a_factor_is_no_treatment() -> None:
    """Signalling of a growth factor gives nobody anything; its injection does."""
    title = "Bone morphogenetic protein {} in rats"
    biology = _values(
        title.format("signaling"), "Bone morphogenetic protein signaling was lost.", "intervention"
    )
    assert "biologic-drug" not in biology
    given = _values(
        title.format("injection"), "Rats were injected with bone morphogenetic protein.", "intervention"
    )
    assert given == {"biologic-drug"}


def test_other_people_s_studies_give_nothing() -> None:
    """A product that only earlier studies used is no intervention of this one."""
    text = (
        "We report platelet-rich plasma injection in 30 patients. Previous studies reported corticosteroid injection. Recent studies used corticosteroid "
        "injections in knees. Patients received platelet-rich plasma."
    )
    assert _values("Platelet-rich plasma for tendinopathy", text, "intervention") == {"platelet-rich-plasma"}


@pytest.mark.parametrize(
    ("arm", "expected"),
    [
        ("The control group received saline.", {"placebo"}),
        ("Cells were washed with saline before injection.", {"none", "not-stated"}),
        ("Defects were left untreated in the other knee.", {"no-treatment"}),
        ("The other knee received the collagen scaffold alone.", {"scaffold"}),
    ],
)
def test_the_control_is_the_one_that_is_named(arm: str, expected: set[str]) -> None:
    """Saline that was given is a placebo, saline to wash with is none; an untreated defect and a scaffold alone are the controls they are."""
    text = f"Rabbits received a collagen scaffold seeded with mesenchymal stem cells in one knee. {arm} Cartilage was scored."
    found = _values("Collagen scaffold with mesenchymal stem cells in rabbits", text, "comparator")
    assert found <= expected
    assert found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("human bone marrow mesenchymal stem cells", {"xenogeneic"}),
        ("mesenchymal stem cells isolated from donor rats", {"allogeneic"}),
        ("autologous mesenchymal stem cells", {"autologous"}),
        ("non-autologous mesenchymal stem cells", {"not-stated"}),
    ],
)
def test_whose_cells_they_were(cells: str, expected: set[str]) -> None:
    """Human cells in rats are xenogeneic, those of donor rats allogeneic; "non-autologous" is not autologous."""
    text = f"Rats received an injection of {cells} into the knee. Control rats received saline."
    assert _values("Mesenchymal stem cell injection in rats with osteoarthritis", text, "source") == expected


def test_without_any_product_nothing_was_prepared() -> None:
    """Where no product of cells, blood or tissue is named, there is no preparation and no source, even if the treatment is unknown."""
    text = (
        "Forty patients were treated by a new method and followed for a year. Treatment was repeated twice."
    )
    title = "Treatment of stiff shoulders"
    assert _values(title, text, "preparation") == {"none"}
    assert _values(title, text, "source") == {"none"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Cells were cultured and passaged before injection.", {"culture-expanded"}),
        ("Culture supernatants of synovium were tested.", {"not-stated"}),
        ("Stromal cells were used without culture.", {"same-day"}),
    ],
)
def test_how_cells_were_prepared(sentence: str, expected: set[str]) -> None:
    """Cells that were cultured and passaged are expanded; the culture of something else, or its absence, says no such thing."""
    text = f"We treated 12 patients with adipose-derived mesenchymal stem cells. {sentence} Cells were injected once."
    assert (
        _values("Adipose-derived mesenchymal stem cells for knee osteoarthritis", text, "preparation")
        == expected
    )


def test_a_review_has_the_treatments_of_one_family_from_sentence_to_sentence() -> None:
    """Operations on a joint, or drugs, each in a sentence of its own, all count in a review of treatments; not where its title names another product."""
    text = (
        "This review summarizes what is known. Microfracture is used for small lesions. Osteotomy is used where the leg is bent. "
        "Mosaicplasty is used for larger ones."
    )
    title = "Treatment options for cartilage lesions, a review"
    assert _values(title, text, "intervention") == {"microfracture", "osteotomy", "osteochondral-graft"}
    drugs = "This review summarizes what is known. Corticosteroids are used for flares. Ibuprofen is used for pain."
    assert _values("Current management of gout, a review", drugs, "intervention") == {
        "corticosteroid",
        "nsaid",
    }
    cells = "Stem cell therapy options for cartilage lesions, a review"
    assert "osteotomy" not in _values(cells, text, "intervention")


def test_pluripotent_cells_of_a_title_are_what_was_studied() -> None:
    """Pluripotent cells that a title names are the ones studied in a dish, and given where it names a model; so are cells made from them."""
    dish = "Cells were cultured in vitro and their markers were measured."
    assert _values("Feeders for induced pluripotent stem cells", dish, "intervention") == {
        "embryonic-or-ips-cells"
    }
    rats = "Rats had a tear of the supraspinatus tendon. After four weeks the muscle was examined."
    title = "Pluripotent stem cell-derived mesenchymal stem cells in a rat model of rotator cuff tears"
    assert _values(title, rats, "intervention") == {"embryonic-or-ips-cells"}


def test_a_substance_that_is_measured_was_not_given() -> None:
    """A title that measures hyaluronan gives none; one that injects it does."""
    text = "We pooled seven studies. High hyaluronan levels predicted death. The ratios of hyaluronan were calculated given the interval."
    title = "Hyaluronan predicts prognosis in cancer patients, a meta-analysis"
    assert "hyaluronic-acid" not in _values(title, text, "intervention")
    given = (
        "We studied 40 patients with knee osteoarthritis. Hyaluronan was injected into the knee. Pain fell."
    )
    assert "hyaluronic-acid" in _values("Hyaluronan injection for knee osteoarthritis", given, "intervention")


def test_a_paper_on_mending_a_tissue_does_not_say_that_nothing_was_given() -> None:
    """Where no treatment is known by name, a title on restoring or engineering a tissue leaves it open; one on its epidemiology has none."""
    text = "This article presents an overview of the field."
    for title in (
        "Tissue engineering of the tendon, a review",
        "Restoring function of the shoulder, a review",
    ):
        assert _values(title, text, "intervention") == {"not-stated"}
    assert _values("Epidemiology of shoulder pain, a review", text, "intervention") == {"none"}


@pytest.mark.parametrize(
    ("title", "text", "given", "not_given"),
    [
        (
            "Platelet-rich plasma in association with microfracture of the knee: a randomized controlled trial",
            "We aimed to evaluate platelet-rich plasma. Forty patients were randomized to platelet-rich plasma or no injection. All received microfracture.",
            "platelet-rich-plasma",
            "microfracture",
        ),
        (
            "Effects of tranexamic acid on osteochondral defects treated by microfracture in rabbits",
            "We aimed to study tranexamic acid. Rabbits received tranexamic acid or saline. The defects were examined after eight weeks.",
            "other-drug",
            "microfracture",
        ),
        (
            "Individual physiotherapy compared to a standard exercise program: a randomized controlled trial",
            "We aimed to evaluate individual physiotherapy. Patients were randomly assigned to physiotherapy or to a standard exercise program.",
            "physiotherapy",
            "exercise",
        ),
        (
            "Mosaicplasty of the knee, a case series",
            "We report 20 patients treated with mosaicplasty. In three knees a tibial osteotomy was performed in the same surgery.",
            "osteochondral-graft",
            "osteotomy",
        ),
    ],
)
def test_what_every_arm_or_few_had_besides_is_not_what_was_given(
    title: str, text: str, given: str, not_given: str
) -> None:
    """An operation that something was tried with or on, the ordinary treatment of a control and what few had besides are left out."""
    found = _values(title, text, "intervention")
    assert given in found
    assert not_given not in found


def test_operations_that_stand_in_one_list_are_what_was_done() -> None:
    """After "following", a list of operations names what was done, each in some; one operation alone is the occasion of something else."""
    text = (
        "The purpose was to describe the rate of reoperation following microfracture (MFX), autologous chondrocyte implantation (ACI), and "
        "osteochondral allograft. A database was searched for all patients undergoing MFX, ACI, and osteochondral allograft."
    )
    found = _values("Reoperation rates after cartilage restoration in a database", text, "intervention")
    assert {"microfracture", "chondrocyte-implantation", "osteochondral-graft"} <= found


def test_cells_in_a_carrier_of_any_name_are_given_with_a_scaffold() -> None:
    """Cells embedded in a gel that is not named beside them are given with a scaffold; cells that are injected are not."""
    title = "Bone marrow mesenchymal stem cells for tendon defects in mice"
    text = "Mice had a tendon defect. The cells were labelled, encapsulated into fibrin, and implanted."
    assert _values(title, text, "intervention") == {"bone-marrow-msc", "scaffold"}
    plain = "Mice had a tendon defect. The cells were labelled, washed, and injected into the tendon."
    assert _values(title, plain, "intervention") == {"bone-marrow-msc"}


def test_growth_factors_count_in_a_review_of_biologics() -> None:
    """A review of biologics that lists growth factors is about them too; not where they are only what platelets hold."""
    title = "Biologic augmentation of the rotator cuff, a review"
    text = "This review summarizes platelet-rich plasma, growth factors, and collagen scaffolds. Platelet-rich plasma was used most."
    assert "biologic-drug" in _values(title, text, "intervention")
    held = "This review summarizes platelet-rich plasma. It is rich in growth factors. Platelet-rich plasma was used most."
    assert "biologic-drug" not in _values(title, held, "intervention")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "Arthroscopic repair of full-thickness rotator cuff tears in old people",
            {"tendon-or-ligament-surgery"},
        ),
        ("The rotator cuff following arthroscopic repair", {"tendon-or-ligament-surgery"}),
        ("Internal fixation of unstable osteochondritis dissecans", {"other"}),
        ("Percutaneous coronary intervention in angina", {"other"}),
        ("Oral anticoagulants in old people", {"other-drug"}),
        ("Microcurrent therapy for shoulder pain", {"other"}),
        ("Pharmacotherapy of obesity", {"other-drug"}),
    ],
)
def test_treatments_of_every_kind_have_a_name(title: str, expected: set[str]) -> None:
    """Tendon repair in parted words, fixation, devices and drugs by class are known from a title."""
    text = "We aimed to evaluate the treatment. Forty patients were treated. Pain fell."
    assert _values(title, text, "intervention") == expected


def test_a_block_that_a_drug_is_added_to_was_given_to_all() -> None:
    """A trial of an adjuvant to a nerve block is about the adjuvant; a trial of the block is about the block."""
    text = "Patients were randomized to the drug or placebo. All had surgery of the shoulder. Pain fell."
    title = "Dexmedetomidine as an adjuvant to interscalene block: a randomized controlled trial"
    assert _values(title, text, "intervention") == {"other-drug"}
    block = "Interscalene block for shoulder surgery: a randomized controlled trial"
    assert "nerve-block" in _values(block, text, "intervention")


def test_an_operation_with_and_without_something_was_done_in_both_arms() -> None:
    """A title on mosaicplasty with and without a concentrate is about the concentrate; one on mosaicplasty is about that."""
    text = "We compared two groups of patients. Both had mosaicplasty; one received bone marrow concentrate. Function improved."
    title = "Mosaicplasty with and without bone marrow concentrate: a cohort study"
    assert _values(title, text, "intervention") == {"bone-marrow-concentrate"}
    assert "osteochondral-graft" in _values("Mosaicplasty of the knee: a cohort study", text, "intervention")


def test_people_s_marrow_that_is_concentrated_is_no_cultured_cell() -> None:
    """The stem cells of marrow that is drawn and concentrated are a concentrate; of marrow that is cultured, they are not."""
    title = "Mesenchymal stem cells in rotator cuff repair, a technique"
    drawn = "We present a technique for patients. Bone marrow is harvested and concentrated. Mesenchymal stem cells are placed at the repair."
    assert "bone-marrow-concentrate" in _values(title, drawn, "intervention")
    grown = "We present a technique for patients. Bone marrow is harvested and cultured. Mesenchymal stem cells are placed at the repair."
    assert "bone-marrow-concentrate" not in _values(title, grown, "intervention")
