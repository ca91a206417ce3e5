#!/usr/bin/python3
"""Races MiniGrad against a peer on the same work, interleaved, and prints the table of docs/performance.md.

    /usr/bin/python3 tests/peers/race.py            every part against Debian's PyTorch and OpenBLAS, then the table
    /usr/bin/python3 tests/peers/race.py gemm-1     one part; its result is kept
    /usr/bin/python3 tests/peers/race.py table      the table of what was measured so far
    … race.py --name libtorch --peer 'PATH/torchpeer' --peer-environment LD_PRELOAD=… --precision bfloat16 passes-B

Parts: gemm-1 gemm-2 orthogonalize muon adamw passes-A passes-B passes-C65 passes-C passes-D step-C65 own memory side-by-side simd
ablate. "own" is MiniGrad's bfloat16 against its float32. Options: --pairs N (7): interleaved pairs; each ratio is their median,
above 1 where MiniGrad is faster. --seconds S: at least so long a measurement. --shapes REGEX: only the rows that match.
--peer-threads 1,2 and --attention sdpa,math, --muon A,B, --variant A,B: the peer takes the best of them, tried before the pairs.

A peer is any program that first prints one line of JSON (its versions and baselineMegabytes), then answers one JSON request a
line as `bench worker` does; PEER_THREADS and OMP_NUM_THREADS tell it its threads. In bfloat16 requests carry "precision": "bf16"
(models), "dtype": "bf16" (products) or "variant": "bf16" (orthogonalization). Without --peer it is torch_worker.py, which needs
Debian 12's python3-torch and libopenblas0-openmp. Needs a release build (`dotnet build experiments`); nothing else should run
meanwhile. With 7 pairs every part but passes-D, memory and ablate stays below 75 seconds.
"""
import argparse
import itertools
import json
import math
import os
import platform
import re
import shlex
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.join(ROOT, "experiments", "bin", "Release", "net10.0", "MiniGrad.Experiments.dll")
RESULTS = os.path.join(ROOT, "artifacts", "race")
OPENBLAS = "/usr/lib/x86_64-linux-gnu/openblas-openmp"
DEBIAN = ["/usr/bin/python3", os.path.join(HERE, "torch_worker.py")]
TINY = [4, 128, 4, 128, 16, 256]


class Worker:
    """A process of one side, kept warm."""

    def __init__(self, side, threads, environment=None, command=None):
        self.side, self.threads = side, threads
        command = ["dotnet", PROGRAM, "bench", "worker", "--threads", str(threads)] if side == "minigrad" else command or DEBIAN
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=clean_environment(side, threads, environment, command))
        self.versions = self.read() if side == "peer" else {}

    def ask(self, work, seconds, least=1, facts=False):
        # The other side's threads may spin for a few milliseconds after their last work.
        time.sleep(0.005)
        self.send(work, seconds, least, facts)
        return self.read()

    def send(self, work, seconds, least=1, facts=False):
        self.process.stdin.write(json.dumps({"work": work, "seconds": seconds, "least": least, "facts": facts}) + "\n")
        self.process.stdin.flush()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"race: the {self.side} worker ended early; see its message above")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def clean_environment(side, threads, more=None, command=DEBIAN):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPENBLAS_", "OMP_", "GOMP_", "MKL_", "DOTNET_Enable", "MINIGRAD_"))}
    if side == "peer":
        environment.update(PEER_THREADS=str(threads), OMP_NUM_THREADS=str(threads))
        if command is DEBIAN:
            environment.update(LD_LIBRARY_PATH=OPENBLAS, OPENBLAS_NUM_THREADS=str(threads))
    environment.update(more or {})
    return environment


