"""The minimal pairs of short forms: each form in two texts that differ by what decides between its senses."""

from __future__ import annotations

import pytest

from corpus.mentions import find
from corpus.vocabulary import load_vocabulary

PAIRS = [
    ("BMC", "Autologous BMC was injected into the knee after marrow aspiration.", "bone-marrow-concentrate"),
    ("BMC", "Lumbar BMC was measured by DXA and fell with age.", "bone-mineral-content"),
    ("BMC", "Published in BMC Musculoskelet Disord in that year.", None),
    ("BMC", "Low BMC and osteoporosis were common in the women studied.", "bone-mineral-content"),
    ("IV", "Rats received IV infusions of cells.", "intravenous"),
    ("IV", "Level IV, therapeutic case series of injections.", None),
    ("IV", "Patients with Kellgren-Lawrence grade IV disease were treated by injection.", None),
    ("IV", "This phase IV trial of an injected drug enrolled adults.", None),
    ("IV", "Cells were injected. The level of evidence for this study is IV.", None),
    ("IV", "Cells were injected IV.", "intravenous"),
    ("IV", "Type IV collagen was stained after treatment.", None),
    ("IV", "Lesions of grade III or IV were injected.", None),
    ("IA", "The IA injection was given into the knee.", "intra-articular"),
    ("IA", "IA infusion through the carotid artery was given after stroke.", "intra-arterial"),
    ("IA", "Level IA evidence was found for the drug.", "evidence-class"),
    ("IT", "Cells were given IT into the cerebrospinal fluid by lumbar puncture.", "intrathecal"),
    ("IT", "The hospital IT system kept the records.", "information-technology"),
    ("ID", "ID injection into the degenerated disc was performed.", "intradiscal"),
    ("ID", "Each patient ID number was recorded.", "identification"),
    ("IO", "IO infiltration of the subchondral bone of the knee was given.", "subchondral"),
    ("IM", "The drug was given by IM injection into the muscle.", "intramuscular"),
    ("IM", "The fracture was fixed with an IM nail.", "internal-medicine"),
    ("SC", "The drug was given as an SC injection at a low dose.", "subcutaneous"),
    ("SC", "Pain of the SC joint was rare.", "sternoclavicular"),
    ("IL", "IL injection into the lesion was used.", "intralesional"),
    ("IL", "Serum IL-6 and IL-1 fell.", "interleukin"),
    ("PRP", "PRP was injected into the tendon.", "platelet-rich-plasma"),
    ("PRP", "PRP was applied to the retina of the eye with a laser.", "panretinal-photocoagulation"),
    ("PRP", "PRP is the prion protein of scrapie.", "prion-protein"),
    ("OA", "OA and joint pain were assessed by WOMAC.", "osteoarthritis"),
    ("OA", "The OA status of the journal was gold open access.", "open-access"),
    ("OA", "OA worsened sleep apnea.", "obstructive-apnoea"),
    ("HA", "HA was injected into the knee joint.", "hyaluronic-acid"),
    ("HA", "HA coated implants with calcium phosphate were used.", "hydroxyapatite"),
    ("HA", "HA of the influenza virus binds the receptor.", "hemagglutinin"),
    ("HA", "HA and migraine with aura were reported.", "headache"),
    ("ACS", "ACS was injected into the knee for OA.", "autologous-conditioned-serum"),
    ("ACS", "Patients with ACS had raised troponin and coronary disease.", "acute-coronary-syndrome"),
    ("ASC", "ASC from adipose tissue were cultured.", "adipose-msc"),
    ("ASC", "The ASC is an ambulatory surgery center with low cost.", "ambulatory-surgery-center"),
    ("AMSC", "AMSC from adipose tissue were given.", "adipose-msc"),
    ("AMSC", "AMSC from amniotic membrane were given.", "other-msc"),
    ("ASA", "ASA is an amniotic suspension allograft for the knee.", "amniotic-product"),
    ("ASA", "ASA 81 mg is aspirin.", "aspirin"),
    ("ASA", "ASA class III by anesthesia staff.", "american-society-of-anesthesiologists"),
    ("AM", "AM is amniotic tissue from placenta.", "amniotic-product"),
    ("AM", "The dose was taken at 8 AM each morning.", "morning"),
    ("AF", "AF is amniotic allograft.", "amniotic-product"),
    ("AF", "AF was treated with warfarin for stroke.", "atrial-fibrillation"),
    ("AF", "The AF of the intervertebral disc was torn.", "annulus-fibrosus"),
    ("CD", "CD was done for osteonecrosis of the femoral head.", "core-decompression"),
    ("CD", "CD and colitis are bowel diseases.", "crohns-disease"),
    ("CD", "Cells were positive for CD 34 by flow cytometry.", "cluster-of-differentiation"),
    ("CS", "CS injection of triamcinolone was given.", "corticosteroid"),
    ("CS", "Delivery by CS in pregnancy was frequent.", "caesarean-section"),
    ("CSI", "CSI into the shoulder for bursitis was given.", "corticosteroid"),
    ("CSI", "CSI after trauma to the cervical spine needs a collar.", "cervical-spine-injury"),
    ("RCT", "Repair of RCT of the shoulder with rotator cuff suture.", "rotator-cuff-disease"),
    ("RCT", "This RCT of randomized patients was published.", "rct"),
    ("RCT", "Pain after RCT of a tooth was seen by endodontists.", "root-canal-treatment"),
    ("MS", "MS with relapses and demyelinating lesions.", "multiple-sclerosis"),
    ("MS", "MS ultrasound of musculoskeletal structures.", "musculoskeletal"),
    ("LE", "LE of the elbow is an extensor tendon disorder.", "lateral-epicondylitis"),
    ("LE", "LE weakness of the leg was noted.", "lower-extremity"),
    ("OCD", "OCD of the talus with a loose fragment of cartilage.", "cartilage-defect"),
    ("OCD", "OCD and anxiety responded to fluoxetine, an SSRI.", "obsessive-compulsive-disorder"),
    ("ON", "ON of the femoral head is necrosis.", "osteonecrosis"),
    ("PF", "PF causes heel pain of the plantar fascia.", "plantar-fasciitis"),
    ("PF", "PF joint pain behind the patella.", "patellofemoral"),
    ("PL", "PL is lysate of platelets.", "platelet-lysate"),
    ("PT", "PT with exercise and rehab was prescribed.", "physiotherapy"),
    ("PT", "PT and INR show coagulation.", "prothrombin-time"),
    ("UC", "UC derived cells of the umbilical cord.", "umbilical-cord-product"),
    ("UC", "UC and Crohn disease of the bowel.", "ulcerative-colitis"),
    ("EV", "EV from MSC are extracellular vesicles.", "exosomes"),
    ("EV", "EV 71 is a virus of hand foot and mouth disease.", "enterovirus"),
    ("PE", "PE and DVT are thrombotic events.", "embolism-or-thrombosis"),
    ("PE", "A small PE of the lung was a pleural effusion.", "pleural-effusion"),
    ("BM", "BM aspirate as BMAC was injected.", "bone-marrow-concentrate"),
    ("BM", "One BM a day, then constipation of the bowel.", "bowel-movement"),
    ("TKR", "TKR is knee replacement with a prosthesis.", "arthroplasty"),
    ("TKR", "TKR is a thymidine kinase gene.", "thymidine-kinase"),
    ("ACL", "ACL graft of the knee ligament.", "acl-tear"),
    ("ACL", "ACL antibodies with IgG anticardiolipin.", "anticardiolipin"),
    ("SR", "SR with meta analysis was systematic.", "systematic-review"),
    ("SR", "The ECG showed SR without atrial ectopy.", "sinus-rhythm"),
    ("AE", "AE were adverse in two.", "adverse-event"),
    ("MA", "MA of trials, systematic.", "meta-analysis"),
    ("MA", "Boston, MA, Massachusetts.", "massachusetts"),
]

