#!/bin/sh
# A receiver, an archive behind it and a sender. Usage: medical.sh BIN FOLDER
set -eu
bin=$1; folder=$2; mkdir -p "$folder"
: "${POLYVEIL_PASSPHRASE:=scenario only}"; export POLYVEIL_PASSPHRASE
timeout -s INT 60 "$bin/polyveil" live dicom --port 18112 --forward ARCHIVE@127.0.0.1:18113 --vault "$folder/vault" & live=$!
sleep 8
"$bin/python" - <<'P'
import time
import pydicom, pydicom.data
from pynetdicom import AE, evt
CT = "1.2.840.10008.5.1.4.1.1.2"
archive = AE("ARCHIVE")
archive.add_supported_context(CT)
def arrived(event):
    print("archive got:", event.dataset.PatientName, event.dataset.PatientID)
    return 0
server = archive.start_server(("127.0.0.1", 18113), block=False, evt_handlers=[(evt.EVT_C_STORE, arrived)])
sender = AE("SENDER")
sender.add_requested_context(CT)
link = sender.associate("127.0.0.1", 18112)
instance = pydicom.dcmread(pydicom.data.get_testdata_file("CT_small.dcm", download=False))
print("sending:", instance.PatientName, instance.PatientID, "->", hex(link.send_c_store(instance).Status))
link.release()
time.sleep(30)
server.shutdown()
P
wait $live || [ $? = 124 ]
"$bin/polyveil" report "$folder/vault"
