#!/usr/bin/env bash
# One part of a tree for each task of a Slurm array:
#   sbatch --array=1-16 scripts/cluster/slurm.sh IN OUT [OPTIONS OF imgc compress]
# and when all have ended
#   imgc report merge OUT/imgc-report.*-of-*.json -o OUT/imgc-report.json
# A task that was killed, or ran out of time, goes on where it was when the same line is submitted again.
#SBATCH --job-name=imgc
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=06:00:00
#SBATCH --open-mode=append
set -euo pipefail
in=$1 out=$2
shift 2
# Half an hour before Slurm ends the task, so that it ends by itself.
exec "${IMGC:-imgc}" compress --quiet --incremental --shard auto --deadline 5h30m "$@" "$in" "$out"
