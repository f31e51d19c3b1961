#!/bin/sh
# Make the virtual environment in $1 with the first Python that is new enough: PYTHON, if set, else the usual names.
set -eu
venv=$1
root=$(cd "$(dirname "$0")/.." && pwd)

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
has() { "$1" -c "import $2" >/dev/null 2>&1; }

with_venv='' with_pip='' without=''
for python in ${PYTHON:-python3.13 python3.12 python3.11 python3.14 python3 python}; do
    new_enough "$python" || continue
    if has "$python" "venv, ensurepip"; then
        with_venv=${with_venv:-$python}
    elif has "$python" "venv, pip"; then
        with_pip=${with_pip:-$python}
    else
        without=${without:-$python}
    fi
done

if [ -n "$with_venv" ]; then
    "$with_venv" -m venv --clear "$venv"
elif [ -n "$with_pip" ]; then # Debian with python3-pip but not python3-venv
    "$with_pip" -m venv --clear --without-pip "$venv"
    "$with_pip" -m pip --python "$venv/bin/python" install -q --disable-pip-version-check pip
elif [ -n "$without" ]; then
    echo "$without cannot make a virtual environment. Install what it lacks (Debian, Ubuntu: apt install python3-venv) and run make again." >&2
    exit 1
else
    echo "Python 3.11 or newer is needed and was not found. Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python)," >&2
    echo "or name it: PYTHON=/path/to/python3 make run" >&2
    exit 1
fi
# Whatever is started from the environment finds the apps, also from another folder.
echo "$root" >"$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/manyi.pth"
