
namespace MiniGrad.Training;

/// <summary>What a parameter's update costs, in floating-point operations, to deal parameters to ranks.</summary>
public static class UpdateCost
{
    /// <summary>
    /// A pass over memory in units of arithmetic: an elementwise update moves about 28 bytes a value (weight, gradient and
    /// two states read, three written), in whose time a core multiplies and adds about this often.
    /// </summary>
    public const double PerValue = 250;

    private const int UsualSteps = 5;

    /// <summary>The operations of an r×c matrix's Newton–Schulz steps, s·(4r²c + 2r³) with r ≤ c, plus the passes over its values; for a stack of experts' matrices, of all of them.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="stages">The stages that it takes.</param>
    public static double Of(Parameter parameter, StageList stages)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(stages);
        double count = parameter.Shape.Count;
        if (!stages.Orthogonalizes) return PerValue * count;
        int steps = stages.Find<Orthogonalize>()?.Method is NewtonSchulz { Steps: var iterations } ? iterations : UsualSteps;
        int matrices = parameter.Role == ParameterRole.ExpertMatrices ? parameter.Shape[0] : 1;
        double rows = parameter.Shape[matrices > 1 ? 1 : 0], columns = count / matrices / rows;
        (double r, double c) = (Math.Min(rows, columns), Math.Max(rows, columns));
        return PerValue * count + matrices * steps * (4 * r * r * c + 2 * r * r * r);
    }
}
