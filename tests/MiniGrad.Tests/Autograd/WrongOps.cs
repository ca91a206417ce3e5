using MiniGrad.Memory;

namespace MiniGrad.Tests.Autograd;

/// <summary><c>y = 3x</c> with the sign of its gradient wrong.</summary>
internal sealed class WrongSign : Op
{
    private static readonly WrongSign Instance = new();

    public override string Name => "wrong_sign";

    public static Tensor Apply(Tensor x) => Tripled.Record(Instance, x);

    public override void Backward(in TapeEntry entry) => Tripled.AddTo(entry, -3, respectAccumulate: true);
}

/// <summary><c>y = 3x</c>, whose gradient overwrites what is there already.</summary>
internal sealed class Forgetful : Op
{
    private static readonly Forgetful Instance = new();

    public override string Name => "forgetful";

    public static Tensor Apply(Tensor x) => Tripled.Record(Instance, x);

    public override void Backward(in TapeEntry entry) => Tripled.AddTo(entry, 3, respectAccumulate: false);
}

/// <summary><c>y = 3x</c>, whose gradient is a little different each time.</summary>
internal sealed class Unsteady : Op
{
    private static readonly Unsteady Instance = new();

    public override string Name => "unsteady";

    public int Calls { get; private set; }

    public static Tensor Apply(Tensor x) => Tripled.Record(Instance, x);

    public override void Backward(in TapeEntry entry) => Tripled.AddTo(entry, 3 + 1e-12 * ++Calls, respectAccumulate: true);
}

internal static class Tripled
{
    public static Tensor Record(Op op, Tensor x)
    {
        x.Context.Tracks(op.Name, x);
        BufferView y = x.Context.Allocate(x.Shape.Count);
        x.Context.Backend.Axpby(3, default, x.Data, 0, default, y, default);
        return x.Context.Record(op, y, x.Shape, default, x);
    }

    public static void AddTo(in TapeEntry entry, double factor, bool respectAccumulate)
    {
        GradientTarget target = entry.GradientOf(0);
        entry.Backend.Axpby(factor, default, entry.Gradient, target.Accumulate && respectAccumulate ? 1 : 0, target.View, target.View, default);
    }
}
