namespace MiniGrad.Optim.Stages;

/// <summary>What the stages with a second moment share.</summary>
internal static class SecondMomentFormula
{
    public static string Division(RootRule rule, double epsilon, bool biasCorrection)
    {
        string moment = biasCorrection ? "V/(1−β₂ᵗ)" : "V";
        return rule == RootRule.Divide ? $"u ← u/(√({moment}) + {epsilon})" : $"u ← u/√max({moment}, {epsilon})";
    }

    public static IReadOnlyList<StateSchema> State(Shape moment, bool biasCorrection)
    {
        var second = new StateSchema("secondMoment", moment);
        return biasCorrection ? [second, new("secondMomentCorrection", [])] : [second];
    }
}
