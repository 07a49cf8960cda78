#!/bin/sh
# A receiver, an archive behind it and a sender. Usage: medical.sh BIN FOLDER
set -eu
bin=$1; folder=$2; mkdir -p "$folder"
: "${POLYVEIL_PASSPHRASE:=scenario only}"; export POLYVEIL_PASSPHRASE
state="$folder/vault/state/live/dicom.json"; rm -f "$state"
upto() { # upto WORD: wait until the source's state holds it
  for _ in $(seq 600); do grep -q "$1" "$state" 2>/dev/null && return; kill -0 "$live" || exit 1; sleep 0.5; done
  echo "no '$1' within five minutes" >&2; exit 1
}

echo "1. polyveil live dicom listens on 18112 and forwards to an archive on 18113"
"$bin/polyveil" live dicom --port 18112 --forward ARCHIVE@127.0.0.1:18113 --vault "$folder/vault" & live=$!
trap 'kill ${live:-} 2>/dev/null || true' EXIT
upto '"port"'

echo "2. A scanner sends; the archive gets the instance de-identified"
"$bin/python" - <<'P'
import threading
import pydicom, pydicom.data
from pynetdicom import AE, evt
CT = "1.2.840.10008.5.1.4.1.1.2"
got = threading.Event()
archive = AE("ARCHIVE")
archive.add_supported_context(CT)
def arrived(event):
    print("  archive got:", event.dataset.PatientName, event.dataset.PatientID, event.dataset.StudyDate, flush=True)
    got.set()
    return 0
server = archive.start_server(("127.0.0.1", 18113), block=False, evt_handlers=[(evt.EVT_C_STORE, arrived)])
sender = AE("SENDER")
sender.add_requested_context(CT)
link = sender.associate("127.0.0.1", 18112)
instance = pydicom.dcmread(pydicom.data.get_testdata_file("CT_small.dcm", download=False))
instance.SOPInstanceUID = instance.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
print("  sending:", instance.PatientName, instance.PatientID, instance.StudyDate, flush=True)
print("  answer:", hex(link.send_c_store(instance).Status), flush=True)
link.release()
if not got.wait(240):
    raise SystemExit("nothing was forwarded")
server.shutdown()
P

echo "3. Ctrl-C: nothing more is answered, what was answered is finished"
kill -INT "$live"; wait "$live"
"$bin/polyveil" report "$folder/vault"
