using MiniGrad.Experiments.Statistics;

namespace MiniGrad.Experiments.Catalog;

/// <summary>The whole grid of what AdaMuon adds to Muon, and of Nesterov's look-ahead.</summary>
internal static class AblateAll
{
    private const string Sign = "sign", SecondMoment = "second moment", Alignment = "alignment", Nesterov = "Nesterov";

    public static Experiment Experiment { get; } = new()
    {
        Name = "ablate-all",
        Question = "What do sign, second moment, alignment and Nesterov do to the loss, alone and together?",
        Paper = "Fig. 3 (ablation; its exact switches are not confirmed to us)",
        Explanation = "All sixteen combinations of four switches of the authors' rule (adamuon-repo). Removing a stage never changes the nominal step size: without alignment its factor is its nominal value, 0.2 with the second moment and 0.2√max(m,n) without it. With none of sign, second moment and alignment it is Muon scaled by 0.2√max(m,n). An effect is the loss with a switch minus the loss without it, averaged over the others; an interaction is how much that changes with another switch.",
        Variants = [.. from nesterov in (bool[])[true, false] from alignment in (bool[])[true, false] from moment in (bool[])[true, false] from sign in (bool[])[true, false] select Of(sign, moment, alignment, nesterov)],
        Factorial = new([Sign, SecondMoment, Alignment, Nesterov], "the sign costs more with the second moment than without it", First: Sign, Second: SecondMoment, Direction.Higher),
        Profile = "tiny",
        Drawing = Drawing.Effects,
    };

    private static Variant Of(bool sign, bool moment, bool alignment, bool nesterov)
    {
        string[] changes =
        [
            .. sign ? (string[])[] : ["sign=false"],
            .. moment ? (string[])[] : ["secondMoment=none"],
            .. (alignment, moment) switch { (true, _) => (string[])[], (false, true) => ["scale=none", "extraScale=0.2"], _ => ["scale=match-rms-adamw"] },
            .. nesterov ? (string[])[] : ["nesterov=false"],
        ];
        return new Variant(NameOf(sign, moment, alignment, nesterov), "adamuon-repo", changes) { Levels = [sign, moment, alignment, nesterov] };
    }

    private static string NameOf(bool sign, bool moment, bool alignment, bool nesterov)
    {
        bool isMuon = !sign && !moment && !alignment;
        (bool There, string Name)[] named = isMuon ? [(nesterov, Nesterov)] : [(sign, Sign), (moment, SecondMoment), (alignment, Alignment), (nesterov, Nesterov)];
        string[] missing = [.. named.Where(f => !f.There).Select(f => f.Name)];
        string without = missing.Length > 1 ? $"{string.Join(", ", missing[..^1])} and {missing[^1]}" : string.Concat(missing);
        return (isMuon ? "muon" : "adamuon-repo") + (missing.Length > 0 ? $" without {without}" : "");
    }
}
