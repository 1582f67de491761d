"""The export of the model of questions: equal to the model, refused when altered, and no torch on the question path."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from word_encoder import word_encoders

from index import encoder as encoding
from index.digests import Digests
from index.encoder import Encoders, Model, open_encoder
from index.errors import EncoderError
from index.export import EXACT, HARD, LONG
from index.onnx import GRAPH, TOKENIZER, Exported, OnnxEncoder, entry, write_exported
from index.questions import Exports, open_questions

QUESTIONS = ("is IV BMC for knee OA real?", "PRP vs. hyaluronic acid, hip; n > 40", "Ünïcode Straße 膝", "")
HEAVY = ("torch", "transformers", "sentence_transformers", "scipy", "sklearn", "onnx", "onnxscript")

FRESH = """
import sys
from pathlib import Path
from index.questions import Exports, open_questions
found = open_questions(Exports(Path(sys.argv[1])))
vectors = found.questions.encode(sys.argv[2:])
assert not {HEAVY} & set(sys.modules), {HEAVY} & set(sys.modules)
sys.stdout.buffer.write(vectors.tobytes())
""".replace("{HEAVY}", repr(set(HEAVY)))


@pytest.fixture(scope="module")
def exports(encoder: Encoders, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    """The embedded model, exported once."""
    made = Exports(tmp_path_factory.mktemp("root"))
    made.make(encoder, lambda: QUESTIONS)
    return made


def copied(exports: Exports, to: Path) -> Exports:
    """The same exports in another root, to be altered."""
    shutil.copytree(exports.root, to)
    return Exports(to)


@pytest.mark.model
def test_the_export_gives_the_vectors_of_the_model(encoder: Encoders, exports: Exports) -> None:
    """Short, long, empty and foreign questions have the model's own vectors, of length one, within 1e-4."""
    opened = open_questions(exports)
    texts = (*QUESTIONS, *HARD, LONG)
    found = opened.questions.encode(texts)
    assert np.abs(found - encoder.questions.encode(texts)).max() <= EXACT
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert (opened.runs_on.library, opened.runs_on.because) == ("onnxruntime", "")
    assert opened.runs_on.checked == len(QUESTIONS) + len(HARD)


@pytest.mark.model
def test_a_fresh_process_encodes_a_question_without_torch_to_the_same_bytes(exports: Exports) -> None:
    """Neither torch nor what comes with it is imported, and the vectors are those of this process, byte for byte."""
    run = subprocess.run(
        [sys.executable, "-c", FRESH, str(exports.root), *QUESTIONS], capture_output=True, check=True
    )
    assert run.stdout == open_questions(exports).questions.encode(QUESTIONS).tobytes()


@pytest.mark.model
def test_a_question_has_the_same_bytes_alone_and_among_others(exports: Exports) -> None:
    """A vector depends on nothing but its text."""
    questions = open_questions(exports).questions
    alone = np.concatenate([questions.encode([text]) for text in QUESTIONS])
    assert alone.tobytes() == questions.encode(QUESTIONS).tobytes()
    assert questions.encode([]).shape == (0, 384)


@pytest.mark.model
def test_an_export_opened_ahead_gives_the_same_bytes(exports: Exports, encoder: Encoders) -> None:
    """Opened on a thread of its own it encodes as one that was waited for; where there is none, nothing is opened."""
    ahead = exports.open_ahead(encoder.fingerprint)
    assert ahead is not None
    waited = open_questions(exports).questions
    assert ahead.questions.encode(QUESTIONS).tobytes() == waited.encode(QUESTIONS).tobytes()
    assert exports.open_ahead("another") is None


