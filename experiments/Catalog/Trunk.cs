namespace MiniGrad.Experiments.Catalog;

/// <summary>
/// What the runs of an arm branch off from: for each seed one run, the same for all variants, at a constant rate. A branch has its
/// weights, none of its optimizer's state, and batches that it has not seen.
/// </summary>
/// <param name="Rule">The optimizer that trains it.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="LearningRate">Its learning rate.</param>
internal sealed record Trunk(Variant Rule, int Steps, double LearningRate);
