using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>A tensor that a stage keeps for each parameter.</summary>
/// <param name="Name">Its name below the parameter's, such as <c>momentum</c>.</param>
/// <param name="Shape">Its sizes; none for a scalar.</param>
public readonly record struct StateSchema(string Name, Shape Shape);

/// <summary>
/// One step of an optimizer's pipeline. Stages are records: equal settings make equal stages, and a list of stages is
/// what an optimizer is. A stage reads and replaces <see cref="StageContext.Update"/>, through back-end primitives only.
/// </summary>
public abstract record Stage
{
    /// <summary>Short name, such as <c>orthogonalize</c>; the type's in the same form unless said otherwise.</summary>
    public virtual string Name => OptionNames.Of(GetType().Name);

    /// <summary>What it computes, in one line.</summary>
    public virtual string Formula => $"U ← {Name}(U)";

    /// <summary>What it keeps for a parameter; <see cref="StageContext.State"/> takes the index in this list.</summary>
    /// <param name="parameter">The parameter's sizes.</param>
    public virtual IReadOnlyList<StateSchema> State(Shape parameter) => [];

    /// <summary>Whether it changes the weights; a list has to have one that does.</summary>
    public virtual bool UpdatesWeights => false;

    /// <summary>Whether it replaces matrices by their polar factors.</summary>
    public virtual bool Orthogonalizes => false;

    /// <summary>Whether it is for matrices alone, so that only they are given to its list, and fused projections are taken apart: it orthogonalizes or whitens them, or keeps their norm.</summary>
    public virtual bool ForMatrices => Orthogonalizes;

    /// <summary>How its tensors that are as large as the parameter are kept.</summary>
    public StateFormats Formats { get; init; }

    /// <summary>Why it runs only where the host can address the memory, or null.</summary>
    public virtual string? HostMemoryReason => null;

    /// <summary>The format of one of its tensors.</summary>
    /// <param name="schema">The tensor.</param>
    /// <param name="parameter">The parameter's sizes.</param>
    internal StateFormat FormatOf(StateSchema schema, Shape parameter)
    {
        if (schema.Shape.Count != parameter.Count || schema.Shape.Rank == 0) return StateFormat.Float32;
        return schema.Name switch
        {
            "momentum" => Formats.Momentum,
            "secondMoment" => Formats.SecondMoment,
            _ => StateFormat.Float32,
        };
    }

    /// <summary>Fills what it keeps, which holds zeros, before a matrix's first step, or before a checkpoint is read into it; the gradient is not there yet.</summary>
    /// <param name="context">The matrix.</param>
    /// <returns>Whether it filled anything.</returns>
    public virtual bool Begin(StageContext context) => false;

    /// <summary>Does its part for one parameter, whose matrices are rows×columns.</summary>
    /// <param name="context">The parameter, its gradient and the update so far.</param>
    public abstract void Apply(StageContext context);

    /// <summary>Does its part and that of stages behind it in one pass, with the same result.</summary>
    /// <param name="following">The stages behind it.</param>
    /// <param name="context">As in <see cref="Apply"/>.</param>
    /// <returns>How many of them were done, too; 0 when there is no such pass, and then nothing was done.</returns>
    internal virtual int ApplyWith(ReadOnlySpan<Stage> following, StageContext context) => 0;

    /// <summary>Name, formula, and the formats of the state where they are not float32.</summary>
    public sealed override string ToString() => $"{Name}: {Formula}{(Formats == default ? "" : $" (state: {Formats})")}";
}
