"""What the tests of the map share: a library of plainly synthetic records, some of them hostile."""

from __future__ import annotations

from pathlib import Path

HOSTILE = "</script><img src=x onerror=alert(1)> <!-- & \" ' {row} \u2028 of marrow concentrate"

RECORD = """PMID- {number:08d}
TI  - {title}
AB  - Synthetic. {abstract}
{more}
"""
SCRIPT = """TY  - JOUR
TI  - Synthetic record 9: bone marrow concentrate in hip osteoarthritis
AB  - Ten patients had an intra-articular injection of bone marrow concentrate.
UR  - javascript:alert(2)
ER  -
"""
BMC = "Ten patients had an intra-articular injection of bone marrow concentrate."
TRIAL = "Forty patients were randomised to intra-articular platelet-rich plasma or placebo. NCT00000001."

ROWS = (
    ("Bone marrow concentrate in knee osteoarthritis", BMC, ""),
    ("Bone marrow concentrate in hip osteoarthritis", BMC, ""),
    ("Intravenous mesenchymal stem cells in rats with knee osteoarthritis", "Twenty rats had an intravenous injection of mesenchymal stem cells.", ""),
    ("Platelet-rich plasma in knee osteoarthritis: a randomised controlled trial", TRIAL, ""),
    (f"Knee osteoarthritis {HOSTILE}", f"Knee osteoarthritis. {BMC}", ""),
    ("Bone marrow concentrate in knee osteoarthritis: a narrative review", "This narrative review covers intra-articular bone marrow concentrate.", ""),
    ("Platelet-rich plasma in knee osteoarthritis: a randomised controlled trial, two years on", TRIAL, ""),
    ("Bone marrow concentrate in knee osteoarthritis, withdrawn", BMC, "PT  - Retracted Publication\n"),
)  # fmt: skip


def library(folder: Path) -> Path:
    """A library of those records, with a hostile name."""
    folder.mkdir()
    records = (
        RECORD.format(
            title=f"Synthetic record {number}: {title}", abstract=abstract, number=number, more=more
        )
        for number, (title, abstract, more) in enumerate(ROWS, start=1)
    )
    (folder / "records.nbib").write_text("".join(records), "utf-8")
    (folder / "page.ris").write_text(SCRIPT, "utf-8")
    (folder / "library.toml").write_text("name = 'Synthetic <b>library</b> & \"more\" ]]>'\n", "utf-8")
    return folder
