#!/usr/bin/env bash
# Build the sdist and, from it, the wheel into dist/; check both; try the wheel in an empty environment of every Python
# named:  release/package.sh python3.12 python3.13 python3.14   (none named: python3).  It needs a package registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
pythons=("${@:-python3}")
tools=build/release

for python in "${pythons[@]}"; do # pyenv has names of Pythons that it does not start
	"$python" --version >/dev/null 2>&1 || { echo "package: $python does not start here: name a Python that does" >&2; exit 1; }
done

echo "package: build and twine into $tools"
test -x $tools/bin/python || "${pythons[0]}" -m venv $tools
$tools/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt build twine pytest "setuptools>=77"

rm -rf dist
echo "package: python -m build"
$tools/bin/python -m build --outdir dist . > build/package.log || { tail -20 build/package.log; exit 1; }
$tools/bin/python -m twine check --strict dist/*

echo "package: what the sdist holds is enough for the tests of packaging"
unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
tar -xf dist/*.tar.gz -C "$unpacked" --strip-components 1
(cd "$unpacked" && "$OLDPWD/$tools/bin/python" -m pytest -q -p no:cacheprovider --noconftest tests/test_packaging.py)

for python in "${pythons[@]}"; do
	"$python" release/try_wheel.py dist/*.whl
done
ls -l dist
