#!/usr/bin/env bash
# make.sh [--app FOLDER] OUT: makes the folder OUT that run.sh is started from on a machine with an NVIDIA GPU (docs/gpu.md).
# It packs the .NET runtime that runs here, the tests with everything they refer to, and this check. --app takes a built
# output of the tests instead of building one.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
app=
if [ "${1:-}" = --app ]; then
    app=$2
    shift 2
fi
[ $# -eq 1 ] || { echo "usage: $0 [--app FOLDER] OUT" >&2; exit 2; }
out=$1
if [ -z "$app" ]; then
    dotnet build -v q -nologo -c Release "$here/../../tests/MiniGrad.Tests"
    app=$here/../../tests/MiniGrad.Tests/bin/Release/net10.0
fi
[ -f "$app/MiniGrad.GpuCheck.dll" ] || { echo "$app holds no MiniGrad.GpuCheck.dll; build tests/MiniGrad.Tests" >&2; exit 1; }

root=$(dirname "$(readlink -f "$(command -v dotnet)")")
version=$(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App \(10\.[0-9.]*\) .*/\1/p' | tail -n 1)
[ -n "$version" ] || { echo "no .NET 10 runtime beside $root/dotnet" >&2; exit 1; }

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/dotnet/host/fxr" "$stage/app"
cp "$root/dotnet" "$stage/dotnet/"
cp -r "$root/host/fxr/$version" "$stage/dotnet/host/fxr/"
# The experiments and the tests refer to ASP.NET Core, too.
for framework in Microsoft.NETCore.App Microsoft.AspNetCore.App; do
    [ -d "$root/shared/$framework/$version" ] || { echo "no $framework $version beside $root/dotnet" >&2; exit 1; }
    mkdir -p "$stage/dotnet/shared/$framework"
    cp -r "$root/shared/$framework/$version" "$stage/dotnet/shared/$framework/"
done
# What only debuggers load.
find "$stage/dotnet" \( -name 'libmscordaccore.so' -o -name 'libmscordbi.so' -o -name 'createdump' -o -name 'libclrgcexp.so' \) -delete
cp -r "$app/." "$stage/app/"
# Symbols, translations and the libraries that draw figures stay behind.
find "$stage/app" -name '*.pdb' -delete
find "$stage/app" -mindepth 1 -maxdepth 1 -type d -regex '.*/[a-z][a-z]\(-[A-Za-z]*\)?' -exec rm -rf {} +
rm -rf "$stage/app/runtimes"

mkdir -p "$out"
tar -C "$stage" -cf - dotnet app | gzip -9 >"$out/payload.tar.gz"
cp "$here/run.sh" "$out/"
chmod +x "$out/run.sh"
size=$(du -sm "$out" | cut -f1)
echo "$out: $size MiB, .NET $version; on the machine with the GPU: $out/run.sh REPORT"
[ "$size" -le 60 ] || { echo "$out is larger than 60 MiB" >&2; exit 1; }
