#!/bin/sh
# The main job on made-up data: sample -> protect -> report -> export -> search the export for what was planted.
# Usage: demo.sh PATH-TO-POLYVEIL FOLDER
set -eu
polyveil=$1
folder=$2
umask 077
mkdir -p "$folder"
[ -s "$folder/passphrase" ] || od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$folder/passphrase"
POLYVEIL_PASSPHRASE=$(cat "$folder/passphrase")
export POLYVEIL_PASSPHRASE

[ -e "$folder/sample/labels.jsonl" ] || "$polyveil" sample "$folder/sample"
"$polyveil" protect "$folder/sample" --vault "$folder/vault" || [ $? = 3 ] # hostile files end quarantined: 3 is right
rm -rf "$folder/export"
"$polyveil" export "$folder/vault" "$folder/export"
"$polyveil" evaluate "$folder/sample/labels.jsonl" --no-detect --leaks "$folder/export"
"$polyveil" report "$folder/vault" --html "$folder/report.html"
