using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>How a tensor of optimizer state is kept between steps. A step computes with float32 in either case.</summary>
public enum StateFormat
{
    /// <summary>In the back end's own precision.</summary>
    Float32,

    /// <summary>In bfloat16, half the memory, rounded stochastically once a step.</summary>
    Bfloat16,

    /// <summary>As the sums of its rows and columns, about √ of the memory, and one bit a sign (SMMF, arXiv 2412.08894).</summary>
    Factored,
}

/// <summary>The formats of a stage's tensors that are as large as the parameter. Smaller ones are always kept whole.</summary>
/// <param name="Momentum">Of the momentum.</param>
/// <param name="SecondMoment">Of the second moment.</param>
public readonly record struct StateFormats(StateFormat Momentum, StateFormat SecondMoment)
{
    /// <summary>What is not float32, for people; empty when all is.</summary>
    public override string ToString()
    {
        string momentum = Momentum == StateFormat.Float32 ? "" : $"M {OptionNames.Of(Momentum)}", second = SecondMoment == StateFormat.Float32 ? "" : $"V {OptionNames.Of(SecondMoment)}";
        return momentum.Length > 0 && second.Length > 0 ? $"{momentum}, {second}" : momentum + second;
    }
}
