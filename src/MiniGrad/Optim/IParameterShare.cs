namespace MiniGrad;

/// <summary>
/// The parameters that this process updates, where several share the work. Gradients are the same in all of them; each
/// keeps state for its own parameters only.
/// </summary>
public interface IParameterShare
{
    /// <summary>Whether this process updates a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    bool Owns(Parameter parameter);

    /// <summary>Called after every step: gives the others the updated weights, and takes theirs.</summary>
    /// <param name="diagnostics">Where the step was observed, the norms, which are zero for other processes' parameters and have to be filled in; else null.</param>
    void Exchange(OptimizerDiagnostics? diagnostics);
}
