using System.Globalization;

namespace MiniGrad;

/// <summary>What <see cref="GradCheck"/> found.</summary>
public sealed record GradCheckReport
{
    /// <summary>Partial derivatives compared.</summary>
    public required long Entries { get; init; }

    /// <summary>The parameter of the worst entry.</summary>
    public required string WorstParameter { get; init; }

    /// <summary>The worst entry's row-major index in it.</summary>
    public required long WorstIndex { get; init; }

    /// <summary>The worst entry by the backward pass.</summary>
    public required double Analytic { get; init; }

    /// <summary>The worst entry by central differences.</summary>
    public required double Numeric { get; init; }

    /// <summary>|analytic − numeric| / (atol + rtol·|numeric|) of the worst entry: at most 1 is a pass, NaN is not.</summary>
    public required double WorstRatio { get; init; }

    /// <summary>The largest |analytic − numeric|.</summary>
    public required double LargestError { get; init; }

    /// <summary>The largest |numeric|; 0 means that the check has seen nothing.</summary>
    public required double LargestDerivative { get; init; }

    /// <summary>Whether two forward and backward passes gave the same bits.</summary>
    public required bool IsDeterministic { get; init; }

    /// <summary>Whether a further backward pass doubled the gradients, as micro-batches need.</summary>
    public required bool Accumulates { get; init; }

    /// <summary>Whether everything held.</summary>
    public bool Passed => WorstRatio <= 1 && IsDeterministic && Accumulates;

    /// <summary>Returns this report, or throws if something did not hold.</summary>
    /// <exception cref="InvalidOperationException">The check failed; the message is <see cref="ToString"/>.</exception>
    public GradCheckReport ThrowIfFailed() => Passed ? this : throw new InvalidOperationException(ToString());

    /// <summary>One line: the verdict and the worst entry.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"gradcheck {(Passed ? "passed" : "failed")}: {Entries} entries, worst {WorstParameter}[{WorstIndex}]: analytic {Analytic:g9}, numeric {Numeric:g9}, {WorstRatio:g3} of the tolerance{(IsDeterministic ? "" : "; two passes gave different bits")}{(Accumulates ? "" : "; a second backward pass did not double the gradient, so the op ignores GradientTarget.Accumulate")}");
}
