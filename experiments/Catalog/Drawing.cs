namespace MiniGrad.Experiments.Catalog;

/// <summary>What the figure of an experiment shows.</summary>
internal enum Drawing
{
    /// <summary>Validation loss by step: a curve a variant, a panel an arm.</summary>
    Curves,

    /// <summary>Validation loss by tokens and by seconds, side by side.</summary>
    TokensAndSeconds,

    /// <summary>Final validation loss of every variant with its interval, in order; a panel an arm.</summary>
    Ranking,

    /// <summary>Final validation loss over the variants' place on an axis, a curve a series.</summary>
    Sweep,

    /// <summary>Final validation loss over the grid of learning rates, a curve a variant; a panel an arm.</summary>
    LearningRates,

    /// <summary>Final validation loss over the grid, a curve an arm; a panel a variant.</summary>
    Transfer,

    /// <summary>The difference of the claim's two variants by step, a curve an arm.</summary>
    Gap,

    /// <summary>Tokens saved on the way to the baseline's final loss, with intervals; a panel an arm.</summary>
    TokensSaved,

    /// <summary>What probes measured, a panel a measure.</summary>
    MeasuredByVariant,

    /// <summary>The effects and two-way interactions of a factorial, with intervals.</summary>
    Effects,

    /// <summary>What was watched during training, a panel a quantity.</summary>
    Behaviour,

    /// <summary>Final validation loss at the best rate over the counted work, an arm a size, with fitted power laws; and the work that the baseline would need.</summary>
    Scaling,

    /// <summary>Validation loss by step, and how far steps go against the gradient of a large batch, a panel a kind of matrix.</summary>
    Descent,
}