class Race:
    """One MiniGrad process and the peer's, one for each number of threads that it may choose from."""

    def __init__(self, options, threads, peer_threads, seconds, peer="peer"):
        self.options, self.pairs, self.seconds = options, options.pairs, seconds
        self.mine = Worker("minigrad", threads)
        self.peers = [Worker(peer, n, options.environment if peer == "peer" else None, options.command) for n in peer_threads]

    def run(self, name, work, peer_work=None, seconds=None, least=1, choices=None):
        """Alternates; returns a row with both medians, the ratio of each pair and their median. The peer takes the best of its choices."""
        seconds, peer_work = seconds or self.seconds, peer_work or work
        ways = [dict(zip(choices or {}, values)) for values in itertools.product(*(choices or {}).values())]
        first = [(statistics.median(peer.ask({**peer_work, **way}, seconds, least)["times"]), i, j) for i, peer in enumerate(self.peers) for j, way in enumerate(ways)]
        _, best, way = min(first)
        peer, way = self.peers[best], ways[way]
        peer_work = {**peer_work, **way}
        mine, theirs = [], []
        facts = self.mine.ask(work, 0, 1, True)["facts"]
        check(name, facts, peer.ask(peer_work, 0, 1, True)["facts"], "bf16" in json.dumps(work))
        for pair in range(self.pairs):
            sides = [(self.mine, work, mine), (peer, peer_work, theirs)]
            for worker, request, times in sides if pair % 2 == 0 else sides[::-1]:
                times.append(statistics.median(worker.ask(request, seconds, least)["times"]))
        ratios = sorted(b / a for a, b in zip(mine, theirs))
        row = {"name": name, "minigradMilliseconds": 1e3 * statistics.median(mine), "peerMilliseconds": 1e3 * statistics.median(theirs),
               "ratio": statistics.median(ratios), "lowest": ratios[0], "highest": ratios[-1],
               "threads": self.mine.threads, "peerThreads": peer.threads, "peerWay": way, "pairs": self.pairs, "facts": facts}
        print(f"{name}: MiniGrad {row['minigradMilliseconds']:.3f} ms, peer {row['peerMilliseconds']:.3f} ms ({' '.join([f'{peer.threads} thread(s)', *way.values()])}), "
              f"ratio {row['ratio']:.2f} ({row['lowest']:.2f} to {row['highest']:.2f})", file=sys.stderr, flush=True)
        return row

    def close(self):
        versions = self.peers[0].versions
        for worker in [self.mine, *self.peers]:
            worker.close()
        return versions


def check(name, mine, theirs, half=False):
    """Both sides must do the same work and get it right."""
    for key in ("parameters", "gemmGigaflop", "gigaflop", "matrices"):
        if key in mine and not math.isclose(mine[key], theirs[key], rel_tol=1e-9):
            sys.exit(f"race: {name}: {key} is {mine[key]} here and {theirs[key]} there; the two sides do different work")
    # A peer may store its result in bfloat16: 2⁻⁸ of numbers up to about 5√k.
    for side, facts, most in (("MiniGrad", mine, 1e-5), ("peer", theirs, 0.03 if half else 1e-5)):
        if facts.get("error", 0) > most:
            sys.exit(f"race: {name}: the error of {side}'s product is {facts['error']:.1e}·√k; expected at most {most}")
    if "rms" in mine and not math.isclose(mine["rms"], theirs["rms"], rel_tol=0.1 if half else 0.05):
        sys.exit(f"race: {name}: the results' root mean squares are {mine['rms']:.4f} and {theirs['rms']:.4f}")


def gemm_shapes():
    squares = [(n, n, n, "NN") for n in (64, 128, 256, 384, 512, 768, 1024, 2048)]
    # Tokens, inputs and outputs of linear layers: forward X·Wᵀ, then the gradients of X and of W.
    layers = [(512, 128, 384), (1024, 128, 512), (1024, 512, 128), (1024, 256, 768), (2048, 256, 1024), (2048, 1024, 256), (2048, 384, 1152),
              (2048, 384, 1536), (2048, 1536, 384), (4096, 384, 1536), (512, 768, 2304), (512, 768, 3072), (512, 3072, 768), (1024, 768, 3072), (2048, 2048, 512)]
    for tokens, inputs, outputs in layers:
        squares += [(tokens, outputs, inputs, "NT"), (tokens, inputs, outputs, "NN"), (outputs, inputs, tokens, "TN")]
    return squares


def half(options, key):
    """What a request says where operands are rounded to bfloat16."""
    return {key: "bf16"} if options.precision == "bfloat16" else {}


def race_gemm(options, threads):
    race = Race(options, threads, [n for n in options.peer_threads if n <= threads], options.seconds or 0.012)
    rows = []
    for m, n, k, transpose in gemm_shapes():
        name = f"{m}x{n}x{k} {transpose}"
        if re.search(options.shapes, name):
            work = {"kind": "gemm", "m": m, "n": n, "k": k, "transpose": transpose, **half(options, "dtype")}
            row = race.run(name, work)
            for _ in range(3 if row["ratio"] < 0.9 else 0):
                again = race.run(name + " again", work)
                row = max(row, {**again, "name": name}, key=lambda r: r["ratio"])
            row["gflops"] = row["facts"]["gigaflop"] / row["minigradMilliseconds"] * 1e3
            row["peerGflops"] = row["facts"]["gigaflop"] / row["peerMilliseconds"] * 1e3
            rows.append(row)
    mean = math.exp(statistics.mean(math.log(row["ratio"]) for row in rows))
    return {"rows": rows, "geometricMean": mean, "worst": min(rows, key=lambda row: row["ratio"])["name"], "versions": race.close()}


