"""One contract for stores on disk and in Milvus, held by the real embedded engine; and what only an engine can get wrong."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from store_material import label, record, records, refusing_tools, tools

from corpus import passage
from index.build import BuildTools, build, prepare
from index.engine import COLLECTION, Engine, EngineSettings, engine_of
from index.errors import StoreDamaged, StoreError, StoreMismatch, StoreMissing
from index.publish import available, prune, repair, rollback
from index.root import current_version, read_pointer, stores
from index.store import Store, open_store

pytest.importorskip("pymilvus", reason="needs firstpass[cluster]")
pytest.importorskip("milvus_lite", reason="needs firstpass[cluster]")

COUNT = 12
FIRST, SECOND = "2026-01-02T03:04:05+00:00", "2026-02-03T04:05:06+00:00"
IN_MILVUS = EngineSettings()


@pytest.fixture(autouse=True)
def _released() -> Iterator[None]:
    """Close the engine's files after each test."""
    yield
    from index.milvus import disconnect

    disconnect()


@pytest.fixture(params=[None, IN_MILVUS], ids=["faiss", "milvus"])
def made(request: pytest.FixtureRequest) -> BuildTools:
    """What to build with, on disk and in the engine."""
    return replace(tools(), engine=request.param)


@pytest.fixture
def in_milvus() -> BuildTools:
    """What to build with in the engine."""
    return replace(tools(), engine=IN_MILVUS)


def engine(root: Path) -> Engine:
    """The engine of a root that has one."""
    found = engine_of(root)
    assert found is not None
    return found


def collections(root: Path) -> set[str]:
    """The versions that the engine holds."""
    beginning = engine(root).collection("")
    return {name.removeprefix(beginning) for name in engine(root).milvus().collections(beginning)}


def test_what_was_stored_comes_back(made: BuildTools, tmp_path: Path) -> None:
    """Documents, labels and passages are read back equal, also of texts without a word, of odd characters, and of none at all."""
    bodies = [
        "",
        "one two one two",
        "Ünïcode \u2018quoted\u2019 \U0001f9b4 10 billion IL-6",
        "…",
        'a "label" \\ of it',
    ]
    for documents in ([record(number, body) for number, body in enumerate(bodies)], []):
        build(documents, tools=made, root=tmp_path)
        with open_store(tmp_path) as store:
            assert store.ids == tuple(sorted(document.id for document in documents))
            for document in documents:
                assert store.document(document.id) == document
                assert store.labels(document.id) == dict(label(document))
                limit, count = made.encoders.token_limit, made.encoders.count_tokens
                split = passage.split(document, limit=limit, count=count)
                assert tuple(map(store.passage, store.passages_of(document.id))) == split
            assert len(store.best_words("two", 9)[0]) == (1 if documents else 0)
            store.verify()


def test_a_text_is_its_own_nearest_neighbour(made: BuildTools, tmp_path: Path) -> None:
    """Each passage's vector finds that passage first, and asking for more than there is gives each passage once."""
    build(records(COUNT), tools=made, root=tmp_path)
    with open_store(tmp_path) as store:
        for ordinal in range(len(store)):
            found, scores = store.nearest(store.vectors(np.array([ordinal]))[0], 10_000)
            assert found[0] == ordinal
            assert scores[0] == pytest.approx(1, abs=1e-5)
            assert sorted(found.tolist()) == list(range(len(store)))
            assert (np.diff(scores) <= 0).all()


def test_a_filter_lets_in_what_it_allows(made: BuildTools, tmp_path: Path) -> None:
    """None allows all, all false nothing, one document its own passages, and no place is taken by another's."""
    build(records(COUNT), tools=made, root=tmp_path)
    with open_store(tmp_path) as store:
        vector = store.vectors(np.array([0]))[0]
        none = np.zeros(store.documents, dtype=bool)
        assert len(store.nearest(vector, 5, none)[0]) == len(store.best_words("cells", 5, none)[0]) == 0
        assert len(store.nearest(vector, 5)[0]) == len(store.best_words("cells", 5)[0]) == 5
        assert len(store.nearest(vector, 0)[0]) == len(store.best_words("cells", 0)[0]) == 0
        assert len(store.best_words("xylophone", 5)[0]) == len(store.best_words("", 5)[0]) == 0
        none[3] = True
        assert tuple(store.nearest(vector, 5, none)[0]) == store.passages_of(store.ids[3])
        assert tuple(store.best_words("cells", 5, none)[0]) == store.passages_of(store.ids[3])
        everything_but = ~none
        assert set(store.owners(store.nearest(vector, 99, everything_but)[0])) == set(range(COUNT)) - {3}


