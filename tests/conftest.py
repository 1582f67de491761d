"""What the tests share: where the developers' material lies, and the real model, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest
from answer_material import word_answerer

from assistant.answering import Answerer
from corpus.library import starter_library
from index.encoder import Encoders, open_encoder

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real files beside the checkout; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared, the developers' material, which is absent here")
    return SHARED


@pytest.fixture(scope="session")
def encoder() -> Encoders:
    """The embedded model, loaded once for all tests marked `model`."""
    return open_encoder()


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Answerer:
    """The starter library, answered with the word encoder."""
    return word_answerer(starter_library(), tmp_path_factory.mktemp("starter"))
