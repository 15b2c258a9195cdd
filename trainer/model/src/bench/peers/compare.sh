#!/usr/bin/env bash
# Compares the generation engine with Jlama and llama.cpp on the same weights; README.md explains.
# usage: compare.sh [model=FOLDER | shape=demo|0.5b] [engines=prefstream,jlama,llamacpp] [concurrency=1,8,32] ...
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../../../../.." && pwd)"

option() {
  local argument value="$2"
  for argument in "${arguments[@]}"; do
    case "$argument" in "$1="*) value="${argument#*=}" ;; esac
  done
  echo "$value"
}

arguments=("$@" "")
work="$(option work "$root/trainer/model/target/peers")"
model="$(option model "$work/models/$(option shape demo)-$(option type BF16)")"
engines="$(option engines prefstream,jlama,llamacpp)"
results="$(option results "$work/results")"
gguf="$work/models/$(basename "$model")-f16.gguf"
java="${JAVA_HOME:+$JAVA_HOME/bin/}java"
javac="${JAVA_HOME:+$JAVA_HOME/bin/}javac"
# Jlama needs 21 or later; anything else runs on the project's 17.
modern="${JLAMA_JAVA_HOME:-}"

jars() { # profile
  [ -d "$work/lib/$1" ] || {
    mvn -q -B -f "$here/pom.xml" -P "$1" dependency:copy-dependencies -DoutputDirectory="$work/lib/$1.part"
    mv "$work/lib/$1.part" "$work/lib/$1"
  } >&2
}

compile() { # name, compiler, class path
  mkdir -p "$work/classes/$1"
  find "$here/src/$1" -name '*.java' -print0 | xargs -0 "$2" -nowarn -d "$work/classes/$1" -cp "$3"
}

if [ "$(option build true)" = true ] || [ ! -d "$work/lib/own" ]; then
  rm -rf "$work/lib/own"
  (cd "$root" && mvn -q -B -DskipTests -Dspotless.check.skip -pl trainer/model -am package \
    dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/lib/own") >&2
  cp "$root"/trainer/model/target/prefstream-model-*.jar "$work/lib/own/"
fi
own="$work/classes/ours:$work/classes/load:$work/lib/own/*"
compile load "$javac" "$work/lib/own/*"
compile ours "$javac" "$work/classes/load:$work/lib/own/*"

# Threads that wait leave the processor, and the allocator keeps what it was once given, as under the launcher.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
export MALLOC_MMAP_MAX_="${MALLOC_MMAP_MAX_:-0}"
export MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-8589934592}"
export MALLOC_TOP_PAD_="${MALLOC_TOP_PAD_:-268435456}"
mkdir -p "$work/models" "$results"
rm -f "$results/times.tsv" "$results"/*.texts
vocabulary="$("$java" -Dai.djl.offline=true -cp "$own" io.prefstream.model.engine.Prepare \
  "$model" "$results" gguf="$gguf" "$@" | tail -n 1)"
# What is given last counts: the folder knows its vocabulary best.
load=("$@" vocabulary="$vocabulary")

for engine in ${engines//,/ }; do
  case "$engine" in
    prefstream)
      "$java" -Dai.djl.offline=true -cp "$own" io.prefstream.model.engine.OwnEngine "$model" "$results" "${load[@]}"
      ;;
    jlama | jlama-native)
      [ -n "$modern" ] || { echo "set JLAMA_JAVA_HOME to a JDK 21 or later for Jlama" >&2; exit 1; }
      jars jlama
      compile jlama "$modern/bin/javac" "$work/classes/load:$work/lib/jlama/*"
      # Its native kernels give other logits for a prompt that is fed as one batch.
      kernels=(-Djlama.force_panama_tensor_operations=true)
      how=(name=Jlama)
      if [ "$engine" = jlama-native ]; then
        kernels=()
        how=(name="Jlama, native kernels" prompt-batch=false)
      fi
      "$modern/bin/java" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED "${kernels[@]}" \
        -cp "$work/classes/jlama:$work/classes/load:$work/lib/jlama/*" io.prefstream.peers.Jlama \
        "$model" "$results" "${load[@]}" "${how[@]}"
      ;;
    llamacpp)
      jars llamacpp
      compile llamacpp "$javac" "$work/classes/load:$work/lib/llamacpp/*"
      "$java" -cp "$work/classes/llamacpp:$work/classes/load:$work/lib/llamacpp/*" io.prefstream.peers.LlamaCpp \
        "$gguf" "$results" "${load[@]}"
      ;;
    *)
      echo "engines=$engine: prefstream, jlama, jlama-native, llamacpp" >&2
      exit 1
      ;;
  esac
done

"$java" -cp "$work/classes/load" io.prefstream.peers.Table "$results"