def test_what_is_served_says_what_it_is(made: BuildTools, tmp_path: Path) -> None:
    """Version, time and counts are those of the publication, and an equal build gives an equal version elsewhere."""
    report = build(records(COUNT), tools=made, root=tmp_path / "a", built=FIRST)
    again = build(records(COUNT), tools=made, root=tmp_path / "b", built=SECOND)
    assert report.version == again.version == current_version(tmp_path / "a")
    with open_store(tmp_path / "a") as store:
        assert (store.version, store.built, store.documents) == (report.version, FIRST, COUNT)
    files = [sorted((stores(tmp_path / one) / report.version).rglob("*")) for one in "ab"]
    assert [path.read_bytes() for path in files[0] if path.is_file()] == [
        path.read_bytes() for path in files[1] if path.is_file()
    ]


def test_a_store_of_another_model_or_vocabulary_is_refused(made: BuildTools, tmp_path: Path) -> None:
    """What differs is named, with the command that mends it."""
    build(records(2), tools=made, root=tmp_path)
    own = made.fingerprints
    for what in ("model", "vocabulary"):
        with pytest.raises(StoreMismatch, match=rf"another {what} than.*firstpass index"):
            open_store(tmp_path, expected=replace(own, **{what: "another"}))
    open_store(tmp_path, expected=own).close()


def test_nothing_published_is_a_missing_store(made: BuildTools, tmp_path: Path) -> None:
    """What was prepared and not published is not served, and discarding it leaves nothing behind."""
    prepared = prepare(records(2), tools=made, root=tmp_path)
    with pytest.raises(StoreMissing, match="firstpass index"):
        open_store(tmp_path)
    with prepared.open() as store:
        assert store.documents == 2
    prepared.discard()
    assert not list((tmp_path / "aside").iterdir())
    if made.engine is not None:
        assert collections(tmp_path) == set()


def test_a_build_cut_short_leaves_what_was_served(made: BuildTools, tmp_path: Path) -> None:
    """Where encoding is cut off the old store is served whole, and the next build goes on and is served."""
    version = build(records(3), tools=made, root=tmp_path).version
    with pytest.raises(KeyboardInterrupt):
        build(records(600), tools=replace(refusing_tools(1), engine=made.engine), root=tmp_path)
    with open_store(tmp_path) as store:
        assert (store.version, store.documents) == (version, 3)
    assert build(records(5), tools=made, root=tmp_path).published
    with open_store(tmp_path) as store:
        assert store.documents == 5


def test_going_back_and_pruning(made: BuildTools, tmp_path: Path) -> None:
    """Going back serves the earlier store with its date; pruning keeps the one served; the engine holds just what is kept."""
    old = build(records(3), tools=made, root=tmp_path, built=FIRST).version
    new = build(records(4), tools=made, root=tmp_path, built=SECOND).version
    assert rollback(tmp_path).version == old == current_version(tmp_path)
    with open_store(tmp_path) as store:
        assert (store.documents, store.built) == (3, FIRST)
    assert rollback(tmp_path, new).version == new == current_version(tmp_path)
    rollback(tmp_path, old)
    assert not build(records(3), tools=made, root=tmp_path).published
    assert prune(tmp_path, keep=1) == (new,)
    assert available(tmp_path) == (old,)
    if made.engine is not None:
        assert collections(tmp_path) == {old}
        assert engine(tmp_path).served() == old


def test_old_stores_leave_the_memory_of_the_engine(in_milvus: BuildTools, tmp_path: Path) -> None:
    """Of the stores kept only the two published last stay loaded; an older one is loaded again when it is gone back to."""
    versions = [build(records(count), tools=in_milvus, root=tmp_path).version for count in (2, 3, 4)]
    client, name = engine(tmp_path).milvus()._client, engine(tmp_path).collection
    states = [client.get_load_state(name(version))["state"].name for version in versions]
    assert states == ["NotLoad", "Loaded", "Loaded"]
    assert rollback(tmp_path, versions[0]).version == versions[0]
    with open_store(tmp_path) as store:
        assert len(store.best_words("cells", 9)[0]) == 2


