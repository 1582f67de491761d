"""What a study set against what: one rule of the tagger at a time, each beside its opposite."""

from __future__ import annotations

import pytest

from corpus.tagging import label_text
from corpus.vocabulary import load_vocabulary

V = load_vocabulary()
FOLLOWED = "Study design: cohort study. Eighty patients were treated and followed up for two years."


def _values(title: str, text: str, facet: str) -> set[str]:
    return set(label_text("synthetic", f"{title}: synthetic record", text, V)[facet].values)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Mobile-bearing versus fixed-bearing total knee arthroplasty",
            "Ninety patients with osteoarthritis were randomized to one of two groups. Function was scored at one year.",
            {"arthroplasty"},
        ),
        (
            "Platelet-rich plasma with rotator cuff repair",
            f"{FOLLOWED} Repairs with or without platelet-rich plasma were compared.",
            {"no-treatment"},
        ),
        (
            "Celecoxib and rofecoxib for knee osteoarthritis",
            "Patients with knee osteoarthritis were randomized to celecoxib 200 mg (n = 40), rofecoxib 25 mg (n = 41) or placebo (n = 20).",
            {"placebo"},
        ),
        (
            "Celecoxib and rofecoxib for knee osteoarthritis",
            "Patients with knee osteoarthritis were randomized to celecoxib 200 mg (n = 40) or rofecoxib 25 mg (n = 41).",
            {"nsaid"},
        ),
        (
            "Factors associated with failure: total knee arthroplasty and risk factors",
            f"{FOLLOWED} Patients were compared with patients of the other group.",
            {"none"},
        ),
        (
            "Hyaluronic acid for knee osteoarthritis",
            f"{FOLLOWED} The treated group was better than the other group, compared with those of the registry.",
            {"not-stated"},
        ),
    ],
)
def test_what_people_s_treatment_was_set_against(title: str, text: str, expected: set[str]) -> None:
    """Another form of the same, the same left out, or another drug of its kind is the control; patients told apart are none."""
    assert _values(title, text, "comparator") == expected


