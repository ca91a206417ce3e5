using System.Reflection;
using System.Runtime.CompilerServices;
using MiniGrad.Backends.Reference;
using MiniGrad.Tensors;

namespace MiniGrad.Tests.Ops;

/// <summary>Runs gradient cases in float64 and looks at the tapes that they leave.</summary>
internal static class GradientBench
{
    /// <summary>A hundred times tighter than the default.</summary>
    public static readonly GradCheckOptions Tight = new() { AbsoluteTolerance = 1e-7, RelativeTolerance = 1e-6 };

    /// <summary>All cases of this assembly.</summary>
    public static IReadOnlyList<GradientCase> All { get; } = Find();

    private static readonly ConditionalWeakTable<GradientCase, List<(Type Type, string Name, string Shapes)>> Seen = [];

    /// <summary>How the inputs reach the function.</summary>
    public enum Wiring
    {
        /// <summary>As parameters, whose gradients live outside the step.</summary>
        Parameters,

        /// <summary>By way of a temporary, and the function is applied twice, so that temporaries' gradients accumulate.</summary>
        TemporariesTwice,
    }

    /// <summary>One case on a context of its own.</summary>
    public sealed class Bench : IDisposable
    {
        private readonly Tensor[] _inputs;
        private readonly Func<Tensor[], Tensor> _function;
        private readonly Wiring _wiring;

        public Bench(GradientCase @case, int frozen = -1, Wiring wiring = Wiring.Parameters)
        {
            _wiring = wiring;
            _inputs = new Tensor[@case.Inputs.Length];
            for (int i = 0; i < _inputs.Length; i++)
            {
                Shape shape = @case.Inputs[i];
                double[] values = TestData.Uniform(TestData.Seed(@case.ToString()) + i, shape.Count, @case.Low, @case.High);
                if (i == frozen)
                {
                    _inputs[i] = Context.Tensor(shape, values);
                    continue;
                }
                Parameter parameter = Context.Parameter($"input{i}", shape, ParameterRole.HiddenMatrix);
                parameter.Tensor.CopyFrom(values);
                Parameters.Add(parameter);
                _inputs[i] = parameter;
            }
            _function = @case.Bind(Context);
        }

        public ComputeContext Context { get; } = new(new ReferenceBackend<double>());

        public List<Parameter> Parameters { get; } = [];

        public Tensor Evaluate()
        {
            if (_wiring == Wiring.Parameters) return _function(_inputs);
            var temporaries = Array.ConvertAll(_inputs, input => input * 1.5);
            return _function(temporaries) + _function(temporaries) * 0.5;
        }

        public GradCheckReport Check() => GradCheck.Run(Evaluate, [.. Parameters], Tight);

        public void Dispose() => Context.Dispose();
    }

    /// <summary>Checks a case in all wirings and with each input frozen in turn.</summary>
    public static void Check(GradientCase @case)
    {
        Check(@case, -1, Wiring.Parameters);
        Check(@case, -1, Wiring.TemporariesTwice);
        for (int frozen = 0; frozen < @case.Inputs.Length && @case.Inputs.Length > 1; frozen++) Check(@case, frozen, Wiring.Parameters);
    }

    /// <summary>The ops that a case applies and that gradients flow through: type, name and the shapes they see.</summary>
    public static IReadOnlyList<(Type Type, string Name, string Shapes)> OpsOf(GradientCase @case) => Seen.GetValue(@case, Survey);

    private static List<(Type Type, string Name, string Shapes)> Survey(GradientCase @case)
    {
        using var bench = new Bench(@case);
        int first = bench.Context.LiveTensors;
        using StepScope step = bench.Context.BeginStep();
        bench.Evaluate();
        var ops = new List<(Type, string, string)>();
        for (int slot = first; slot < bench.Context.LiveTensors; slot++)
        {
            Node node = bench.Context.NodeAt(slot);
            if (node.Op is not { } op || !node.RequiresGradient) continue;
            var shapes = new List<string>();
            for (int i = 0; i < node.InputCount; i++) shapes.Add(node.Input(i) < 0 ? "-" : bench.Context.NodeAt(node.Input(i)).Shape.ToString());
            ops.Add((op.GetType(), op.Name, $"{string.Join(" ", shapes)} -> {node.Shape}"));
        }
        return ops;
    }

    private static void Check(GradientCase @case, int frozen, Wiring wiring)
    {
        using var bench = new Bench(@case, frozen, wiring);
        GradCheckReport report = bench.Check();
        string which = $"{@case}, {wiring}{(frozen < 0 ? "" : $", input {frozen} frozen")}: {report}";
        Assert.True(report.Passed, which);
        if (!@case.IsFlat && frozen < 0) Assert.True(report.LargestDerivative > 1e-3, $"the check sees no gradient: {which}");
    }

    private static List<GradientCase> Find()
    {
        var cases = new List<GradientCase>();
        foreach (Type type in typeof(GradientBench).Assembly.GetTypes())
        {
            if (!type.IsClass || !typeof(IGradientCases).IsAssignableFrom(type)) continue;
            MethodInfo method = type.GetMethod(nameof(IGradientCases.GradientCases), BindingFlags.Public | BindingFlags.Static)!;
            cases.AddRange((IEnumerable<GradientCase>)method.Invoke(null, null)!);
        }
        return cases;
    }
}
