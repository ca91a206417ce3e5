"""Prints the results of race.py as the tables of docs/performance.md, in Markdown."""

# What must be reached and the aim, against LibTorch at its best in the same precision.
GOALS = {
    ("float32", "square"): ("", ""), ("float32", "wide"): ("", ""), ("float32", "muon"): ("", ""), ("float32", "adamw"): ("", ""),
    ("bfloat16", "square"): (1.2, 1.5), ("bfloat16", "wide"): (2, 2.5), ("bfloat16", "muon"): (2, 2.5),
    ("bfloat16", "A"): (1.3, 1.6), ("bfloat16", "B"): (1.1, 1.3), ("bfloat16", "C65"): (1.1, 1.3), ("bfloat16", "C"): (1.1, 1.3), ("bfloat16", "D"): (1.0, 1.2),
    ("own", "B"): (1.6, 1.75), ("own", "C65"): (1.6, 1.75),
}


def write(results, peer, precision):
    print(f"\nAgainst {peer}, {precision}:\n")
    print("| metric | MiniGrad | peer | ratio (lowest to highest pair) | must reach | aim |")
    print("|---|---:|---:|---:|---:|---:|")
    for threads in "12":
        if f"gemm-{threads}" in results:
            gemm = results[f"gemm-{threads}"]
            worst = min(gemm["rows"], key=lambda row: row["ratio"])
            must, aim = ("1.0, none < 0.85", 1.04) if precision == "float32" else ("", "")
            print(f"| products, {threads} thread(s), geometric mean of {len(gemm['rows'])} | | | {gemm['geometricMean']:.3f}; lowest {worst['ratio']:.2f} at {worst['name']} | {must} | {aim} |")
    for part in ("orthogonalize", "muon", "adamw", "passes-A", "passes-B", "passes-C65", "passes-C", "passes-D", "step-C65", "own"):
        for row in results.get(part, {}).get("rows", []):
            must, aim = goal(part, row["name"], precision)
            print(f"| {row['name']} | {row['minigradMilliseconds']:.2f} ms, {row['threads']} thread(s) | {row['peerMilliseconds']:.2f} ms, {' '.join([str(row['peerThreads']), 'thread(s)', *row.get('peerWay', {}).values()])} "
                  f"| {row['ratio']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f}) | {must} | {aim} |")
    if "memory" in results:
        m = results["memory"]
        print(f"| memory, C65 with Muon, above the runtime | {m['megabytes']:.0f} MiB over {m['baselineMegabytes']:.0f} | {m['peerMegabytes']:.0f} MiB over {m['peerBaselineMegabytes']:.0f} | {m['ratio']:.1f} | 2 | 3 |")
        print(f"| managed bytes a step | {m['managedBytesPerStep']} | | | 0 | 0 |")
    if "side-by-side" in results:
        s = results["side-by-side"]
        print(f"| two one-thread runs against one | {s['milliseconds']:.0f} ms a step | | {s['ratio']:.2f} ({s['lowest']:.2f} to {s['highest']:.2f}) | 1.8 | 1.95 |")
    if "simd" in results:
        print(f"| AVX2 as a share of AVX-512, products | | | {results['simd']['ratio']:.2f} | 0.45 | |")
    if "ablate" in results:
        seconds = int(results["ablate"]["seconds"])
        print(f"| `ablate-sign` | {seconds // 60} min {seconds % 60} s | | | 3 min 15 s | 2 min 30 s |")
    for threads in "12":
        if f"gemm-{threads}" in results:
            products(results[f"gemm-{threads}"], threads)
    for part, result in results.items():
        versions, machine = result.get("versions", {}), result["machine"]
        peer = "; " + ", ".join(f"{key} {value}" for key, value in versions.items() if key != "baselineMegabytes") if versions else ""
        print(f"\n{part}: {result['date']}, commit {machine['commit']}, {machine['processor']} × {machine['processors']}, .NET {machine['dotnet']}{peer}", end="")
    print()


def goal(part, name, precision):
    if part == "orthogonalize":
        rows, columns = name.split("x")
        return GOALS[precision, "square" if rows == columns else "wide"]
    if part == "own":
        return GOALS.get(("own", name.split()[-1]), ("", ""))
    return GOALS.get((precision, part if part in ("muon", "adamw") else part.removeprefix("passes-")), ("", ""))


def products(gemm, threads):
    print(f"\n| m×n×k, {threads} thread(s) | MiniGrad GFLOP/s | peer GFLOP/s | ratio |\n|---|---:|---:|---:|")
    for row in gemm["rows"]:
        print(f"| {row['name']} | {row['gflops']:.0f} | {row['peerGflops']:.0f} | {row['ratio']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f}) |")
