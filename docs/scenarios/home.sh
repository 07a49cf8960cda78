#!/bin/sh
# A broker, a made-up sensor, and what is republished. Usage: home.sh BIN FOLDER
set -eu
bin=$1; folder=$2; mkdir -p "$folder"
: "${POLYVEIL_PASSPHRASE:=scenario only}"; export POLYVEIL_PASSPHRASE
PATH=$PATH:/usr/sbin mosquitto -p 18830 >/dev/null 2>&1 & broker=$!
trap 'kill $broker' EXIT
sleep 1
timeout -s INT 25 "$bin/polyveil" live mqtt mqtt://127.0.0.1:18830 -t 'home/+/+' --republish clean --batch-seconds 5 --vault "$folder/vault" & live=$!
sleep 8
"$bin/python" - <<'P'
import time
import paho.mqtt.client as paho
client = paho.Client(paho.CallbackAPIVersion.VERSION2)
client.on_message = lambda _c, _d, m: print("republished:", m.topic, m.payload.decode())
client.connect("127.0.0.1", 18830)
client.subscribe("clean/#", 1)
client.loop_start()
for at in range(10):
    client.publish("home/annas-bedroom/temperature", f'{{"temperature": {20 + at / 7}, "mac": "AA:BB:CC:00:11:22"}}', 1)
    time.sleep(0.5)
client.loop_stop()
P
wait $live || [ $? = 124 ]
"$bin/polyveil" report "$folder/vault"
