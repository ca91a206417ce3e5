#!/bin/sh
# run.sh OUT: checks the machine's first CUDA device within nine minutes and writes report.md and report.json to the folder OUT.
# Needs a Linux on x86-64 with tar and gzip, and nothing else: no .NET, no package source, no network. It reads the device's state
# and never changes its settings. Without a GPU it says of each part why it was skipped.
set -u
if [ $# -ne 1 ]; then
    echo "usage: $0 OUT" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd) || exit 1
mkdir -p "$1" && out=$(cd "$1" && pwd) || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/minigrad-gpu-check.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
tar -xzf "$here/payload.tar.gz" -C "$work" || exit 1
# Only the .NET that came along, whatever the machine has, and no diagnostics sockets.
export DOTNET_ROOT="$work/dotnet" DOTNET_MULTILEVEL_LOOKUP=0 DOTNET_EnableDiagnostics=0 HOME="${HOME:-$work}"
"$work/dotnet/dotnet" "$work/app/MiniGrad.GpuCheck.dll" "$out"
