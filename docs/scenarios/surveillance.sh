#!/bin/sh
# A film served as a camera, and the camera masked for a minute. Usage: surveillance.sh BIN FOLDER
set -eu
bin=$1; folder=$2; mkdir -p "$folder"
: "${POLYVEIL_PASSPHRASE:=scenario only}"; export POLYVEIL_PASSPHRASE
here=$(cd "$(dirname "$0")/../.." && pwd)
state="$folder/vault/state/live/camera.json"; rm -f "$state"
ask() { "$bin/python" -c 'import sys, urllib.request; sys.stdout.buffer.write(urllib.request.urlopen(sys.argv[1], timeout=60).read(200_000))' "$1"; }
upto() { # upto WORD: wait until the source's state holds it
  for _ in $(seq 600); do grep -q "$1" "$state" 2>/dev/null && return; kill -0 "$live" || exit 1; sleep 0.5; done
  echo "no '$1' within five minutes" >&2; exit 1
}

echo "1. A made-up film with a face that walks, served at rtsp://127.0.0.1:8554/camera"
(cd "$here" && "$bin/python" -c "from pathlib import Path; from benchmarks import labelled_film as f; import sys; f.make(Path(sys.argv[1]), 450)" "$folder/film.mp4")
/usr/bin/python3 "$here/benchmarks/rtsp_server.py" "$folder/film.mp4" 8554 & server=$!
trap 'kill $server ${live:-} 2>/dev/null || true' EXIT
sleep 2

echo "2. polyveil live camera: the masked stream is at http://127.0.0.1:8081/stream.mjpg, open it in a browser"
"$bin/polyveil" live camera rtsp://127.0.0.1:8554/camera --vault "$folder/vault" --http-port 8081 & live=$!
upto '"segments"'

echo "3. The same as HLS, for players: http://127.0.0.1:8081/hls/index.m3u8"
ask http://127.0.0.1:8081/hls/index.m3u8 || echo "(too slow for HLS just now)"
echo "4. For Prometheus: http://127.0.0.1:8081/metrics"
ask http://127.0.0.1:8081/metrics
sleep 20

echo "5. Ctrl-C: the open segment is sealed"
kill -INT "$live"; wait "$live"
"$bin/polyveil" report "$folder/vault"
