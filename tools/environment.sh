#!/bin/sh
# Create the virtual environment named by the first argument with a Python that the project supports.
# Asks nothing of the machine but Python; says what to install where even that is incomplete.
set -eu
target=$1

supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
  if "$candidate" -c "$supported" >/dev/null 2>&1; then python=$candidate; break; fi
done
if [ -z "${python:-}" ]; then
  echo "Compagnon needs Python 3.11, 3.12 or 3.13; none of them was found." >&2
  echo "Install one, or name it: make setup PYTHON=/path/to/python3.13" >&2
  exit 1
fi

if [ -x "$target/bin/python" ] && "$target/bin/python" -m pip --version >/dev/null 2>&1; then exit 0; fi
if "$python" -m venv "$target" >/dev/null 2>&1; then exit 0; fi

# Debian ships Python without `ensurepip`. A pip that is installed all the same can fill an environment that has none.
if "$python" -m pip --version >/dev/null 2>&1 && "$python" -m venv --clear --without-pip "$target" \
  && "$python" -m pip --python "$target/bin/python" install --quiet pip; then exit 0; fi
rm -rf "$target"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
echo "$python cannot create a virtual environment: its module ensurepip is missing." >&2
echo "On Debian and Ubuntu: apt-get install python$version-venv, then run the command again." >&2
exit 1
