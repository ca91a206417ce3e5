namespace MiniGrad.Experiments.Reporting.Figures;

/// <summary>What a loss is measured in.</summary>
internal static class Units
{
    /// <summary>The unit of an arm's losses: a byte tokenizer's compare across corpora.</summary>
    public static string Of(ArmResult arm) => arm.Data.Tokenizer.Name == "byte" ? "nats per byte" : "nats per token";
}
