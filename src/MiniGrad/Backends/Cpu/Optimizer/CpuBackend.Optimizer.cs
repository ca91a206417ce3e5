using MiniGrad.Memory;

namespace MiniGrad.Backends.Cpu;

public sealed unsafe partial class CpuBackend : IOptimizerKernels
{
    /// <inheritdoc/>
    public void Axpby(double alpha, BufferView scale, BufferView x, double beta, BufferView y, BufferView z, BufferView gate)
    {
        if (!IsOpen(gate)) return;
        float* other = y.IsEmpty || beta == 0 ? null : Pointer(y);
        For(Blocks.Count(z.Length), new AxpbyJob((float)(alpha * ValueOr1(scale)), Pointer(x), (float)beta, other, Pointer(z), z.Length));
    }

    /// <inheritdoc/>
    public void MomentumLookAhead(double alpha, BufferView scale, BufferView gradient, double beta, BufferView momentum, BufferView lookAhead, BufferView gate) =>
        Momentum(alpha, scale, gradient, beta, momentum, looksAhead: true, signs: false, lookAhead, gate);

    /// <inheritdoc/>
    public void SignedMomentum(double alpha, BufferView scale, BufferView gradient, double beta, BufferView momentum, bool looksAhead, BufferView signs, BufferView gate) =>
        Momentum(alpha, scale, gradient, beta, momentum, looksAhead, signs: true, signs, gate);

    /// <inheritdoc/>
    public void DivideBySecondMoment(double beta, RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y, BufferView gate)
    {
        float kept = IsOpen(gate) ? (float)beta : 1, added = IsOpen(gate) ? (float)(1 - beta) : 0;
        For(Blocks.Count(y.Length), new DivideBySecondMomentJob(kept, added, rule, (float)epsilon, Pointer(x), Pointer(v), ValueOr1(correction), Pointer(y), y.Length));
    }

    private void Momentum(double alpha, BufferView scale, BufferView gradient, double beta, BufferView momentum, bool looksAhead, bool signs, BufferView update, BufferView gate)
    {
        float a = (float)(alpha * ValueOr1(scale));
        For(
            Blocks.Count(momentum.Length),
            new MomentumJob(a, Pointer(gradient), (float)beta, Pointer(momentum), Pointer(update), looksAhead, signs, IsOpen(gate), momentum.Length));
    }

    /// <inheritdoc/>
    public void SecondMoment(double beta, BufferView x, BufferView v, BufferView gate)
    {
        if (!IsOpen(gate)) return;
        For(Blocks.Count(v.Length), new SecondMomentJob((float)beta, (float)(1 - beta), Pointer(x), Pointer(v), v.Length));
    }

    /// <inheritdoc/>
    public void DivideByRoot(RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y) =>
        For(Blocks.Count(y.Length), new DivideByRootJob(rule, (float)epsilon, Pointer(x), Pointer(v), ValueOr1(correction), Pointer(y), y.Length));

    /// <inheritdoc/>
    public void ApplyUpdate(double step, BufferView scale, BufferView u, double decay, bool cautious, BufferView w, BufferView gate)
    {
        if (!IsOpen(gate)) return;
        float s = ValueOr1(scale);
        For(Blocks.Count(w.Length), new ApplyUpdateJob((float)(step * s), (float)(1 - decay), cautious, MathF.CopySign(s == 0 ? 0 : 1, s), Pointer(u), Pointer(w), w.Length));
    }

    /// <inheritdoc/>
    public void AdamW(in AdamWCall call, BufferView gradient, BufferView scale, BufferView m, BufferView v, BufferView correction1, BufferView correction2, BufferView w, BufferView gate)
    {
        if (!IsOpen(gate)) return;
        For(Blocks.Count(w.Length), new AdamWJob(call, ValueOr1(scale), ValueOr1(correction1), ValueOr1(correction2), Pointer(gradient), Pointer(m), Pointer(v), Pointer(w), w.Length));
    }

    /// <inheritdoc/>
    public void Scalar(ScalarOperation operation, double a, double b, BufferView x, BufferView result)
    {
        double value = *Pointer(x);
        *Pointer(result) = (float)(operation switch
        {
            ScalarOperation.DivideAdd => value + b == 0 ? 0 : a / (value + b),
            ScalarOperation.DivideMax => Math.Max(value, b) == 0 ? 0 : a / Math.Max(value, b),
            ScalarOperation.ClipFactor => Math.Min(1, a / (value + b)),
            ScalarOperation.IsFinite => double.IsFinite(value) ? 1 : 0,
            ScalarOperation.Clamp => Math.Min(Math.Max(value, a), b),
            ScalarOperation.Affine => a * value + b,
            _ => throw Unknown(operation),
        });
    }
}