QUESTIONS = [
    ("is IV BMC for knee OA real?", {"intravenous", "bone-marrow-concentrate", "knee-osteoarthritis"}),
    ("iv bmc for knee oa", {"intravenous", "bone-marrow-concentrate", "knee-osteoarthritis"}),
    ("IA BMC knee", {"intra-articular", "bone-marrow-concentrate"}),
    ("Level IV evidence for BMAC hip", {"numeral-four", "bone-marrow-concentrate"}),
    ("KL IV knee prp?", {"numeral-four", "platelet-rich-plasma"}),
    ("PRP for RCT", {"platelet-rich-plasma", "rotator-cuff-disease"}),
    ("RCT of PRP for RCT", {"rct", "platelet-rich-plasma", "rotator-cuff-disease"}),
    (
        "BMAC vs PRP knee OA RCT",
        {"rct", "platelet-rich-plasma", "bone-marrow-concentrate", "knee-osteoarthritis"},
    ),
    ("BMC DXA", {"bone-mineral-content"}),
    ("does it help", set()),
    ("PRP for eye disease", {"panretinal-photocoagulation"}),
    ("b.m.a.c. for knee-OA", {"bone-marrow-concentrate", "knee-osteoarthritis"}),
    ("acs for knee oa", {"autologous-conditioned-serum", "knee-osteoarthritis"}),
    ("acs after stent", {"acute-coronary-syndrome"}),
    ("ha vs prp", {"hyaluronic-acid", "platelet-rich-plasma"}),
    ("le after dry needling of the elbow", {"acupuncture"}),
    ("i am on call, is this ok", set()),
]


