namespace MiniGrad.Experiments.Configuration;

/// <summary>One combination of the values of <c>--grid</c>, learning rates apart.</summary>
/// <param name="Conditions">Settings of the run that differ, as <c>KEY=VALUE</c> by commas; empty where only the optimizer's do.</param>
/// <param name="Settings">What they resolve to.</param>
/// <param name="Optimizer">Optimizer settings that differ.</param>
internal sealed record GridPoint(string Conditions, RunSettings Settings, IReadOnlyList<string> Optimizer);
