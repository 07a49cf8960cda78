"""Speak the sample's clips with espeak-ng (Debian: espeak-ng), once.

    python training/sample_speech/make.py

Writes src/polyveil/sample/media/speech/*.opus (16 kHz, mono) and gold.json: per clip its language, transcript and
pieces with their intervals in seconds; a piece with an entity type is a planted value. Every piece is spoken by itself,
so its interval is known to a few milliseconds: from the first to the last sample above -46 dB of full scale.
"""

import io
import json
import subprocess
from pathlib import Path

import av
import numpy as np

OUT = Path(__file__).parents[2] / "src/polyveil/sample/media/speech"
RATE = 16_000
GAP = 0.12  # seconds between pieces

CLIPS = {
    "front_desk_en": (
        "en-us",
        [
            ("Good morning, this is the front desk.", "", ""),
            ("My name is", "", ""),
            ("Adelaide Winterbourne,", "PERSON", "Adelaide Winterbourne"),
            ("and my phone number is", "", ""),
            ("four one five, five five five, zero one nine zero.", "PHONE_NUMBER", "415-555-0190"),
            ("Please call me back tomorrow.", "", ""),
        ],
    ),
    "delivery_en": (
        "en-gb",
        [
            ("Please send the parcel to", "", ""),
            ("Gilbert Stonebraker,", "PERSON", "Gilbert Stonebraker"),
            ("before the end of the week.", "", ""),
            ("The driver should ring twice and wait at the gate.", "", ""),
        ],
    ),
    "lost_card_en": (
        "en-us",
        [
            ("I have lost my card.", "", ""),
            ("This is", "", ""),
            ("Cornelia Ravensworth.", "PERSON", "Cornelia Ravensworth"),
            ("My number is", "", ""),
            ("two one two, five five five, zero one seven seven.", "PHONE_NUMBER", "212-555-0177"),
        ],
    ),
    "greeting_zh": (
        "cmn",
        [
            ("您好,", "", ""),
            ("我叫", "", ""),
            ("覃望舒,", "PERSON", "覃望舒"),
            ("我的手机号是", "", ""),
            ("一九九零零零零五六七八。", "CN_PHONE_NUMBER", "19900005678"),
            ("请明天给我回电话。", "", ""),
        ],
    ),
}


def speak(words: str, voice: str) -> np.ndarray:
    made = subprocess.run(
        ["espeak-ng", "-v", voice, "-s", "150", "--stdout", words], capture_output=True, check=True
    ).stdout
    resampler = av.AudioResampler("s16", "mono", RATE)
    with av.open(io.BytesIO(made)) as source:
        frames = [out for frame in source.decode(audio=0) for out in resampler.resample(frame)]
    frames += resampler.resample(None)
    sound = np.concatenate([frame.to_ndarray().ravel() for frame in frames]).astype(np.float32) / 32768
    loud = np.flatnonzero(np.abs(sound) > 10 ** (-46 / 20))
    return sound[loud[0] : loud[-1] + 1]


def encode(sound: np.ndarray) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=RATE, layout="mono")
        stream.bit_rate = 28_000
        samples = (np.clip(sound, -1, 1) * 32767).astype(np.int16)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            target.mux(packet)
    return out.getvalue()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    gold = {}
    for name, (voice, pieces) in CLIPS.items():
        sound = [np.zeros(int(0.3 * RATE), np.float32)]
        length = len(sound[0])
        rows, words = [], []
        for spoken, entity, value in pieces:
            piece = speak(spoken, voice) * 0.7
            row = {"start_s": round(length / RATE, 3), "end_s": round((length + len(piece)) / RATE, 3)}
            written = (value + spoken[-1] * (not spoken[-1].isalnum())) if value else spoken
            rows.append({**row, "entity": entity, "value": value})
            words.append(written)
            sound += [piece, np.zeros(int(GAP * RATE), np.float32)]
            length += len(piece) + int(GAP * RATE)
        sound.append(np.zeros(int(0.3 * RATE), np.float32))
        (OUT / f"{name}.opus").write_bytes(encode(np.concatenate(sound)))
        gold[name] = {
            "language": voice[:2] if voice != "cmn" else "zh",
            "transcript": ("" if voice == "cmn" else " ").join(words),
            "pieces": rows,
        }
    (OUT / "gold.json").write_text(json.dumps(gold, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


main()