def test_scores_and_order_are_those_on_disk(in_milvus: BuildTools, tmp_path: Path) -> None:
    """For every text asked, whole, filtered or cut short, both give the same passages in the same order with the same word scores."""
    documents = [record(number, f"batch {number % 5} of cells, knee {number}") for number in range(60)]
    build(documents, tools=tools(), root=tmp_path / "disk")
    build(documents, tools=in_milvus, root=tmp_path / "engine")
    rng = np.random.default_rng(5)
    with open_store(tmp_path / "disk") as disk, open_store(tmp_path / "engine") as held:
        for document in documents[:20]:
            vector = tools().encoders.questions.encode([document.text])[0]
            for allowed in (None, rng.random(60) < 0.3, rng.random(60) < 0.95):
                for n in (1, 7, 200):
                    here, there = disk.nearest(vector, n, allowed), held.nearest(vector, n, allowed)
                    assert here[0].tolist() == there[0].tolist()
                    assert np.allclose(here[1], there[1], atol=1e-6)
                    here, there = (s.best_words(document.text, n, allowed) for s in (disk, held))
                    assert here[0].tolist() == there[0].tolist()
                    assert here[1].tobytes() == there[1].tobytes()
        ordinals = np.arange(len(disk))
        assert disk.vectors(ordinals).tobytes() == held.vectors(ordinals).tobytes()


def test_the_alias_is_the_step_of_publication(in_milvus: BuildTools, tmp_path: Path) -> None:
    """Killed right before or right after the alias is moved, the store that it names is served, with its own date."""
    old = build(records(3), tools=in_milvus, root=tmp_path, built=FIRST).version
    before = (tmp_path / "current").read_bytes()
    new = build(records(4), tools=in_milvus, root=tmp_path, built=SECOND).version
    (tmp_path / "current").write_bytes(before)  # as a run leaves it that is killed after the step
    assert (read_pointer(tmp_path).version, read_pointer(tmp_path).built) == (new, SECOND)
    assert repair(tmp_path) == ()
    engine(tmp_path).serve(old)  # as a run leaves it that is killed before the step
    assert (read_pointer(tmp_path).version, read_pointer(tmp_path).built) == (old, FIRST)
    with open_store(tmp_path) as store:
        assert store.documents == 3


def test_a_half_filled_collection_is_built_anew(in_milvus: BuildTools, tmp_path: Path) -> None:
    """A collection that a killed run left half full is removed by the next run, or filled anew where it is the very one."""
    build(records(3), tools=in_milvus, root=tmp_path)
    prepared = prepare(records(4), tools=in_milvus, root=tmp_path)
    half = prepared.report.version
    milvus, name = engine(tmp_path).milvus(), engine(tmp_path).collection(half)
    milvus._client.delete(name, ids=[1, 2])
    prepared.lock.release()  # as the system does for a process that was killed
    assert collections(tmp_path) == {half, current_version(tmp_path)}
    assert any(half in line for line in repair(tmp_path))
    assert collections(tmp_path) == {current_version(tmp_path)}
    assert build(records(4), tools=in_milvus, root=tmp_path).version == half
    with open_store(tmp_path) as store:
        store.verify()


def test_what_was_lost_in_the_engine_is_not_served(in_milvus: BuildTools, tmp_path: Path) -> None:
    """A collection that lacks a passage, or is gone, is refused with its cure; and building again mends it."""
    version = build(records(4), tools=in_milvus, root=tmp_path).version
    milvus, name = engine(tmp_path).milvus(), engine(tmp_path).collection(version)
    milvus._client.delete(name, ids=[2])
    with pytest.raises(StoreDamaged, match=r"not as it was published.*firstpass index"):
        open_store(tmp_path)
    assert build(records(4), tools=in_milvus, root=tmp_path).version == version
    open_store(tmp_path).close()
    engine(tmp_path).release()
    milvus.drop(name)
    with pytest.raises(StoreDamaged, match="firstpass index"):
        open_store(tmp_path)


def test_an_altered_passage_is_found(in_milvus: BuildTools, tmp_path: Path) -> None:
    """One vector or one label altered behind our back is found by `verify`, whichever passage it is of."""
    build(records(40), tools=in_milvus, root=tmp_path)
    milvus, name = engine(tmp_path).milvus(), engine(tmp_path).collection(str(current_version(tmp_path)))
    with open_store(tmp_path) as store:
        store.verify()
        compared = store._behind._contents.compared  # type: ignore[attr-defined] # only an engine's has it
        ordinal = next(number for number in range(len(store)) if number not in compared)
        held = dict(milvus.rows(name, [ordinal], ("document", "labels", "vector", "words"))[ordinal])
        for field, value in (("labels", ["species=human"]), ("vector", [0.0] * 63 + [1.0])):
            milvus._client.upsert(name, [{**held, field: value}])
            with pytest.raises(StoreDamaged, match="not as it was published"):
                store.verify()
        milvus._client.upsert(name, [held])
        store.verify()


