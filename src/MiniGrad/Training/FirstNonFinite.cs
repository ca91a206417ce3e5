using MiniGrad.Tensors;

namespace MiniGrad.Training;

/// <summary>Finds the first number of a model that is not finite, and says where it is.</summary>
public static class FirstNonFinite
{
    /// <summary>The first parameter with such a number and its place, in words, or null where all are finite.</summary>
    /// <param name="model">The model.</param>
    public static string? InParameters(ILanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return InParameters(model.Context, model.Parameters);
    }

    /// <summary>The first of some parameters with such a number and its place, in words, or null where all are finite.</summary>
    /// <param name="context">Where they live.</param>
    /// <param name="parameters">The parameters.</param>
    public static string? InParameters(ComputeContext context, IEnumerable<Parameter> parameters)
    {
        var detector = new AnomalyDetector(context);
        return parameters.Select(p => detector.Check($"the parameter '{p.Name}' {p.Shape}", p.Data, p.Shape)).FirstOrDefault(found => found is not null);
    }

    /// <summary>The first parameter, or else the first op of a pass whose result has such a number, in words.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pass">A pass of the model on the tokens in question.</param>
    public static string Describe(ILanguageModel model, Action pass)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pass);
        if (InParameters(model) is { } parameter) return parameter;
        var detector = new AnomalyDetector(model.Context);
        try
        {
            model.Context.Anomalies = detector;
            pass();
        }
        finally
        {
            model.Context.Anomalies = null;
        }
        return detector.Found is { } found ? $"first in {found}" : "every tensor of another pass is finite";
    }
}
