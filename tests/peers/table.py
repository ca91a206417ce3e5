"""Prints the results of race.py as the tables of docs/performance.md, in Markdown."""

PASSES = {"A": (1.8, 2.4), "B": (1.3, 1.6), "C65": (1.25, 1.45), "C": (1.6, 2.0), "D": (2, 3)}


def write(results):
    print("| metric | MiniGrad | peer | ratio (lowest to highest pair) | must reach | aim |")
    print("|---|---:|---:|---:|---:|---:|")
    for threads, must, aim in (("1", 1.03, 1.06), ("2", 1.05, 1.12)):
        if f"gemm-{threads}" in results:
            gemm = results[f"gemm-{threads}"]
            worst = min(gemm["rows"], key=lambda row: row["ratio"])
            print(f"| SGEMM, {threads} thread(s), geometric mean of {len(gemm['rows'])} | | | {gemm['geometricMean']:.3f}; lowest {worst['ratio']:.2f} at {worst['name']} | {must}, none < 0.90 | {aim} |")
    for part in ("orthogonalize", "muon", "adamw", *("passes-" + name for name in PASSES)):
        for row in results.get(part, {}).get("rows", []):
            must, aim = goal(part, row["name"])
            print(f"| {row['name']} | {row['minigradMilliseconds']:.2f} ms, {row['threads']} thread(s) | {row['peerMilliseconds']:.2f} ms, {row['peerThreads']} thread(s) "
                  f"| {row['ratio']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f}) | {must} | {aim} |")
    if "memory" in results:
        m = results["memory"]
        print(f"| memory, C65 with Muon, above the runtime | {m['megabytes']:.0f} MiB over {m['baselineMegabytes']:.0f} | {m['peerMegabytes']:.0f} MiB over {m['peerBaselineMegabytes']:.0f} | {m['ratio']:.1f} | 2 | 4 |")
        print(f"| managed bytes a step | {m['managedBytesPerStep']} | | | 0 | 0 |")
    if "side-by-side" in results:
        s = results["side-by-side"]
        print(f"| two one-thread runs against one | {s['milliseconds']:.0f} ms a step | | {s['ratio']:.2f} ({s['lowest']:.2f} to {s['highest']:.2f}) | 1.8 | 1.95 |")
    if "simd" in results:
        print(f"| AVX2 as a share of AVX-512, products | | | {results['simd']['ratio']:.2f} | 0.45 | |")
    if "ablate" in results:
        seconds = int(results["ablate"]["seconds"])
        print(f"| `ablate-sign` | {seconds // 60} min {seconds % 60} s | | | 4 min | 2.5 min |")
    for threads in "12":
        if f"gemm-{threads}" in results:
            products(results[f"gemm-{threads}"], threads)
    for part, result in results.items():
        versions, machine = result.get("versions", {}), result["machine"]
        peer = f"; torch {machine['torchPackage']}, {versions['openblas']} ({versions['parallel']})" if versions else ""
        print(f"\n{part}: {result['date']}, commit {machine['commit']}, {machine['processor']} × {machine['processors']}, .NET {machine['dotnet']}{peer}", end="")
    print()


def goal(part, name):
    if part == "orthogonalize":
        rows, columns = name.split("x")
        return (1.40, 1.6) if rows == columns else (2.5, 3.0)
    if part == "muon":
        return 3.0, 3.8
    if part == "adamw":
        return 2, 3
    return PASSES[part.removeprefix("passes-")]


def products(gemm, threads):
    print(f"\n| m×n×k, {threads} thread(s) | MiniGrad GFLOP/s | OpenBLAS GFLOP/s | ratio |\n|---|---:|---:|---:|")
    for row in gemm["rows"]:
        print(f"| {row['name']} | {row['gflops']:.0f} | {row['peerGflops']:.0f} | {row['ratio']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f}) |")