def test_a_library_can_change_its_engine_and_go_back(in_milvus: BuildTools, tmp_path: Path) -> None:
    """From disk into the engine and out again: vectors are taken over, each step is served, and every store can be gone back to."""
    disk = build(records(3), tools=tools(), root=tmp_path, built=FIRST)
    held = build(records(3), tools=in_milvus, root=tmp_path)
    again = build(records(3), tools=tools(), root=tmp_path)
    assert held.reused == again.reused == disk.encoded
    assert held.published
    assert again.version == disk.version == current_version(tmp_path)
    assert engine(tmp_path).served() is None
    for version in (held.version, disk.version):
        rollback(tmp_path, version)
        assert current_version(tmp_path) == version
        with open_store(tmp_path) as store:
            assert (store.folder / COLLECTION).exists() is (version == held.version)


def test_a_library_that_left_the_engine_needs_it_no_more(in_milvus: BuildTools, tmp_path: Path) -> None:
    """Once a store on disk is served, it is served, built upon and pruned though the engine is gone."""
    from index.milvus import disconnect

    build(records(3), tools=in_milvus, root=tmp_path)
    build(records(4), tools=tools(), root=tmp_path)
    disconnect()
    (tmp_path / "milvus.db").rename(tmp_path / "elsewhere")
    (tmp_path / "milvus.db").write_text("no engine", encoding="ascii")
    with open_store(tmp_path) as store:
        assert store.documents == 4
    assert build(records(5), tools=tools(), root=tmp_path).reused == 4
    assert prune(tmp_path, keep=1)
    assert current_version(tmp_path) == available(tmp_path)[0]


def test_another_kind_of_index_is_another_store(in_milvus: BuildTools, tmp_path: Path) -> None:
    """Named in the settings, an approximate index is built, its candidates get the same scores; an unknown one is refused."""
    build(records(30), tools=in_milvus, root=tmp_path)
    graph = replace(in_milvus, engine=EngineSettings(kind="HNSW"))
    assert build(records(30), tools=graph, root=tmp_path).published
    with open_store(tmp_path) as store:
        vector = store.vectors(np.array([7]))[0]
        found, scores = store.nearest(vector, 5)
        assert (found[0], scores[0]) == (7, pytest.approx(1, abs=1e-5))
    with pytest.raises(StoreError, match="no index that firstpass knows"):
        build(records(30), tools=replace(in_milvus, engine=EngineSettings(kind="QUANTUM")), root=tmp_path)


def test_two_libraries_do_not_meet_in_one_engine(tmp_path: Path) -> None:
    """Two roots in one file each keep their own collections, and the alias of one is not taken by the other."""
    address = str(tmp_path / "both.db")
    made = replace(tools(), engine=EngineSettings(address=address))
    build(records(3), tools=made, root=tmp_path / "a")
    build(records(5), tools=made, root=tmp_path / "b")
    prune(tmp_path / "a", keep=1)
    for root, count in (("a", 3), ("b", 5)):
        with open_store(tmp_path / root) as store:
            assert store.documents == count
    named = replace(tools(), engine=EngineSettings(address=address, alias="evidence"))
    build(records(3), tools=named, root=tmp_path / "a")
    assert engine(tmp_path / "a").milvus().aliased("evidence") == engine(tmp_path / "a").collection(
        str(current_version(tmp_path / "a"))
    )
    with pytest.raises(StoreError, match="another alias"):
        build(records(6), tools=named, root=tmp_path / "b")
    with open_store(tmp_path / "b") as store:
        assert store.documents == 5


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (EngineSettings(address="http://127.0.0.1:9"), "see that it runs"),
        (EngineSettings(address="plain.sqlite"), r"ends in \.db"),
        (EngineSettings(alias="not a name"), "cannot be the alias"),
    ],
)
def test_what_no_engine_can_be_is_refused(settings: EngineSettings, said: str, tmp_path: Path) -> None:
    """A server that does not answer, a file of another kind, and a name that is none: what is served stays."""
    version = build(records(2), tools=tools(), root=tmp_path).version
    with pytest.raises(StoreError, match=said):
        build(records(3), tools=replace(tools(), engine=settings), root=tmp_path)
    assert not (tmp_path / "engine.json").exists()
    with open_store(tmp_path) as store:
        assert store.version == version


