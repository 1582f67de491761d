#!/bin/sh
# Builds the wheel twice, from two copies of the sources, to the same bytes, and answers a question with it from an empty
# folder, so that what is tested is what ships and what ships can be built again.
set -eu
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What builds it is the environment's own, which the lock pins: nothing is fetched. The time in it is that of the last
# commit, or the longest ago that a wheel can hold.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 315532800)
export SOURCE_DATE_EPOCH
for build in wheel again; do
  mkdir "$work/$build-sources"
  cp -R assistant corpus index pyproject.toml README.md LICENSE "$work/$build-sources"
  find "$work/$build-sources" -name __pycache__ -prune -exec rm -r {} +
  "$python" -m build --no-isolation --wheel --outdir "$work/$build" "$work/$build-sources" >/dev/null
  sleep 2 # a time in the wheel would differ now
done
unset SOURCE_DATE_EPOCH
cmp "$work"/wheel/*.whl "$work"/again/*.whl || { echo "the same sources gave another wheel" >&2; exit 1; }
"$python" -m venv --system-site-packages "$work/venv"
# The dependencies are those of the environment that runs the tests; only firstpass itself comes from the wheel.
site=$("$python" -c 'import site; print(site.getsitepackages()[0])')
"$work/venv/bin/pip" install -q --no-deps --force-reinstall "$work"/wheel/*.whl
echo "$site" > "$("$work/venv/bin/python" -c 'import site; print(site.getsitepackages()[0])')/dependencies.pth"
cd "$work"
HOME="$work" "$work/venv/bin/firstpass" ask "is IV BMC for knee OA real?" > answer.txt
grep -q "studies match" answer.txt || { echo "the wheel did not answer:"; cat answer.txt; exit 1; }
"$work/venv/bin/python" -c "
from pathlib import Path
from assistant.slack.database import Database
Database(Path('state.sqlite3')).ping() # its schema is made by the migrations that the wheel holds
"
"$work/venv/bin/python" -c "import corpus, pathlib, sys; sys.exit('$here' in str(pathlib.Path(corpus.__file__)))"
echo "wheel: the same bytes twice, answers as installed"