def race_orthogonalize(options):
    race = Race(options, options.threads, options.peer_threads, options.seconds or 0.06)
    shapes = [(256, 256), (384, 384), (512, 512), (768, 768), (384, 1536), (1536, 384), (768, 3072), (1024, 4096)]
    choices = {} if options.precision == "bfloat16" else {"variant": options.variant}
    rows = [race.run(f"{r}x{c}", {"kind": "orthogonalize", "rows": r, "columns": c, "steps": 5, **half(options, "variant")}, choices=choices) for r, c in shapes if re.search(options.shapes, f"{r}x{c}")]
    mean = lambda chosen: math.exp(statistics.mean(math.log(row["ratio"]) for row in chosen)) if chosen else None
    square = [row for row in rows if len(set(row["name"].split("x"))) == 1]
    return {"rows": rows, "square": mean(square), "wide": mean([row for row in rows if row not in square]), "versions": race.close()}


def race_model(options, configurations, optimizer, part, seconds, least):
    race = Race(options, options.threads, options.peer_threads, options.seconds or seconds)
    choices = {"attention": options.attention} if part != "optimizer" else {}
    if optimizer == "muon":
        choices["muon"] = options.muon
    rows = [race.run(f"{part} {name}" + ("" if optimizer == "none" else f" {optimizer}"), {"kind": "model", "model": name, "optimizer": optimizer, "part": part, **half(options, "precision")}, least=least, choices=choices)
            for name in configurations if re.search(options.shapes, name)]
    return {"rows": rows, "versions": race.close()}


def race_own(options):
    """MiniGrad's passes in bfloat16 against its own in float32."""
    race = Race(options, options.threads, [options.threads], options.seconds or 0.8, peer="minigrad")
    rows = []
    for name in ("A", "B", "C65", "C"):
        work = {"kind": "model", "model": name, "optimizer": "none", "part": "passes"}
        if re.search(options.shapes, name):
            rows.append(race.run(f"bfloat16 against float32, {name}", {**work, "precision": "bf16"}, work, least=2))
    return {"rows": rows, "versions": race.close()}


def race_memory(options):
    """Peak resident memory of C65 trained with Muon, above what each runtime holds before it makes a model."""
    command = ["dotnet", PROGRAM, "bench", "step", "--size", "C65", "--optimizer", "muon", "--steps", "5", "--threads", str(options.threads), "--precision", options.precision, "--json"]
    mine = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=clean_environment("minigrad", options.threads)).stdout)
    peer = Worker("peer", max(options.peer_threads), options.environment, options.command)
    answer = peer.ask({"kind": "model", "model": "C65", "optimizer": "muon", "part": "step", "muon": options.muon[0], **half(options, "precision")}, 0.1, 5, True)
    check("memory", {"parameters": mine["parameters"], "gemmGigaflop": mine["gemmGflop"]},
          {"parameters": answer["facts"]["parameters"], "gemmGigaflop": round(answer["facts"]["gemmGigaflop"], 3)})
    peer.close()
    above = mine["peakResidentMegabytes"] - mine["baselineResidentMegabytes"]
    theirs = answer["residentMegabytes"] - peer.versions["baselineMegabytes"]
    return {"megabytes": above, "peerMegabytes": theirs, "ratio": theirs / above, "managedBytesPerStep": mine["managedBytesPerStep"],
            "baselineMegabytes": mine["baselineResidentMegabytes"], "peerBaselineMegabytes": peer.versions["baselineMegabytes"], "versions": peer.versions}


def race_side_by_side(options):
    """Two one-thread trainings at once against one alone."""
    work = {"kind": "model", "model": TINY, "optimizer": "adamuon", "part": "step"}
    workers = [Worker("minigrad", 1), Worker("minigrad", 1)]
    for worker in workers:
        worker.ask(work, 0.5)
    ratios = []
    for _ in range(options.pairs):
        alone = statistics.median(workers[0].ask(work, 1.5)["times"])
        for worker in workers:
            worker.send(work, 1.5)
        together = [statistics.median(worker.read()["times"]) for worker in workers]
        ratios.append(sum(alone / t for t in together))
    for worker in workers:
        worker.close()
    return {"ratio": statistics.median(ratios), "lowest": min(ratios), "highest": max(ratios), "milliseconds": 1e3 * alone}


def race_simd(options):
    """The product without AVX-512, as a share of the one with it."""
    wide, narrow = Worker("minigrad", 1), Worker("minigrad", 1, {"DOTNET_EnableAVX512": "0"})
    rows = []
    for m, n, k, transpose in [(256, 256, 256, "NN"), (512, 512, 512, "NN"), (1024, 1024, 1024, "NN"), (2048, 1024, 256, "NT"), (2048, 256, 1024, "NN"), (1536, 384, 2048, "TN")]:
        work = {"kind": "gemm", "m": m, "n": n, "k": k, "transpose": transpose}
        ratios = sorted(statistics.median(wide.ask(work, 0.03)["times"]) / statistics.median(narrow.ask(work, 0.03)["times"]) for _ in range(options.pairs))
        rows.append({"name": f"{m}x{n}x{k} {transpose}", "ratio": statistics.median(ratios), "lowest": ratios[0], "highest": ratios[-1]})
    for worker in (wide, narrow):
        worker.close()
    return {"rows": rows, "ratio": math.exp(statistics.mean(math.log(row["ratio"]) for row in rows))}


