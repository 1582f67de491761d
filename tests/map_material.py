"""What the tests of the map share: a library of plainly synthetic records, some of them hostile."""

from __future__ import annotations

from pathlib import Path

HOSTILE = "</script><img src=x onerror=alert(1)> <!-- & \" ' {row} \u2028 of marrow concentrate"

RIS = """TY  - JOUR
TI  - {title}
AB  - Synthetic. {abstract}
AN  - {number:08d}
{more}ER  -

"""

ROWS = (
    ("Bone marrow concentrate in knee osteoarthritis", "Ten patients had an intra-articular injection of bone marrow concentrate.", ""),
    ("Bone marrow concentrate in hip osteoarthritis", "Ten patients had an intra-articular injection of bone marrow concentrate.", ""),
    ("Intravenous mesenchymal stem cells in rats with knee osteoarthritis", "Twenty rats had an intravenous injection of mesenchymal stem cells.", ""),
    ("Platelet-rich plasma in knee osteoarthritis: a randomised controlled trial", "Forty patients were randomised to intra-articular platelet-rich plasma or placebo.", ""),
    (f"Knee osteoarthritis {HOSTILE}", "Ten patients with knee osteoarthritis had an intra-articular injection of bone marrow concentrate.", "UR  - javascript:alert(2)\n"),
    ("Bone marrow concentrate in knee osteoarthritis: a narrative review", "This narrative review covers intra-articular bone marrow concentrate.", ""),
)  # fmt: skip


def library(folder: Path) -> Path:
    """A library of those records, with a hostile name."""
    folder.mkdir()
    records = (
        RIS.format(title=f"Synthetic record {number}: {title}", abstract=abstract, number=number, more=more)
        for number, (title, abstract, more) in enumerate(ROWS, start=1)
    )
    (folder / "records.ris").write_text("".join(records), "utf-8")
    (folder / "library.toml").write_text("name = 'Synthetic <b>library</b> & \"more\" ]]>'\n", "utf-8")
    return folder
