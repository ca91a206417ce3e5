using MiniGrad.Experiments.Catalog;

namespace MiniGrad.Experiments.Commands;

/// <summary>Two uses of every command, as one types them behind the program's name.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> Own = new()
    {
        ["train"] = ["train --corpus book.txt --set model.nLayer=6 --steps 1000", "train --optimizer muon --learning-rate 1e-2 --schedule wsd --out runs/muon"],
        ["compare"] = ["compare adamuon adamuon:sign=false muon --seeds 5", "compare muon adamw --grid learningRate=1e-3,3e-3,1e-2 --grid weightDecay=0,0.1"],
        ["cost"] = ["cost --quick", "cost --sweep width --optimizer muon"],
        ["theory"] = ["theory --quick", "theory --seeds 10"],
        ["dual-norm"] = ["dual-norm --quick", "dual-norm --seeds 5"],
        ["sample"] = ["sample --checkpoint runs/train-20260101-120000 --prompt \"The method\"", "sample --checkpoint gpt2 --prompt Hello --temperature 0 --max-tokens 50"],
        ["evaluate"] = ["evaluate --checkpoint runs/train-20260101-120000", "evaluate --checkpoint gpt2 --corpus book.txt"],
        ["export"] = ["export --checkpoint runs/train-20260101-120000 --to model", "export --checkpoint runs/train-20260101-120000/adamuon --to model"],
        ["tokenize"] = ["tokenize --corpus book.txt --tokenizer bpe:4096 --out tokens", "tokenize --corpus book.txt --tokenizer byte --out tokens --plain"],
        ["list"] = ["list", "list --json"],
        ["explain"] = ["explain ablate-sign", "explain adamuon"],
        ["replay"] = ["replay case.json", "replay case.json --out ours.json"],
        ["coefficients"] = ["coefficients", "coefficients --steps 5 --lower 1e-3 --figure curves.png"],
        ["bench"] = ["bench gemm --shapes 512x512x512", "bench step --size B --optimizer muon"],
        ["gemm"] = ["bench gemm --shapes 512x512x512 --threads 1", "bench gemm --shapes 2048x768x768 --transpose NT"],
        ["orthogonalize"] = ["bench orthogonalize --shapes 768x768", "bench orthogonalize --shapes 768x3072 --steps 5 --threads 2"],
        ["step"] = ["bench step --size B --optimizer muon", "bench step --size A --breakdown"],
        ["worker"] = ["bench worker --threads 1", "bench worker --threads 2"],
        ["board"] = ["board runs", "board runs/compare-20260101-120000 runs/train-1"],
        ["report"] = ["report runs/shard-1 runs/shard-2 --out runs/whole", "report runs/compare-20260101-120000"],
        ["plot"] = ["plot runs/compare-20260101-120000 --x tokens", "plot runs/train-1 runs/train-2 runs/train-3"],
        ["reproduce"] = ["reproduce plots/gallery/ablate-sign/manifest.json --runs 1", "reproduce runs/compare-20260101-120000"],
        ["gallery"] = ["gallery add runs/ablate-sign-20260101-120000", "gallery index"],
        ["add"] = ["gallery add runs/ablate-sign-20260101-120000", "gallery add runs/compare-20260101-120000 --as my-comparison"],
        ["index"] = ["gallery index", "gallery index --debug"],
        ["doctor"] = ["doctor", "doctor --json"],
        ["schema"] = ["schema", "schema --debug"],
    };

    /// <summary>The examples of a command; none where there are no words for it.</summary>
    public static IReadOnlyList<string> Of(string command)
    {
        if (Own.TryGetValue(command, out string[]? own)) return own;
        return ExperimentCatalog.Find(command) is null ? [] : [$"{command} --quick", $"{command} --seeds 5 --learning-rates 1e-3,3e-3,1e-2"];
    }
}
