#!/bin/sh
# Builds the wheel and answers a question with it from an empty folder, so that what is tested is what ships.
set -eu
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" -m build --wheel --outdir "$work/wheel" . >/dev/null
"$python" -m venv --system-site-packages "$work/venv"
# The dependencies are those of the environment that runs the tests; only firstpass itself comes from the wheel.
site=$("$python" -c 'import site; print(site.getsitepackages()[0])')
"$work/venv/bin/pip" install -q --no-deps --force-reinstall "$work"/wheel/*.whl
echo "$site" > "$("$work/venv/bin/python" -c 'import site; print(site.getsitepackages()[0])')/dependencies.pth"
cd "$work"
HOME="$work" "$work/venv/bin/firstpass" ask "is IV BMC for knee OA real?" > answer.txt
grep -q "studies match" answer.txt || { echo "the wheel did not answer:"; cat answer.txt; exit 1; }
"$work/venv/bin/python" -c "import corpus, pathlib, sys; sys.exit('$here' in str(pathlib.Path(corpus.__file__)))"
echo "wheel: answers as installed"
