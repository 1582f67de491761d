"""What the tests of the maintainer's bench share: a small library of plainly synthetic records, and a bench without a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from word_encoder import word_encoders

from assistant.answering import Answerer, Bench
from assistant.contract import answer_object
from assistant.settings import Settings
from index.encoder import Encoders
from index.manifest import Fingerprints
from index.store import fingerprints

KNEE_IV = "IV bone marrow concentrate for knee osteoarthritis in humans"
KNEE_JOINT = "intra-articular bone marrow concentrate for knee osteoarthritis"
HIP_PRP = "platelet-rich plasma for hip osteoarthritis"


class WordBench(Bench):
    """A bench whose model is the word encoder; everything else is the real thing."""

    def encoders(self, progress: object = None) -> Encoders:
        """The word encoder."""
        return word_encoders()

    def expected(self) -> Fingerprints:
        """What the word encoder's stores are built with."""
        return fingerprints(word_encoders().fingerprint, super().expected().vocabulary)


def bench(folder: Path) -> WordBench:
    """The bench of a library in this folder."""
    return WordBench(Settings(folder, starter=False))


def nbib(pmid: int, title: str, abstract: str, *more: str) -> str:
    """One synthetic record as PubMed exports it."""
    lines = [
        f"PMID- {pmid}",
        f"TI  - {title}",
        f"AB  - {abstract}",
        "AU  - Synthetic A",
        "DP  - 2020 Jan",
        f"LID - 10.0000/synthetic.{pmid} [doi]",
        "PT  - Journal Article",
        *more,
    ]
    return "\n".join(lines) + "\n\n"


def knee_joint(pmid: int) -> str:
    """A human trial of bone marrow concentrate into the knee."""
    return nbib(
        pmid,
        f"Synthetic record {pmid}: intra-articular bone marrow concentrate for knee osteoarthritis",
        "Twenty patients with knee osteoarthritis were randomly assigned to an intra-articular injection of bone marrow "
        f"concentrate or saline. Batch {pmid} was followed for a year.",
        "PT  - Randomized Controlled Trial",
        "MH  - Humans",
    )


def knee_iv(pmid: int) -> str:
    """A human trial of bone marrow concentrate into a vein."""
    return nbib(
        pmid,
        f"Synthetic record {pmid}: intravenous bone marrow concentrate for knee osteoarthritis",
        "Twenty patients with knee osteoarthritis were randomly assigned to an intravenous infusion of bone marrow "
        f"concentrate or saline. Batch {pmid} was followed for a year.",
        "PT  - Randomized Controlled Trial",
        "MH  - Humans",
    )


def hip_prp(pmid: int) -> str:
    """A human trial of platelet-rich plasma into the hip."""
    return nbib(
        pmid,
        f"Synthetic record {pmid}: platelet-rich plasma for hip osteoarthritis",
        "Thirty patients with hip osteoarthritis were randomly assigned to intra-articular injections of platelet-rich "
        f"plasma or hyaluronic acid. Batch {pmid} was followed for a year.",
        "PT  - Randomized Controlled Trial",
        "MH  - Humans",
    )


def library(folder: Path, *records: str, questions: str = "") -> Path:
    """A library of one file of records, with judged questions where given."""
    folder.mkdir(exist_ok=True)
    (folder / "library.toml").write_text('name = "Synthetic library"\n', encoding="utf-8")
    write_records(folder, *records)
    if questions:
        (folder / "questions.toml").write_text(questions, encoding="utf-8")
    return folder


def write_records(folder: Path, *records: str) -> None:
    """Put these records in place of the library's own."""
    (folder / "records.nbib").write_text("".join(records), encoding="utf-8")


def question(
    text: str, *, outcome: str = "", direct: tuple[int, ...] | None = None, must: bool = False
) -> str:
    """One [[question]] of questions.toml."""
    lines = ["[[question]]", f'question = "{text}"']
    lines += [f'outcome = "{outcome}"'] if outcome else []
    if direct is not None:
        lines.append(f"direct = {json.dumps([f'pmid:{pmid}' for pmid in direct])}")
    lines += ["must = true"] if must else []
    return "\n".join(lines) + "\n\n"


def asked(of: Bench, text: str) -> dict[str, Any]:
    """The answer of what is served now, as --json prints it."""
    with of.open() as store:
        return answer_object(Answerer(of, store, of.encoders()).answer(text))
