"""The layout is the data flow: imports go one way, and nothing shadows a package."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAY_IMPORT = {"corpus": set(), "index": {"corpus"}, "assistant": {"corpus", "index"}}
OWNERS = {
    "pypdf": "corpus/papers.py",
    "trafilatura": "corpus/pages.py",
    "rispy": "corpus/ris.py",
    "faiss": "index/vectors.py",
    "grpc": "index/milvus.py",
    "milvus_lite": "index/milvus.py",
    "pymilvus": "index/milvus.py",
    "ray": "index/ray_cluster.py",
    "sentence_transformers": "index/encoder.py",
    "ir_measures": "index/measure.py",
    "urllib3": "corpus/fetch.py",
    "uvicorn": "assistant/slack/serving.py",
    "h11": "assistant/slack/serving.py",
    "prometheus_client": "assistant/slack/metrics.py",
    "PIL": "assistant/map_picture.py",
    "onnxruntime": "index/onnx.py",
    "tokenizers": "index/onnx.py",
    "onnx": "index/export.py",
}
DATABASE = (
    "assistant/slack/database.py",
    "assistant/slack/engines.py",
    "assistant/slack/left.py",
)
"""Where SQLAlchemy's errors are translated: at the start and on the way in and out, at an address, and where a maintainer only reads."""


def modules(package: str) -> list[Path]:
    """The package's Python files."""
    return sorted((ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", list(MAY_IMPORT))
def test_imports_go_one_way(package: str) -> None:
    """The package corpus imports neither index nor assistant, and index does not import assistant."""
    forbidden = set(MAY_IMPORT) - MAY_IMPORT[package] - {package}
    wrong = {str(path.relative_to(ROOT)): imported(path) & forbidden for path in modules(package)}
    assert {path: names for path, names in wrong.items() if names} == {}


@pytest.mark.parametrize(("library", "owner"), list(OWNERS.items()))
def test_each_outside_library_has_one_owner(library: str, owner: str) -> None:
    """Only the owner module imports the library, so its errors are translated in one place."""
    users = {
        str(path.relative_to(ROOT))
        for package in MAY_IMPORT
        for path in modules(package)
        if library in imported(path)
    }
    assert users == {owner}


def test_the_database_is_spoken_to_by_sqlalchemy_alone() -> None:
    """No module names SQLite's or PostgreSQL's own library, only the migrations' runner alembic, and only the database's modules SQLAlchemy's errors."""
    every = [path for package in MAY_IMPORT for path in modules(package)]
    at_home = [path for path in every if "assistant/slack" in str(path)]
    named = {
        name: {str(path.relative_to(ROOT)) for path in every if name in imported(path)}
        for name in ("sqlite3", "psycopg", "alembic", "sqlalchemy")
    }
    assert named["sqlite3"] == named["psycopg"] == set()
    assert {one.rpartition("/migrations/")[0] for one in named["alembic"]} == {"", "assistant/slack"}
    assert {one for one in named["alembic"] if "/migrations/" not in one} == {"assistant/slack/migrating.py"}
    assert named["sqlalchemy"] <= {str(path.relative_to(ROOT)) for path in at_home}
    errors = {str(path.relative_to(ROOT)) for path in every if "sqlalchemy.exc" in path.read_text("utf-8")}
    assert errors == set(DATABASE)


def test_no_name_hides_a_package() -> None:
    """No function, argument or variable is called corpus, index or assistant."""
    hidden = []
    for package in MAY_IMPORT:
        for path in modules(package):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(node, ast.Name | ast.FunctionDef | ast.arg):
                    continue
                stored = (
                    isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in MAY_IMPORT
                )
                named = (
                    isinstance(node, ast.FunctionDef | ast.arg)
                    and getattr(node, "name", getattr(node, "arg", "")) in MAY_IMPORT
                )
                if stored or named:
                    hidden.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert hidden == []


def test_the_benchmark_command_finds_every_benchmark() -> None:
    """The one command looks for files by a name that each file of benchmarks has; pytest's own finds none of them."""
    said = re.search(
        r'^\t.*-o python_files="(\S+)" tests/benchmarks$',
        (ROOT / "Makefile").read_text("utf-8"),
        re.MULTILINE,
    )
    assert said
    files = {path.name for path in (ROOT / "tests/benchmarks").glob("*.py")} - {"conftest.py", "report.py"}
    assert files
    assert {one for one in files if fnmatch(one, said[1])} == files
