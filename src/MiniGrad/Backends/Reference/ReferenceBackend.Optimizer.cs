using MiniGrad.Memory;

namespace MiniGrad.Backends.Reference;

/// <summary>The primitives of optimizer stages.</summary>
public sealed partial class ReferenceBackend<T>
{
    /// <inheritdoc/>
    public void Axpby(double alpha, BufferView scale, BufferView x, double beta, BufferView y, BufferView z, BufferView gate)
    {
        if (ScalarOrOne(gate) == 0) return;
        double factor = alpha * ScalarOrOne(scale);
        Span<T> xs = Reals(x, x.Length), to = Exactly(z, x.Length), ys = y.IsEmpty || beta == 0 ? default : Exactly(y, x.Length);
        for (int i = 0; i < to.Length; i++) to[i] = Narrow((factor * Wide(xs[i])) + (ys.IsEmpty ? 0 : beta * Wide(ys[i])));
    }

    /// <inheritdoc/>
    public void SecondMoment(double beta, BufferView x, BufferView v, BufferView gate)
    {
        if (ScalarOrOne(gate) == 0) return;
        Span<T> xs = Reals(x, x.Length), vs = Exactly(v, x.Length);
        for (int i = 0; i < vs.Length; i++) vs[i] = Narrow((beta * Wide(vs[i])) + ((1 - beta) * Wide(xs[i]) * Wide(xs[i])));
    }

    /// <inheritdoc/>
    public void DivideByRoot(RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y)
    {
        double c = ScalarOrOne(correction);
        Span<T> xs = Reals(x, x.Length), vs = Exactly(v, x.Length), to = Exactly(y, x.Length);
        for (int i = 0; i < to.Length; i++)
        {
            double moment = Wide(vs[i]) / c, value = Wide(xs[i]);
            double root = rule == RootRule.Divide ? Math.Sqrt(moment) + epsilon : Math.Sqrt(Math.Max(moment, epsilon));
            to[i] = Narrow(value == 0 && root == 0 ? 0 : value / root);
        }
    }

    /// <inheritdoc/>
    public void ApplyUpdate(double step, BufferView scale, BufferView u, double decay, bool cautious, BufferView w, BufferView gate)
    {
        if (ScalarOrOne(gate) == 0) return;
        double s = ScalarOrOne(scale);
        Span<T> us = Reals(u, u.Length), ws = Exactly(w, u.Length);
        for (int i = 0; i < ws.Length; i++)
        {
            double update = s * Wide(us[i]), weight = Wide(ws[i]);
            bool decays = !cautious || update * weight >= 0;
            ws[i] = Narrow(((1 - (decays ? decay : 0)) * weight) - (step * update));
        }
    }

    /// <inheritdoc/>
    public void AdamW(in AdamWCall call, BufferView gradient, BufferView scale, BufferView m, BufferView v, BufferView correction1, BufferView correction2, BufferView w, BufferView gate)
    {
        if (ScalarOrOne(gate) == 0) return;
        double s = ScalarOrOne(scale), c1 = ScalarOrOne(correction1), c2 = ScalarOrOne(correction2);
        Span<T> gs = Reals(gradient, gradient.Length), ms = Exactly(m, gradient.Length), vs = Exactly(v, gradient.Length), ws = Exactly(w, gradient.Length);
        for (int i = 0; i < ws.Length; i++)
        {
            double g = s * Wide(gs[i]);
            ms[i] = Narrow((call.Beta1 * Wide(ms[i])) + ((1 - call.Beta1) * g));
            vs[i] = Narrow((call.Beta2 * Wide(vs[i])) + ((1 - call.Beta2) * g * g));
            ws[i] = Narrow(((1 - call.Decay) * Wide(ws[i])) - (call.Step * (Wide(ms[i]) / c1) / (Math.Sqrt(Wide(vs[i]) / c2) + call.Epsilon)));
        }
    }

    /// <inheritdoc/>
    public void Scalar(ScalarOperation operation, double a, double b, BufferView x, BufferView result)
    {
        double value = Wide(Exactly(x, 1)[0]);
        Exactly(result, 1)[0] = Narrow(operation switch
        {
            ScalarOperation.DivideAdd => value + b == 0 ? 0 : a / (value + b),
            ScalarOperation.DivideMax => Math.Max(value, b) == 0 ? 0 : a / Math.Max(value, b),
            ScalarOperation.ClipFactor => Math.Min(1, a / (value + b)),
            ScalarOperation.IsFinite => double.IsFinite(value) ? 1 : 0,
            ScalarOperation.Clamp => Math.Min(Math.Max(value, a), b),
            ScalarOperation.Affine => (a * value) + b,
            _ => throw new ArgumentOutOfRangeException(nameof(operation), $"scalar: there is no operation {operation}"),
        });
    }
}
