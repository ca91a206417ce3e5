namespace MiniGrad.Experiments.Catalog;

/// <summary>What the figure of an experiment shows.</summary>
internal enum Drawing
{
    /// <summary>Validation loss by step: a curve a variant, a panel an arm.</summary>
    Curves,
}
