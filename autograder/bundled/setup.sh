#!/usr/bin/env bash
# Prepares the container once, when its image is built: Gradescope runs this as root.
#
# The platform's own harness needs the system's python3 and its packages, so that grading has an
# environment of its own, in venv beside this folder. What may be set for another machine:
#   ARCGRADE_PYTHON       the Python to make it with, 3.10 or newer   [python3]
#   ARCGRADE_TORCH_INDEX  where the CPU build of torch is; empty: pip's usual places
# pip obeys its own variables, such as PIP_INDEX_URL and PIP_FIND_LINKS.
set -euo pipefail
cd "$(dirname "$0")"
source=$PWD
root=$(dirname "$source")
python=${ARCGRADE_PYTHON:-python3}
index=${ARCGRADE_TORCH_INDEX-https://download.pytorch.org/whl/cpu}

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y --no-install-recommends python3-venv
fi

"$python" -m venv --clear "$root/venv"
pip() { "$root/venv/bin/python" -m pip --disable-pip-version-check --no-cache-dir "$@"; }
# PyPI's build of torch brings several GB of libraries for GPUs; a CPU build satisfies the same pin.
PIP_EXTRA_INDEX_URL="${PIP_EXTRA_INDEX_URL-} $index" pip install -q -c requirements.txt torch
pip install -q -r requirements.txt
site=$("$root/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
echo "$source/lib" >"$site/arcgrade.pth"
"$root/venv/bin/python" -m compileall -q lib || true

# The checks, the solutions and the secret are root's alone; students' code runs as other users.
chown -R root:root "$source"
chmod -R go= "$source"
mkdir -p "$root/results"
chmod o= "$root/results"

# What this machine offers to confine students' code. The image may be built on another machine than
# it runs on, so that this decides nothing; each run tries anew, and says so to staff.
echo "arcgrade: kernel $(uname -r)"
"$root/venv/bin/python" -I -m autograder doctor ||
    echo "arcgrade: students' code could not be confined where this image was built."
