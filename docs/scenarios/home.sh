#!/bin/sh
# A broker, made-up sensors, and what is republished. Usage: home.sh BIN FOLDER
set -eu
bin=$1; folder=$2; mkdir -p "$folder"
: "${POLYVEIL_PASSPHRASE:=scenario only}"; export POLYVEIL_PASSPHRASE
PATH=$PATH:/usr/sbin
state="$folder/vault/state/live/mqtt.json"; rm -f "$state"
upto() { # upto WORD: wait until the source's state holds it
  for _ in $(seq 600); do grep -q "$1" "$state" 2>/dev/null && return; kill -0 "$live" || exit 1; sleep 0.5; done
  echo "no '$1' within five minutes" >&2; exit 1
}

echo "1. mosquitto at mqtt://127.0.0.1:18830"
mosquitto -p 18830 >/dev/null 2>&1 & broker=$!
trap 'kill $broker ${live:-} 2>/dev/null || true' EXIT
sleep 1

echo "2. polyveil live mqtt: what devices say below home/ goes into the vault, and de-identified to clean/"
"$bin/polyveil" live mqtt mqtt://127.0.0.1:18830 -t 'home/+/+' --republish clean --batch-seconds 5 --vault "$folder/vault" & live=$!
upto '"connections"'

echo "3. A thermometer speaks, a subscriber hears it under a pseudonym, a command to the pseudonym reaches the device"
"$bin/python" - <<'P'
import threading
import time
import paho.mqtt.client as paho
heard, done = [], threading.Event()
def message(client, _, one):
    print("  heard:", one.topic, one.payload.decode(), flush=True)
    if one.topic.startswith("clean/") and not one.topic.endswith("/set"):
        heard.append(one.topic)
    if one.topic.endswith("annas-bedroom/temperature/set"):
        done.set()
client = paho.Client(paho.CallbackAPIVersion.VERSION2)
client.on_message = message
client.connect("127.0.0.1", 18830)
client.subscribe([("clean/#", 1), ("home/+/+/set", 1)])
client.loop_start()
for at in range(8):
    said = f'{{"temperature": {20 + at / 7}, "mac": "AA:BB:CC:00:11:22", "owner": "Anna Keller"}}'
    print("  said: home/annas-bedroom/temperature", said, flush=True)
    client.publish("home/annas-bedroom/temperature", said, 1)
    time.sleep(0.5)
for _ in range(240):
    if heard:
        break
    time.sleep(0.5)
client.publish(f"{heard[0]}/set", b'{"target": 19}', 1)
if not done.wait(120):
    raise SystemExit("the command did not arrive")
client.loop_stop()
P
upto '"sealed_readings"'

echo "4. Ctrl-C: what is in hand is sealed"
kill -INT "$live"; wait "$live"
"$bin/polyveil" report "$folder/vault"
