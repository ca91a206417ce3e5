namespace MiniGrad;

/// <summary>
/// Something done around a whole step of one matrix: before its first stage and after the update has been applied. A hook
/// changes weights only through kernels that take <see cref="StageContext.Gate"/>, and downloads nothing.
/// </summary>
public interface IStepHook
{
    /// <summary>Short name, such as <c>hyperball</c>.</summary>
    string Name { get; }

    /// <summary>What it computes, in one line.</summary>
    string Formula { get; }

    /// <summary>What it keeps for a matrix; <see cref="StageContext.State"/> takes the index in this list.</summary>
    /// <param name="matrix">The matrix's sizes.</param>
    IReadOnlyList<StateSchema> State(Shape matrix);

    /// <summary>Looks at a parameter when the optimizer is made; it may download.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <exception cref="ArgumentException">The hook cannot work on it.</exception>
    void Check(Parameter parameter);

    /// <summary>Fills the state, which holds zeros, before the matrix's first step.</summary>
    /// <param name="context">The matrix.</param>
    void Begin(StageContext context);

    /// <summary>Runs before the first stage.</summary>
    /// <param name="context">The matrix.</param>
    void Before(StageContext context);

    /// <summary>Runs after the last stage.</summary>
    /// <param name="context">The matrix.</param>
    void After(StageContext context);
}