def run(script: str, *arguments: str) -> str:
    """What a script prints in a process of its own."""
    here = Path(__file__).parent
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=here.parent,
        env={"PYTHONPATH": f"{here}:{here.parent}", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


OPENED = """
import sys
from pathlib import Path
{before}
from index.store import open_store
try:
    with open_store(Path(sys.argv[1])) as store:
        print(store.documents, *sorted({{"pymilvus", "milvus_lite", "pyroaring", "ray"}} & set(sys.modules)))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_one_process_at_a_time_holds_a_file(in_milvus: BuildTools, tmp_path: Path) -> None:
    """While this process has the file another one is told so, with its cure; once it is let go the other one answers."""
    build(records(2), tools=in_milvus, root=tmp_path)
    assert "one process at a time" in run(OPENED.format(before=""), str(tmp_path))
    from index.milvus import disconnect

    disconnect()
    assert run(OPENED.format(before=""), str(tmp_path)).startswith("2 ")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of a server of its own process, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--data-dir", str(tmp_path / "served"), "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-m", "milvus_lite", "server", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        for _ in range(600):
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", run
        run.kill()


def test_many_processes_ask_one_server(server: tuple[str, subprocess.Popen[bytes]], tmp_path: Path) -> None:
    """By a server's address several processes ask at once, each sees what is published, and a variable may name the address."""
    address, _ = server
    made = replace(tools(), engine=EngineSettings(address=address))
    build(records(2), tools=made, root=tmp_path / "root")
    with open_store(tmp_path / "root") as store:
        assert run(OPENED.format(before=""), str(tmp_path / "root")).startswith("2 ")
        build(records(3), tools=made, root=tmp_path / "root")
        assert run(OPENED.format(before=""), str(tmp_path / "root")).startswith("3 ")
        assert len(store.best_words("cells", 9)[0]) == 2
    elsewhere = f'import os; os.environ["FIRSTPASS_MILVUS"] = "{address}"'
    stated = (tmp_path / "root" / "engine.json").read_text("utf-8")
    (tmp_path / "root" / "engine.json").write_text(stated.replace(address, "http://127.0.0.1:9"), "utf-8")
    assert run(OPENED.format(before=elsewhere), str(tmp_path / "root")).startswith("3 ")


@pytest.mark.slow
def test_a_server_that_died_is_said(server: tuple[str, subprocess.Popen[bytes]], tmp_path: Path) -> None:
    """Asked after its server has died, an open store and a new one say so with the cure; nothing of what was published is lost."""
    address, process = server
    version = build(
        records(2), tools=replace(tools(), engine=EngineSettings(address=address)), root=tmp_path / "root"
    ).version
    with open_store(tmp_path / "root") as store:
        process.kill()
        process.wait()
        with pytest.raises(StoreError, match="see that it runs"):
            store.best_words("cells", 3)
        with pytest.raises(StoreError, match="see that it runs"):
            current_version(tmp_path / "root")
        with pytest.raises(StoreError, match="see that it runs"):
            rollback(tmp_path / "root", version)
    assert available(tmp_path / "root") == (version,)


def test_without_the_extra_it_is_said(in_milvus: BuildTools, tmp_path: Path) -> None:
    """Where the client is not installed, a store in the engine is refused with the command that installs it."""
    build(records(2), tools=in_milvus, root=tmp_path)
    said = run(OPENED.format(before='sys.modules["pymilvus"] = None'), str(tmp_path))
    assert said.startswith("StoreError")
    assert "firstpass[cluster]" in said


def test_one_machine_feels_nothing_of_it(tmp_path: Path) -> None:
    """A store on disk is opened without importing anything of the cluster, whether or not it is installed."""
    build(records(2), tools=tools(), root=tmp_path)
    assert run(OPENED.format(before=""), str(tmp_path)).split() == ["2"]
    assert not (tmp_path / "engine.json").exists()


def test_a_store_without_its_engine_is_refused(in_milvus: BuildTools, tmp_path: Path) -> None:
    """Where it is not written which engine holds a store, or what was written is altered, nothing is served."""
    build(records(2), tools=in_milvus, root=tmp_path)
    folder = stores(tmp_path) / str(current_version(tmp_path))
    (tmp_path / "engine.json").write_text("{", encoding="ascii")
    with pytest.raises(StoreDamaged, match=r"engine\.json"):
        open_store(tmp_path)
    (tmp_path / "engine.json").unlink()
    with pytest.raises(StoreDamaged, match="firstpass index"):
        Store(folder)
