"""What a study set against what, and what it names and did not give: one rule of the tagger at a time, each beside its opposite."""

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
            "Synthetic gel for cartilage defects in sheep",
            "To show that a collagen scaffold is comparable to osteochondral autograft transplantation. Sheep received a collagen scaffold in a cartilage defect.",
            {"scaffold"},
        ),
        (
            "A decision aid in total knee arthroplasty: a randomised controlled trial",
            "Patients who wait for total knee arthroplasty were randomised to a decision aid or to usual care.",
            {"other"},
        ),
        (
            "Arthroscopic assessment of cartilage: reliability",
            "Arthroscopic scores of 40 patients were read twice.",
            {"none"},
        ),
        (
            "Determination of celecoxib in plasma by chromatography",
            "Celecoxib was measured in plasma of 12 patients who received celecoxib.",
            {"none"},
        ),
        (
            "Autologous chondrocyte implantation in the knee",
            "Study design: case series. Forty patients underwent autologous chondrocyte implantation covered with a collagen membrane.",
            {"chondrocyte-implantation"},
        ),
        (
            "Autologous chondrocyte implantation in the knee",
            "Study design: case series. Forty patients were treated with autologous chondrocytes seeded on a hyaluronan scaffold.",
            {"chondrocyte-implantation", "scaffold"},
        ),
        (
            "Graft hypertrophy looked at by means of arthroscopy in a patient following autologous chondrocyte implantation: complications",
            "Graft hypertrophy is a complication. It was seen in one patient. The graft was smoothed.",
            {"chondrocyte-implantation"},
        ),
        (
            "Isolation and characterisation of adipose-derived mesenchymal stem cells",
            "Adipose-derived mesenchymal stem cells of 12 human donors were cultured in vitro. Surface markers were measured by flow cytometry.",
            {"adipose-msc"},
        ),
        (
            "Compression of cartilage cells",
            "To study load on cartilage cells in vitro. Human chondrocytes were embedded in a collagen hydrogel. The gels were compressed for four days and gene expression was measured.",
            {"chondrocyte-implantation", "scaffold"},
        ),
        (
            "Arthroscopic high tibial osteotomy",
            "Study design: case series. Forty patients underwent arthroscopy and high tibial osteotomy.",
            {"osteotomy"},
        ),
        (
            "Growth hormone for cartilage defects in rabbits",
            "To test whether growth hormone with microfracture improves repair. Rabbits received microfracture. Eight of them received growth hormone injections, eight saline.",
            {"biologic-drug"},
        ),
        (
            "Pain after rotator cuff repair: a randomised trial",
            "Patients were randomised to an interscalene block with ropivacaine or an intra-articular infusion of ropivacaine. The interscalene block was given before surgery and ropivacaine was infused for 48 hours.",
            {"local-anaesthetic", "nerve-block"},
        ),
    ],
)
def test_what_was_named_and_not_given(title: str, text: str, expected: set[str]) -> None:
    """What something was as good as, the occasion of an aim, a look, an assay and a lid over cells are not what was given."""
    assert _values(title, text, "intervention") == expected


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