@pytest.mark.parametrize(
    ("form", "text", "concept"), PAIRS, ids=[f"{form}-{concept}" for form, _, concept in PAIRS]
)
def test_a_document_s_words_decide_the_sense(form: str, text: str, concept: str | None) -> None:
    """A short form in a document takes the sense that the words round it decide, and no facet where it is none."""
    found = [
        one for one in find(text, load_vocabulary()) if form in one.form.split()[0:1] or one.form == form
    ]
    if concept is None:
        assert not [one for one in found if one.facet]
    else:
        assert found, text
        assert found[0].concept == concept


@pytest.mark.parametrize(("text", "wanted"), QUESTIONS, ids=[text for text, _ in QUESTIONS])
def test_a_question_takes_this_field_s_sense_where_nothing_decides(text: str, wanted: set[str]) -> None:
    """In a question a bare short form takes its sense in this field, unless a word beside it says otherwise."""
    found = {one.concept for one in find(text, load_vocabulary(), question=True)}
    assert wanted <= found
    if not wanted:
        assert not found


def test_a_bare_ambiguous_form_in_a_document_is_no_concept() -> None:
    """Without a definition or a word that decides, an ambiguous form in a document names nothing."""
    assert not find("HA was mentioned once. BMC too. MS also.", load_vocabulary())


def test_the_text_s_own_definition_decides() -> None:
    """A short form is what the text defines it as, from there on and before."""
    found = find("Bone marrow concentrate (BMC) works. Later BMC was seen.", load_vocabulary())
    assert {one.concept for one in found} == {"bone-marrow-concentrate"}
    assert len(found) >= 2
    other = find("Basic metabolic control (BMC) is a knee injection term. BMC was seen.", load_vocabulary())
    assert not [one for one in other if one.concept == "bone-marrow-concentrate"]


def test_the_other_senses_are_named() -> None:
    """A mention of an ambiguous form lists its other senses, so that an answer can offer them."""
    found = {one.form: one for one in find("BMC for knee OA", load_vocabulary(), question=True)}
    assert "bone-mineral-content" in found["BMC"].others
    assert "bone-marrow-concentrate" not in found["BMC"].others
