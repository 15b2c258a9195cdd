#!/usr/bin/env bash
# A training step beside PyTorch for Python: the same model, batch, threads and allocator settings, run in turns.
# usage: compare.sh [rounds=3] [python=/usr/bin/python3] [devices=cpu] [vocab=…] [hidden=…] [layers=…] [length=…] [pairs=…] [at-once=…] [steps=…] [shape=0.5b]
# Needs PyTorch with a fast BLAS (Debian: apt-get install python3-torch libopenblas0-pthread; by itself it takes the reference BLAS).
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../../../../.." && pwd)"
rounds=3
python=/usr/bin/python3
devices=cpu
load=()
for argument in "$@"; do
  case "$argument" in
    rounds=*) rounds="${argument#*=}" ;;
    python=*) python="${argument#*=}" ;;
    devices=*) devices="${argument#*=}" ;;
    *) load+=("$argument") ;;
  esac
done
work="$root/trainer/model/target/pytorch"
[ -f "$work/classpath" ] || {
  mkdir -p "$work"
  (cd "$root" && mvn -q -B -DskipTests -Dspotless.check.skip -pl trainer/model -am compile \
    dependency:build-classpath -Dmdep.includeScope=runtime -Dmdep.outputFile="$work/classpath") >&2
}
classes="$root/trainer/model/target/classes:$root/schemas/target/classes:$(cat "$work/classpath")"

# What a trainer's environment is: the allocator keeps what it has, threads that wait leave the processor.
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"
export MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_TOP_PAD_=268435456

for _ in $(seq "$rounds"); do
  echo "prefstream:"
  java -Xmx1g -Dai.djl.offline=true -cp "$classes" io.prefstream.model.bench.TrainingBenchmark devices="$devices" "${load[@]}" 2>/dev/null
  echo "PyTorch, micro-batches:"
  "$python" "$here/step.py" "${load[@]}"
  echo "PyTorch, the whole batch at once:"
  "$python" "$here/step.py" "${load[@]}" at-once=100000000
done