@pytest.mark.parametrize(
    ("arms", "expected"),
    [
        ("a collagen scaffold alone or the scaffold plus bone marrow mesenchymal stem cells", {"scaffold"}),
        (
            "(a) a collagen scaffold (n = 8) and (b) a collagen scaffold + bone marrow mesenchymal stem cells",
            {"scaffold"},
        ),
        ("a scaffold seeded with bone marrow mesenchymal stem cells or left untreated", {"no-treatment"}),
        (
            "a collagen gel (COGEL group) or that with bone marrow mesenchymal stem cells (COGEL/BMSC group)",
            {"scaffold"},
        ),
    ],
)
def test_a_carrier_by_itself_is_an_arm(arms: str, expected: set[str]) -> None:
    """The carrier that some animals got without its cells is what the cells were compared with."""
    text = f"To repair cartilage with stem cells. Rabbits received {arms} in a cartilage defect. Repair was scored."
    assert (
        _values("Stem cells in a scaffold repair cartilage defects in rabbits", text, "comparator")
        == expected
    )


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Total knee arthroplasty after ligament reconstruction",
            "Study design: cohort study. Forty knees were matched with 40 knees by age. Both groups underwent total knee arthroplasty.",
            {"arthroplasty"},
        ),
        (
            "Factors associated with results of total knee arthroplasty",
            "Study design: cohort study. Forty knees were matched with 40 knees by age. Both groups underwent total knee arthroplasty.",
            {"none"},
        ),
        (
            "Collagen scaffold in rabbits",
            "We implanted a collagen scaffold in defects of 20 rabbits. Repair was better compared with a polymer scaffold.",
            {"scaffold"},
        ),
        (
            "Collagen scaffold in rabbits",
            "We implanted a collagen scaffold in defects of 20 rabbits. The contralateral knee was treated with microfracture.",
            {"microfracture"},
        ),
        (
            "Collagen scaffold in rabbits",
            "We implanted a collagen scaffold in defects of 20 rabbits. Defects without grafting served as controls.",
            {"no-treatment"},
        ),
        (
            "Feasibility of a collagen scaffold in rabbits",
            "We implanted a collagen scaffold in defects of 20 rabbits. The scaffold was filled with tissue at twelve weeks.",
            {"none"},
        ),
    ],
)
def test_a_control_is_told_in_many_ways(title: str, text: str, expected: set[str]) -> None:
    """The same operation in two groups, another material, the other knee and the defect left alone are controls; animals set against nothing have none."""
    assert _values(title, text, "comparator") == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Exosomes for rotator cuff repair in rats",
            "Rats were divided into two groups: suture repair only, and repair with exosomes injected at the tendon. Healing was scored.",
            {"tendon-or-ligament-surgery"},
        ),
        (
            "Platelet-rich plasma after arthroscopic microfracture: a randomised trial",
            "Fifty patients were randomised to a control group with only arthroscopic microfracture and a group with platelet-rich plasma as well.",
            {"microfracture"},
        ),
        (
            "Collagen scaffold in rabbits",
            "We implanted a collagen scaffold in defects of 20 rabbits. Repair was scored against microfracture-treated empty defect controls.",
            {"microfracture"},
        ),
        (
            "Collagen scaffold in rabbits",
            "We implanted a collagen scaffold in defects of 20 rabbits. Repair was better compared with a polymer scaffold and with the empty defect.",
            {"no-treatment", "scaffold"},
        ),
        (
            "Collagen scaffold seeded with stem cells in rabbits",
            "We implanted a collagen scaffold seeded with stem cells in defects of 20 rabbits. More bone formed than without cell seeding.",
            {"scaffold"},
        ),
        (
            "Collagen scaffold with stem cells in rabbits",
            "We implanted a collagen scaffold seeded with stem cells in defects of 20 rabbits. Repair was better than with the blank control implant.",
            {"scaffold"},
        ),
    ],
)
def test_what_the_others_had_instead(title: str, text: str, expected: set[str]) -> None:
    """A repair alone, the operation alone, another material beside the empty defect, and the carrier left blank are controls."""
    assert _values(title, text, "comparator") == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Curcuma extract for knee osteoarthritis: a randomised trial",
            "Patients were randomised to receive curcuma extract or another extract for six weeks. Pain was less in both groups.",
            {"none"},
        ),
        (
            "Curcuma extract for knee osteoarthritis: a randomised trial",
            "Patients were randomised to receive curcuma extract or to the control group for six weeks. Pain was less in both groups.",
            {"not-stated"},
        ),
        (
            "Chitosan implant for cartilage defects in sheep",
            "We implanted a chitosan scaffold in drilled defects of 20 sheep. Repair was better than in the drill-only controls.",
            {"microfracture"},
        ),
        (
            "Bone marrow concentrate in rotator cuff repair",
            f"{FOLLOWED} Patients were compared with a matched control group of 45 patients who did not receive bone marrow concentrate.",
            {"no-treatment"},
        ),
        (
            "Hydrogel that releases magnesium in rabbits",
            "We implanted a collagen hydrogel with magnesium in defects of 20 rabbits. Repair was better than with the hydrogel without magnesium.",
            {"scaffold"},
        ),
        (
            "Homeopathic preparation in dogs with osteoarthritis",
            "Dogs were randomised to the herbal preparation or placebo. It was more effective than placebo. In conclusion, it was not as effective as carprofen.",
            {"nsaid", "placebo"},
        ),
    ],
)
def test_arms_side_by_side_and_controls_told_late(title: str, text: str, expected: set[str]) -> None:
    """A trial that speaks of no control has none; those who did not receive it, a carrier without its drug, and a drug it fell short of are controls."""
    assert _values(title, text, "comparator") == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("The comparison group received hyaluronic acid.", "hyaluronic-acid"),
        ("Hyaluronic acid served as an active comparator.", "hyaluronic-acid"),
        ("Controls were injected with a single dose of triamcinolone.", "corticosteroid"),
        ("The control group (n = 40) was treated with celecoxib 200 mg daily.", "nsaid"),
        ("Pain relief was worse than expected.", "not-stated"),
    ],
)
def test_the_control_of_a_trial_is_called_by_many_words(told: str, expected: str) -> None:
    """Control, comparator and comparison group name the control with what they got; a word of comparison alone names none."""
    text = f"Eighty patients were randomised to two groups, one of them the controls. One group received platelet-rich plasma. {told}"
    found = _values("Platelet-rich plasma for knee osteoarthritis: a randomised trial", text, "comparator")
    assert found == {expected}


def test_a_gel_without_cells_is_the_control_of_one_with_them() -> None:
    """A cell-free gel in the other knee is the carrier by itself; a cell-free scaffold that is the treatment has no such control."""
    with_cells = "Defects in sheep were treated with a collagen gel seeded with mesenchymal stem cells; cell-free gel was used in the other knee."
    without = "Study design: case series. A cell-free collagen scaffold was implanted in 20 patients."
    assert _values("Stem cells in collagen gel for sheep", with_cells, "comparator") == {"scaffold"}
    assert _values("Cell-free scaffold for cartilage defects", without, "comparator") == {"none"}


@pytest.mark.parametrize("first", ["Microfracture versus mosaicplasty", "Mosaicplasty versus microfracture"])
def test_the_older_operation_is_the_control(first: str) -> None:
    """Of an old and a newer operation set side by side, the old one is the control, whichever is named first."""
    text = "Patients were randomised to microfracture or mosaicplasty of the knee. Function was scored at one year."
    assert _values(f"{first} for cartilage defects", text, "comparator") == {"microfracture"}


def test_an_operation_of_the_field_may_be_named_late() -> None:
    """What a study's results outdo, and what it did not study itself, is its control though only the results name it."""
    text = (
        "Collagen scaffolds were implanted in defects of 20 sheep. The scaffolds outperformed microfracture."
    )
    assert _values("Collagen scaffold in sheep", text, "comparator") == {"microfracture"}
