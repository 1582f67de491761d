"""Whether a study had a control, and by what names nothing, a placebo and usual care are told: one rule of the tagger at a time."""

from __future__ import annotations

import pytest

from corpus.mentions import find
from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()
FOLLOWED = "Study design: cohort study. Eighty patients were treated and followed up for two years."


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", f"{title}: synthetic record", text, V)[facet].values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chondrocytes were treated with diclofenac. Expression was higher than before.", {"not-stated"}),
        ("Chondrocytes were cultured with diclofenac. Uptake was measured.", {"none"}),
    ],
)
def test_a_dish_leaves_an_unnamed_control_open(text: str, expected: set[str]) -> None:
    """Where a drug changes cells in a dish and nothing names the control, it is left open; where nothing is compared there is none."""
    assert _values("Diclofenac in human chondrocytes in vitro", text, "comparator") == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Hyaluronic acid for knee osteoarthritis: a randomised trial",
            "Eighty patients were randomised to hyaluronic acid or another gel. The groups were alike, though the study lacked a placebo group.",
            {"not-stated"},
        ),
        (
            "Celecoxib versus diclofenac for knee osteoarthritis: a randomised trial",
            "Patients were randomised to celecoxib or diclofenac. Celecoxib was compared with diclofenac, the current standard of care.",
            {"nsaid"},
        ),
        (
            "Collagen scaffold with microfracture: case series",
            "Forty patients were treated with a collagen scaffold. Further trials should compare it with microfracture alone.",
            {"none"},
        ),
        (
            "Platelet-rich plasma for arthritis in rabbits",
            "The right knees were injected with platelet-rich plasma and the left knees with saline. The treated group was better than the untreated group.",
            {"placebo"},
        ),
        (
            "Platelet-rich plasma for arthritis in rabbits",
            "Rabbits received platelet-rich plasma, saline or no treatment. The treated group was better than the untreated group.",
            {"placebo", "no-treatment"},
        ),
        (
            "Acellular tendon scaffold with mesenchymal stem cells in rabbits",
            "The acellular tendon scaffold was seeded with mesenchymal stem cells and implanted in rabbits. Healing was significantly better.",
            {"not-stated"},
        ),
        (
            "Kartogenin in collagen scaffolds in rats",
            "Collagen scaffolds with or without kartogenin were implanted in rats. Healing was better with kartogenin.",
            {"scaffold"},
        ),
    ],
)
def test_what_is_named_as_a_control_and_was_none(title: str, text: str, expected: set[str]) -> None:
    """A placebo that was lacking, a name for the standard, a study still to be done, and a word for those beside are no controls."""
    assert _values(title, text, "comparator") == expected


@pytest.mark.parametrize(
    ("said", "control"),
    [
        ("an injection of lactated Ringer's solution", "placebo"),
        ("sodium chloride solution", "placebo"),
        ("a dummy capsule", "placebo"),
        ("control injections", "placebo"),
        ("detuned ultrasound", "sham"),
        ("a skin incision only", "sham"),
        ("unstimulated controls", "no-treatment"),
        ("non-exercising controls", "no-treatment"),
        ("no additional treatment", "no-treatment"),
        ("natural healing group", "no-treatment"),
        ("treatment as usual", "usual-care"),
        ("attention control", "usual-care"),
    ],
)
def test_a_control_has_many_names(said: str, control: str) -> None:
    """A fluid, a dummy, a device switched off, nothing more, and care as usual are told by the names that trials give them."""
    assert [one.concept for one in find(f"The others had {said}.", V)] == [control]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Adipose-derived stem cells of five regions in vitro",
            "Stem cells of five regions were cultured in vitro. Respiration was compared between them and with native cartilage.",
            {"none"},
        ),
        (
            "A magnetic resonance score of osteochondral allografts: validation in goats",
            "Fourteen goats had osteochondral allografts implanted. The score correlated significantly with histology.",
            {"none"},
        ),
        (
            "Osteochondral allografts in goats",
            "Fourteen goats had osteochondral allografts implanted. Cartilage was significantly thicker.",
            {"not-stated"},
        ),
        (
            "Antidepressants for chronic pain: a narrative review",
            "This review discusses antidepressants such as duloxetine. It summarizes individual placebo-controlled studies of duloxetine.",
            {"placebo"},
        ),
        (
            "High tibial osteotomy with chondrocyte implantation in varus knees",
            f"{FOLLOWED} Patients had isolated high tibial osteotomy in one group or high tibial osteotomy and autologous chondrocyte implantation.",
            {"osteotomy"},
        ),
        (
            "Stem cells and microfracture in rabbits",
            "Rabbits received adipose-derived stem cells or microfracture. The control group was left untreated. Repair was better than in the microfracture group.",
            {"no-treatment"},
        ),
    ],
)
def test_whether_there_was_a_control_at_all(title: str, text: str, expected: set[str]) -> None:
    """Cells set beside cells and a score tried out have no control; one is named by a word before it, and before all by the group that had nothing."""
    assert _values(title, text, "comparator") == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            "Patients were randomised to tranexamic acid in 100 ml normal saline or no tranexamic acid.",
            "no-treatment",
        ),
        ("Patients were randomised to tranexamic acid in 20 ml saline or saline 20 ml.", "placebo"),
        (
            "Patients were randomised to one or two doses. No additional treatment was needed in either group.",
            "none",
        ),
    ],
)
def test_a_fluid_to_dissolve_in_and_a_need_are_no_controls(told: str, expected: str) -> None:
    """Saline that a drug is dissolved in is no placebo, saline by itself is; treatment that nobody needed is no group without it."""
    title = "Tranexamic acid in total knee arthroplasty: a randomised trial"
    assert _values(title, told, "comparator") == {expected}
