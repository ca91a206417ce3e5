namespace MiniGrad;

/// <summary>Sizes of a mixture of experts; the width of an expert is the model's <see cref="GptOptions.NInner"/>.</summary>
public sealed record ExpertOptions
{
    /// <summary>Routed experts, E.</summary>
    public int Count { get; init; } = 8;

    /// <summary>Routed experts that see a token, k.</summary>
    public int TopK { get; init; } = 2;

    /// <summary>Shared experts, which see every token: one layer of so many times the width of an expert; 0 for none.</summary>
    public int Shared { get; init; } = 1;

    /// <summary>How many of the first blocks have a dense layer instead; −1 takes 1, or 0 where there is only one block.</summary>
    public int DenseLayers { get; init; } = -1;

    /// <summary>γ: how far a step moves the bias of an expert whose load is not the mean.</summary>
    public double BalanceRate { get; init; } = 0.001;

    /// <summary>Experts that a token sees, k and the shared ones.</summary>
    public int Active => TopK + Shared;

    /// <summary>The number of dense blocks, resolved.</summary>
    /// <param name="nLayer">Blocks of the model.</param>
    public int Dense(int nLayer) => DenseLayers >= 0 ? DenseLayers : nLayer > 1 ? 1 : 0;

    /// <summary>Checks the sizes.</summary>
    /// <param name="nLayer">Blocks of the model.</param>
    /// <exception cref="ArgumentException">They do not fit each other; the message names them.</exception>
    internal void Validate(int nLayer)
    {
        if (Count < 1) throw new ArgumentException($"model.nExperts is {Count}; it must be at least 1");
        if (TopK < 1 || TopK > Count) throw new ArgumentException($"model.topK is {TopK}; it must be from 1 to nExperts {Count}");
        if (Shared < 0) throw new ArgumentException($"model.nSharedExperts is {Shared}; it must be at least 0");
        if (DenseLayers < -1 || DenseLayers > nLayer) throw new ArgumentException($"model.denseLayers is {DenseLayers}; it must be from 0 to nLayer {nLayer} (-1: 1, or 0 where there is one layer)");
        if (!(BalanceRate >= 0) || !double.IsFinite(BalanceRate)) throw new ArgumentException($"model.balanceRate is {BalanceRate}; it must be at least 0");
    }
}
