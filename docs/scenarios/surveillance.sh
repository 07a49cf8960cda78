#!/bin/sh
# A film served as a camera, and the camera masked for a minute. Usage: surveillance.sh BIN FOLDER
set -eu
bin=$1; folder=$2; mkdir -p "$folder"
: "${POLYVEIL_PASSPHRASE:=scenario only}"; export POLYVEIL_PASSPHRASE
here=$(cd "$(dirname "$0")/../.." && pwd)
(cd "$here" && "$bin/python" -c "from pathlib import Path; from benchmarks import labelled_film as f; import sys; f.make(Path(sys.argv[1]), 450)" "$folder/film.mp4")
/usr/bin/python3 "$here/benchmarks/rtsp_server.py" "$folder/film.mp4" 8554 & server=$!
trap 'kill $server' EXIT
sleep 2
timeout -s INT 60 "$bin/polyveil" live camera rtsp://127.0.0.1:8554/camera --vault "$folder/vault" --http-port 8081 || [ $? = 124 ]
"$bin/polyveil" report "$folder/vault"