def test_what_stops_an_export_that_is_opened_ahead_is_told_where_it_is_needed(tmp_path: Path) -> None:
    """An export that its library refuses raises the same error, by name and with the cure, when its encoder is asked for."""
    broken = Exports(tmp_path)
    folder = broken.folder("synthetic")
    folder.mkdir(parents=True)
    for name in (GRAPH, TOKENIZER):
        (folder / name).write_text("neither a graph nor a tokenizer", encoding="utf-8")
    files = {name: entry(folder / name) for name in (GRAPH, TOKENIZER)}
    write_exported(folder, Exported("synthetic", "", files=files))
    ahead = broken.open_ahead("synthetic")
    assert ahead is not None
    with pytest.raises(EncoderError) as waited:
        broken.open("synthetic")
    with pytest.raises(EncoderError, match="firstpass index") as told:
        _ = ahead.questions
    assert str(told.value) == str(waited.value)


@pytest.mark.model
@pytest.mark.parametrize("name", [GRAPH, f"{GRAPH}.data", TOKENIZER, "manifest.json"])
def test_an_altered_export_is_not_used(
    exports: Exports, tmp_path: Path, encoder: Encoders, name: str
) -> None:
    """One byte changed in any file, and the export counts as absent, also where it was hashed before."""
    altered = copied(exports, tmp_path / "root")
    assert altered.read(encoder.fingerprint) is not None
    file = altered.folder(encoder.fingerprint) / name
    with file.open("r+b") as stream:
        stream.seek(file.stat().st_size // 2)
        byte = stream.read(1)
        stream.seek(-1, 1)
        stream.write(bytes([byte[0] ^ 1]))
    assert altered.read(encoder.fingerprint) is None
    assert altered.runs_on(encoder.fingerprint).library == "sentence-transformers"


@pytest.mark.model
def test_questions_go_to_the_export_once_there_is_one(
    exports: Exports, tmp_path: Path, encoder: Encoders
) -> None:
    """Encoders opened before the export was made give its bytes after, those of the model before."""
    later = Exports(tmp_path / "root")
    first = later.first(encoder)
    assert first.questions.encode(QUESTIONS).tobytes() == encoder.questions.encode(QUESTIONS).tobytes()
    copied(exports, later.root)
    assert (
        first.questions.encode(QUESTIONS).tobytes()
        == open_questions(exports).questions.encode(QUESTIONS).tobytes()
    )


@pytest.mark.model
@pytest.mark.slow
def test_an_export_whose_vectors_differ_is_refused(encoder: Encoders, tmp_path: Path) -> None:
    """Held against another model, the export is let go, the reason is kept, and the model itself answers."""
    other = Exports(tmp_path)
    questions = encoder.questions
    assert isinstance(questions, Model)

    class Turned(Model):
        def encode(self, texts: object) -> np.ndarray:
            return -super().encode(texts)  # type: ignore[arg-type]  # as above

    turned = replace(encoder, questions=Turned(questions.path, role="query"))
    other.make(turned, lambda: QUESTIONS)
    said = other.runs_on(encoder.fingerprint)
    assert said.library == "sentence-transformers"
    assert "the export differs from the model itself by" in said.because
    assert other.open(encoder.fingerprint) is None
    assert sorted(path.name for path in other.folder(encoder.fingerprint).iterdir()) == ["manifest.json"]


def test_encoders_that_are_no_model_have_no_export(tmp_path: Path) -> None:
    """Nothing is written for them, and it is said that there is no export."""
    exports = Exports(tmp_path)
    exports.make(word_encoders())
    assert exports.runs_on("word-encoder-1").because == "there is no export of the model"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.model
def test_a_model_that_cannot_be_exported_answers_itself(tmp_path: Path) -> None:
    """A table of word vectors asks for what no tokenizer gives; that is said once, and its questions are still encoded."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(encoding.find(None) / "tokenizer.json"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu").save(
        str(tmp_path / "table")
    )
    exports, name = Exports(tmp_path / "root"), str(tmp_path / "table")
    opened = open_questions(exports, name)
    assert opened.runs_on.library == "sentence-transformers"
    assert opened.runs_on.because
    assert opened.questions.encode(QUESTIONS).shape == (len(QUESTIONS), 16)


@pytest.mark.model
@pytest.mark.slow
def test_pooling_prompt_and_limit_are_in_the_export(tmp_path: Path) -> None:
    """A pair of models with a prompt for questions, first-token pooling and a limit of 24 tokens is exported whole."""
    question, passage = (_small(tmp_path / name, seed) for seed, name in enumerate(("question", "passage")))
    exports = Exports(tmp_path / "root")
    encoders = open_encoder(passage, question)
    exports.make(encoders, lambda: QUESTIONS)
    opened = open_questions(exports, passage, question)
    assert opened.runs_on.library == "onnxruntime", opened.runs_on.because
    assert isinstance(opened.questions, OnnxEncoder)
    assert (opened.questions.exported.prefix, opened.questions.exported.limit) == ("question: ", 24)
    found = opened.questions.encode(QUESTIONS)
    assert np.abs(found - encoders.questions.encode(QUESTIONS)).max() <= EXACT
    assert np.abs(found - encoders.passages.encode(QUESTIONS)).max() > 0.01


def _small(folder: Path, seed: int) -> str:
    """A model of two layers with weights by chance, saved; its path."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import AutoTokenizer, BertConfig, BertModel

    tokenizer = AutoTokenizer.from_pretrained(str(encoding.find(None)))
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    words = Transformer(str(folder / "bert"), max_seq_length=24)
    whole = SentenceTransformer(
        modules=[words, Pooling(32, pooling_mode="cls")], device="cpu", prompts={"query": "question: "}
    )
    whole.save(str(folder / "whole"))
    return str(folder / "whole")


def test_what_was_not_touched_is_not_hashed_again(tmp_path: Path) -> None:
    """A digest is made once for the same files, and anew where one was written to, even to the same size."""
    file = tmp_path / "weights"
    file.write_text("one")
    made: list[str] = []

    def digest() -> str:
        made.append(file.read_text())
        return made[-1]

    digests = Digests(tmp_path / "kept" / "digests.json")
    assert [digests.of(tmp_path, [file], digest) for _ in range(3)] == ["one"] * 3
    file.write_text("two")
    assert digests.of(tmp_path, [file], digest) == "two"
    assert made == ["one", "two"]


def test_digests_that_cannot_be_kept_are_made_each_time(tmp_path: Path) -> None:
    """A file in the way of the folder, or a file that is no JSON, costs time only."""
    (tmp_path / "kept").write_text("not a folder, not JSON")
    for file in (tmp_path / "kept" / "digests.json", tmp_path / "kept"):
        assert Digests(file).of(tmp_path, [tmp_path / "kept"], lambda: "made") == "made"


ASK = """
import sys
from assistant.cli import main
sys.argv = ["firstpass", "ask", "--json", "--library", sys.argv[1], "does a synthetic injection help?"]
try:
    main()
finally:
    assert not {HEAVY} & set(sys.modules), {HEAVY} & set(sys.modules)
""".replace("{HEAVY}", repr(set(HEAVY)))


@pytest.mark.model
def test_a_whole_answer_imports_no_torch_and_is_the_same_in_every_process(
    exports: Exports, tmp_path: Path
) -> None:
    """From the command to the printed answer, a fresh process imports nothing heavy; two of them print the same bytes."""
    from assistant.answering import Bench, build
    from assistant.settings import Settings

    (tmp_path / "library.toml").write_text('name = "synthetic library"\n')
    (tmp_path / "one.md").write_text(
        "---\ntitle: Synthetic post\n---\n\nA synthetic injection helps nobody.\n"
    )
    bench = Bench(Settings(tmp_path, starter=False))
    shutil.copytree(exports.root / "models", bench.root / "models")
    build(bench)
    runs = [
        subprocess.run([sys.executable, "-c", ASK, str(tmp_path)], capture_output=True, check=True)
        for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    assert b'"question": "does a synthetic injection help?"' in runs[0].stdout
    assert bench.exports.runs_on(bench.fingerprint()).library == "onnxruntime"