def race_ablate(options):
    start = time.perf_counter()
    subprocess.run(["dotnet", PROGRAM, "ablate-sign", "--no-progress", "--json", "--out", os.path.join(RESULTS, time.strftime("ablate-%H%M%S"))],
                   cwd=ROOT, stdout=subprocess.DEVNULL, check=True, env=clean_environment("minigrad", 1))
    return {"seconds": time.perf_counter() - start}


PARTS = {
    "gemm-1": lambda o: race_gemm(o, 1),
    "gemm-2": lambda o: race_gemm(o, 2),
    "orthogonalize": race_orthogonalize,
    "muon": lambda o: race_model(o, ["C65"], "muon", "optimizer", 0.5, 2),
    "adamw": lambda o: race_model(o, ["A", "B"], "adamw", "optimizer", 0.3, 5),
    "passes-A": lambda o: race_model(o, ["A"], "none", "passes", 0.5, 5),
    "passes-B": lambda o: race_model(o, ["B"], "none", "passes", 0.8, 3),
    "passes-C65": lambda o: race_model(o, ["C65"], "none", "passes", 1.5, 2),
    "passes-C": lambda o: race_model(o, ["C"], "none", "passes", 1.5, 1),
    "passes-D": lambda o: race_model(o, ["D"], "none", "passes", 2, 1),
    "step-C65": lambda o: race_model(o, ["C65"], "muon", "step", 1.5, 1),
    "own": race_own,
    "memory": race_memory,
    "side-by-side": race_side_by_side,
    "simd": race_simd,
    "ablate": race_ablate,
}


def machine():
    with open("/proc/cpuinfo") as info:
        model = next((line.split(":")[1].strip() for line in info if line.startswith("model name")), platform.processor())
    dotnet = subprocess.run(["dotnet", "--list-runtimes"], capture_output=True, text=True).stdout
    runtime = [line.split()[1] for line in dotnet.splitlines() if line.startswith("Microsoft.NETCore.App")]
    package = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", "python3-torch"], capture_output=True, text=True).stdout
    return {"processor": model, "processors": os.cpu_count(), "dotnet": runtime[-1] if runtime else "?", "torchPackage": package,
            "commit": subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()}


def main():
    parser = argparse.ArgumentParser(formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("part", nargs="*", choices=[*PARTS, "table", []], help="what to measure; everything by default")
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--shapes", default="")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32", help="of both sides")
    parser.add_argument("--name", default="debian", help="of the peer, under which results are kept")
    parser.add_argument("--peer", help="command of a peer that speaks the protocol; Debian's PyTorch by default")
    parser.add_argument("--peer-environment", action="append", default=[], metavar="KEY=VALUE", help="for the peer only; may be repeated")
    for choice, default in (("attention", "sdpa"), ("muon", "plain"), ("variant", "plain")):
        parser.add_argument("--" + choice, type=lambda text: text.split(","), default=[default], help=f"the peer's ways of {choice}, as it knows them; it takes the best")
    parser.add_argument("--peer-threads", type=lambda text: [int(n) for n in text.split(",")], default=[1, 2])
    options = parser.parse_args()
    if not os.path.exists(PROGRAM):
        sys.exit(f"race: {os.path.relpath(PROGRAM)} is not there; run 'dotnet build experiments' first")
    options.command = shlex.split(options.peer) if options.peer else DEBIAN
    options.environment = dict(pair.split("=", 1) for pair in options.peer_environment)
    if options.command is DEBIAN and (options.precision != "float32" or options.name != "debian"):
        sys.exit("race: Debian's PyTorch multiplies bfloat16 more slowly than float32; give a --peer, and a --name for it")
    if options.command is DEBIAN and not os.path.isdir(OPENBLAS):
        sys.exit(f"race: {OPENBLAS} is not there; install libopenblas0-openmp, whose threads do not fight PyTorch's")
    results = os.path.join(RESULTS, f"{options.name}-{options.precision}")
    os.makedirs(results, exist_ok=True)
    for part in options.part or PARTS:
        if part == "table":
            continue
        result = PARTS[part](options)
        result.update(machine=machine(), date=time.strftime("%Y-%m-%d"))
        with open(os.path.join(results, part + ".json"), "w") as file:
            json.dump(result, file, indent=1)
    import table
    kept = {part: os.path.join(results, part + ".json") for part in PARTS}
    table.write({part: json.load(open(path)) for part, path in kept.items() if os.path.exists(path)}, options.name, options.precision)


if __name__ == "__main__":
    main()
