using System.Text.Json.Nodes;
using MiniGrad.Backends.Cpu;
using MiniGrad.Memory;
using MiniGrad.Randomness;

namespace MiniGrad.Experiments.Commands;

/// <summary>Newton–Schulz with Jordan's coefficients on a normal random matrix.</summary>
internal sealed class OrthogonalizeWork : BenchWork
{
    private readonly ComputeContext _context;
    private readonly NewtonSchulz _method;
    private readonly BufferView _input;
    private readonly BufferView _output;
    private readonly int _rows;
    private readonly int _columns;

    public OrthogonalizeWork(int rows, int columns, int steps, int threads, Precision precision)
    {
        (_rows, _columns) = (rows, columns);
        _context = new ComputeContext(new CpuBackend(threads));
        long length = (long)rows * columns;
        (_input, _output) = (_context.Persistent(length), _context.Persistent(length));
        var values = new float[length];
        new CounterRandom(0, 0).FillNormal(values);
        _context.Backend.Upload(_input, values);
        _method = new NewtonSchulz(CoefficientSets.Get("jordan"), steps, Precision: precision == Precision.Bfloat16 ? OrthogonalizerPrecision.Bfloat16 : OrthogonalizerPrecision.Float32);
    }

    public override double Run()
    {
        using StepScope step = _context.BeginStep();
        _method.Apply(_context, _rows, _columns, _input, _output);
        return 0;
    }

    /// <summary>The root mean square of the result, which an orthogonal factor's shape decides.</summary>
    public override JsonObject Facts()
    {
        var values = new float[_output.Length];
        _context.Backend.Download(_output, values);
        return new JsonObject { ["rms"] = Math.Sqrt(values.Sum(v => (double)v * v) / values.Length) };
    }

    public override void Dispose() => _context.Dispose();
}
