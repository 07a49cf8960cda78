"""Many small texts in a vault: stored bytes without and with a sealed dictionary.

    python benchmarks/dictionary.py --texts 4000

A third of the texts (JSON events and clinical notes of 200 to 900 bytes) is sealed into a new vault, and another; a
dictionary is trained on them; the rest is sealed with it. The ratio is plain bytes over bytes in the packs,
what is stored around each object included, and by zstd alone.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

from polyveil.vault import Unlock, Vault
from polyveil.vault.compress import Codec, Dictionary
from polyveil.vault.dictionary import train

NOTES = (
    "Patient seen in the outpatient clinic. Vital signs stable. Continue current medication and review in {} weeks.",
    "Chest clear on auscultation, no oedema. Blood pressure {} over 80. Advised to reduce salt intake.",
    "Follow-up after surgery. Wound healing well, no sign of infection. Sutures to be removed in {} days.",
    "患者神志清楚，一般情况可，心肺听诊未见异常。嘱继续服药，{}周后复诊。",
    "术后恢复良好，切口愈合佳，无红肿渗出。{}天后拆线。",
)


def make(draw: random.Random) -> bytes:
    """One small text."""
    number = draw.randrange(10**8)
    if draw.random() < 0.5:
        event = {
            "timestamp": f"2026-03-{draw.randrange(1, 29):02d}T{draw.randrange(24):02d}:00:{draw.randrange(60):02d}Z",
            "level": draw.choice(("info", "warning", "error")),
            "service": draw.choice(("billing", "gateway", "search", "mail")),
            "request": {"id": f"{draw.getrandbits(64):016x}", "method": "GET", "path": f"/v1/items/{number}"},
            "response": {"status": draw.choice((200, 200, 404)), "duration_ms": draw.randrange(900)},
            "user": f"<PERSON_{draw.getrandbits(32):08x}>",
        }
        return json.dumps(event, indent=1).encode()
    lines = [f"Record {number}", f"Name: <PERSON_{draw.getrandbits(32):08x}>"]
    lines += [draw.choice(NOTES).format(draw.randrange(2, 160)) for _ in range(draw.randrange(2, 6))]
    return "\n".join(lines).encode()


def stored(vault: Vault, texts: list[bytes]) -> int:
    """Seal texts; bytes in packs."""
    sealer = vault.sealer(3)
    items = [sealer.seal("text", text, media_type="text/plain") for text in texts]
    sealer.flush()
    vault.commit_many([(f"{id(texts):x}-{number}", (item,), ()) for number, item in enumerate(items)])
    sealer.close()
    return sum(item.stored for item in items)


def main() -> None:
    """Print one line of JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--texts", type=int, default=4000)
    args = asked.parse_args()
    draw = random.Random(5)
    texts = [make(draw) for _ in range(args.texts)]
    third = args.texts // 3
    known, first, new = texts[:third], texts[third : 2 * third], texts[2 * third :]
    with (
        tempfile.TemporaryDirectory() as folder,
        Vault.create(Path(folder) / "v", Unlock(passphrase="benchmark")) as vault,
    ):
        stored(vault, known)
        before = stored(vault, first)
        began = time.process_time()
        size = train(vault, "text")
        spent = time.process_time() - began
        after = stored(vault, new)
        record = vault.get_record("dictionary/text") if size else b""
        plain, helped = Codec(), Codec(dictionary=Dictionary(bytes(16), record or b""))
        sizes = [sum(len(codec.encode(text)[1]) for text in new) for codec in (plain, helped)]
    total = sum(map(len, new))
    row = {"texts": len(new), "bytes": total, "dictionary": size, "train_cpu_s": round(spent, 2)}
    row |= {"ratio_zstd": round(total / sizes[0], 2), "ratio_zstd_dictionary": round(total / sizes[1], 2)}
    row |= {"ratio_stored": round(sum(map(len, first)) / before, 2), "ratio_stored_dictionary": round(total / after, 2)}
    print(json.dumps(row))


if __name__ == "__main__":
    main()
