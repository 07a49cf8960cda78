"""Make `operators/neutral.json`: the average of many speakers that changed voices are moved to.

    python training/voice/neutral.py FOLDER

FOLDER holds one recording a speaker (FLAC). The published file was made from 130 speakers of LibriSpeech (Panayotov and
others, ICASSP 2015; CC BY 4.0), one utterance each. It holds 61 numbers and nothing of any one speaker.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from polyveil.identity import Identity
from polyveil.modalities.audio import codec
from polyveil.modalities.audio.operators import voice
from polyveil.modalities.interface import Context
from polyveil.policies import load
from polyveil.schema.modality import Modality
from polyveil.schema.part import Part

TARGET = Path(voice.__file__).with_name("neutral.json")


def main(folder: Path) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as workdir:
        ctx = Context(load("default"), Identity(bytes(32)), Path(workdir))
        for path in sorted(folder.glob("*.flac")):
            sound = codec.decode(Part("", Modality.AUDIO, "audio/flac", path), ctx)
            pitch, coded, _ = voice.analyse(codec.mono_at(sound, voice.RATE).astype(np.float64))
            voiced = pitch > 0
            if voiced.sum() < 100:
                continue
            rows.append((coded[voiced].mean(axis=0), coded[voiced].std(axis=0), np.log(pitch[voiced]).std()))
    data = {
        "speakers": len(rows),
        "mean": np.round(np.mean([row[0] for row in rows], axis=0), 4).tolist(),
        "deviation": np.round(np.mean([row[1] for row in rows], axis=0), 4).tolist(),
        "pitch_deviation": round(float(np.mean([row[2] for row in rows])), 4),
    }
    TARGET.write_text(json.dumps(data) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
