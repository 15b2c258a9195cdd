#!/usr/bin/env bash
# Builds DJL's native part against the PyTorch of a Python, and puts it beside that PyTorch's libraries, where DJL looks first.
# usage: djl-glue.sh DJL [python=python3] [cuda=/usr/local/cuda]
# DJL: its sources, `git clone --depth 1 --branch v0.35.1 https://github.com/deepjavalibrary/djl`.
# Needs g++ 11 or later, a JDK, and for CUDA its headers. Prints what a trainer or server needs in its environment.
set -euo pipefail

fail() {
  echo "djl-glue: $1" >&2
  exit 1
}

djl="${1:-}"
python=python3
cuda=/usr/local/cuda
for argument in "${@:2}"; do
  case "$argument" in
    python=*) python="${argument#*=}" ;;
    cuda=*) cuda="${argument#*=}" ;;
    *) fail "unknown $argument: python=… and cuda=… are known" ;;
  esac
done
engine="$djl/engines/pytorch"
[ -d "$engine/pytorch-native/src/main/native" ] || fail "DJL=$djl has no engines/pytorch/pytorch-native: expected DJL's sources"
torch="$("$python" -c 'import os, torch; print(os.path.dirname(torch.__file__))')" || fail "python=$python has no PyTorch"
version="$("$python" -c 'import torch; print(torch.__version__.split("+")[0])')"
command -v javac >/dev/null || fail "no javac found: install a JDK"
command -v g++ >/dev/null || fail "no g++ found: install version 11 or later"
jdk="$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")"
flavor=cpu
flags=(-O2 -fPIC -std=c++20 -w)
libraries=(-ltorch_cpu -lc10 -ltorch)
if [ -f "$torch/lib/libtorch_cuda.so" ]; then
  [ -f "$cuda/include/cuda_runtime_api.h" ] || fail "cuda=$cuda has no include/cuda_runtime_api.h"
  flavor=cu128 # the newest that DJL knows by name; it only asks whether there is one
  flags+=(-DUSE_CUDA -I"$cuda/include")
  libraries+=(-lc10_cuda -ltorch_cuda)
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
javac -proc:none -nowarn -sourcepath "$engine/pytorch-engine/src/main/java" -h "$work/jni" -d "$work/classes" \
  "$engine/pytorch-engine/src/main/java/ai/djl/pytorch/jni/PyTorchLibrary.java"
flags+=(-I"$jdk/include" -I"$jdk/include/linux" -I"$work/jni" -I"$djl/api/src/main/native"
  -I"$torch/include" -I"$torch/include/torch/csrc/api/include")
find "$engine/pytorch-native/src/main/native" -name '*.cc' -print0 |
  xargs -0 -P "$(nproc)" -I{} sh -c 'source="$1" object="$2/$(basename "$1" .cc).o"; shift 2; exec g++ "$@" -c "$source" -o "$object"' \
    sh {} "$work" "${flags[@]}"
g++ -shared -o "$work/libdjl_torch.so" "$work"/*.o -L"$torch/lib" "${libraries[@]}" -Wl,-rpath,'$ORIGIN'
cp "$work/libdjl_torch.so" "$torch/lib/"

echo "export PYTORCH_LIBRARY_PATH=$torch/lib PYTORCH_VERSION=$version PYTORCH_FLAVOR=$flavor PYTORCH_LIBRARY_EXCLUSION=libshm.so"
runtime="$(find "$(dirname "$torch")/nvidia" "$cuda/lib64" -name 'libcudart.so.*' 2>/dev/null | head -n 1 || true)"
if [ -n "$runtime" ]; then
  # DJL counts the GPUs with a library of exactly this name.
  ln -sf "$runtime" "$torch/lib/libcudart.so"
  echo "export LD_LIBRARY_PATH=$torch/lib:$(dirname "$runtime")\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
fi
