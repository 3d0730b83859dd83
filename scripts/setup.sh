#!/usr/bin/env bash
# Install what is missing: system packages through apt, Python packages into .venv. A second run installs nothing.
set -eu
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin" # ldconfig, for users who have neither

say() { printf '%s\n' "$*"; }
stop() { say "setup: $*" >&2; exit 1; }

python_found() { python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

packages=""
need() { packages="$packages $1"; }
python_found || need python3
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || need python3-qgis
if [ "${1:-}" = tests ]; then # the tests read PDFs and GeoPackages with tools that are not ours
  command -v pdftotext >/dev/null || need poppler-utils
  command -v ogrinfo >/dev/null || need gdal-bin
  command -v xvfb-run >/dev/null || need "xvfb xauth" # and a screen for the planner's day
fi
ls /usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc >/dev/null 2>&1 || need fonts-noto-cjk
# Libraries of the system that the window needs: file name and the package that holds it.
while read -r library package; do
  ldconfig -p 2>/dev/null | grep -q "$library" || need "$package"
done <<'LIBRARIES'
libEGL.so.1 libegl1
libGL.so.1 libgl1
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libxkbcommon.so.0 libxkbcommon0
libxkbcommon-x11.so.0 libxkbcommon-x11-0
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-shape.so.0 libxcb-shape0
libxcb-xkb.so.1 libxcb-xkb1
LIBRARIES

if [ -n "$packages" ]; then
  command -v apt-get >/dev/null || stop "these are missing and apt-get is not here to install them:$packages. See the README for other systems."
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || stop "these are missing and need root to install:$packages. Ask your administrator, or install sudo."
    as_root=sudo
  fi
  say "Installing system packages:$packages"
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
fi

python_found || stop "Python 3.11 or newer is needed; $(python3 --version 2>&1) was found. Debian 12 and Ubuntu 24.04 have it."
stamp=".venv/.installed-$(cat pyproject.toml constraints.txt | sha256sum | cut -c1-16)"
if [ ! -e "$stamp" ]; then
  say "Installing Python packages into .venv"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  PYTHONWARNINGS=ignore .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
  rm -f .venv/.installed-*
  : >"$stamp"
fi
