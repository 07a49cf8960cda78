#!/bin/sh
# Debian packages that the tests use: a second OCR engine, a browser, Chinese letters, servers. Nothing of it is needed to use Polyveil.
set -eu
want=""
need() { command -v "$1" >/dev/null 2>&1 || want="$want $2"; }
need tesseract tesseract-ocr
[ -e /usr/share/tesseract-ocr/5/tessdata/chi_sim.traineddata ] || want="$want tesseract-ocr-chi-sim"
need chromium chromium
[ -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ] || want="$want fonts-noto-cjk"
command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ] || want="$want mosquitto"
ls /usr/lib/*/girepository-1.0/GstRtspServer-1.0.typelib >/dev/null 2>&1 ||
  want="$want gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || want="$want postgresql"
need soffice "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
[ -n "$want" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $want >/dev/null
else
  echo "tests want these Debian packages:$want" >&2
  [ "${CI:-}" != true ] || exit 1
fi
