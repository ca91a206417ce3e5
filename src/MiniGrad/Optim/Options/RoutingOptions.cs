using System.Collections.Immutable;

namespace MiniGrad;

/// <summary>How a fused query–key–value projection is orthogonalized.</summary>
public enum QkvRouting
{
    /// <summary>As the one matrix that it is stored as.</summary>
    Fused,

    /// <summary>Query, key and value projections each on their own.</summary>
    Split,

    /// <summary>Every head of the three on its own.</summary>
    Heads,
}

/// <summary>What becomes of 1-D parameters.</summary>
public enum VectorRouting
{
    /// <summary>They go to the auxiliary optimizer.</summary>
    Auxiliary,

    /// <summary>They are orthogonalized as near-square matrices (adv_optm's vector reshape).</summary>
    Reshape,
}

/// <summary>What is done around a step of an orthogonalized parameter.</summary>
public enum StepHookKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The weight keeps the norm that it had.</summary>
    Hyperball,
}

/// <summary>What the router orthogonalizes beside and instead of its own choice.</summary>
public sealed record RoutingOptions
{
    /// <summary>How a fused query–key–value projection is orthogonalized.</summary>
    public QkvRouting Qkv { get; init; }

    /// <summary>Name patterns (<c>*</c> and <c>?</c>) of parameters to orthogonalize whatever their role.</summary>
    public ImmutableArray<string> Include { get; init; } = [];

    /// <summary>Name patterns of parameters to leave to the auxiliary optimizer; stronger than <see cref="Include"/>.</summary>
    public ImmutableArray<string> Exclude { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(RoutingOptions? other) =>
        other is not null && Qkv == other.Qkv && Include.AsSpan().SequenceEqual(other.Include.AsSpan()) && Exclude.AsSpan().SequenceEqual(other.Exclude.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Qkv, Include.Length, Exclude.Length);
}
