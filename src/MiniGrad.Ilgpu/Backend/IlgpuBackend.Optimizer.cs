using MiniGrad.Backends;
using MiniGrad.Ilgpu.Kernels;
using MiniGrad.Memory;

namespace MiniGrad.Ilgpu;

/// <content>The primitives of optimizer stages.</content>
public sealed partial class IlgpuBackend
{
    /// <inheritdoc/>
    public void Axpby(double alpha, BufferView scale, BufferView x, double beta, BufferView y, BufferView z, BufferView gate)
    {
        bool reads = !y.IsEmpty && beta != 0;
        Each(OptimizerKernels.Axpby, x.Length, new AxpbyArgs
        {
            Scale = ScalarOrOne(scale),
            X = All(x),
            Y = reads ? Exactly(y, x.Length) : _one.Reals,
            Z = Exactly(z, x.Length),
            Gate = ScalarOrOne(gate),
            Alpha = (float)alpha,
            Beta = reads ? (float)beta : 0,
        }, OptimizerKernels.AxpbyTogether);
    }

    /// <inheritdoc/>
    public void MomentumLookAhead(double alpha, BufferView scale, BufferView gradient, double beta, BufferView momentum, BufferView lookAhead, BufferView gate) =>
        Each(OptimizerKernels.MomentumLookAhead, gradient.Length, new AxpbyArgs
        {
            Scale = ScalarOrOne(scale),
            X = All(gradient),
            Y = Exactly(momentum, gradient.Length),
            Z = Exactly(lookAhead, gradient.Length),
            Gate = ScalarOrOne(gate),
            Alpha = (float)alpha,
            Beta = (float)beta,
        }, OptimizerKernels.MomentumLookAheadTogether);

    /// <inheritdoc/>
    public void SignedMomentum(double alpha, BufferView scale, BufferView gradient, double beta, BufferView momentum, bool looksAhead, BufferView signs, BufferView gate) =>
        Each(OptimizerKernels.SignedMomentum, gradient.Length, new SignedMomentumArgs
        {
            Scale = ScalarOrOne(scale),
            Gradient = All(gradient),
            Momentum = Exactly(momentum, gradient.Length),
            Signs = Exactly(signs, gradient.Length),
            Gate = ScalarOrOne(gate),
            Alpha = (float)alpha,
            Beta = (float)beta,
            LooksAhead = Flag(looksAhead),
        }, OptimizerKernels.SignedMomentumTogether);

    /// <inheritdoc/>
    public void DivideBySecondMoment(double beta, RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y, BufferView gate) =>
        Each(OptimizerKernels.DivideBySecondMoment, x.Length, new MomentRootArgs
        {
            X = All(x),
            V = Exactly(v, x.Length),
            Correction = ScalarOrOne(correction),
            Y = Exactly(y, x.Length),
            Gate = ScalarOrOne(gate),
            Rule = rule,
            Beta = (float)beta,
            Rest = (float)(1 - beta),
            Epsilon = (float)epsilon,
        }, OptimizerKernels.DivideBySecondMomentTogether);

    /// <inheritdoc/>
    public void SecondMoment(double beta, BufferView x, BufferView v, BufferView gate) =>
        Each(OptimizerKernels.SecondMoment, x.Length, new MomentArgs { X = All(x), V = Exactly(v, x.Length), Gate = ScalarOrOne(gate), Beta = (float)beta, Rest = (float)(1 - beta) }, OptimizerKernels.SecondMomentTogether);

    /// <inheritdoc/>
    public void DivideByRoot(RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y) =>
        Each(OptimizerKernels.DivideByRoot, x.Length, new RootArgs { X = All(x), V = Exactly(v, x.Length), Correction = ScalarOrOne(correction), Y = Exactly(y, x.Length), Rule = rule, Epsilon = (float)epsilon }, OptimizerKernels.DivideByRootTogether);

    /// <inheritdoc/>
    public void ApplyUpdate(double step, BufferView scale, BufferView u, double decay, bool cautious, BufferView w, BufferView gate) =>
        Each(OptimizerKernels.ApplyUpdate, u.Length, new UpdateArgs { Scale = ScalarOrOne(scale), U = All(u), W = Exactly(w, u.Length), Gate = ScalarOrOne(gate), Step = (float)step, Keep = (float)(1 - decay), Cautious = Flag(cautious) }, OptimizerKernels.ApplyUpdateTogether);

    /// <inheritdoc/>
    public void AdamW(in AdamWCall call, BufferView gradient, BufferView scale, BufferView m, BufferView v, BufferView correction1, BufferView correction2, BufferView w, BufferView gate)
    {
        long count = gradient.Length;
        Each(OptimizerKernels.AdamW, count, new AdamWArgs
        {
            Gradient = Reals(gradient, count),
            Scale = ScalarOrOne(scale),
            M = Exactly(m, count),
            V = Exactly(v, count),
            Correction1 = ScalarOrOne(correction1),
            Correction2 = ScalarOrOne(correction2),
            W = Exactly(w, count),
            Gate = ScalarOrOne(gate),
            Step = (float)call.Step,
            Beta1 = (float)call.Beta1,
            Rest1 = (float)(1 - call.Beta1),
            Beta2 = (float)call.Beta2,
            Rest2 = (float)(1 - call.Beta2),
            Epsilon = (float)call.Epsilon,
            Keep = (float)(1 - call.Decay),
        }, OptimizerKernels.AdamWTogether);
    }

    /// <inheritdoc/>
    public void Scalar(ScalarOperation operation, double a, double b, BufferView x, BufferView result)
    {
        Same(x, 1);
        Scalars(operation, a, b, x, result);
    }

    /// <inheritdoc/>
    public void Scalars(ScalarOperation operation, double a, double b, BufferView x, BufferView results) =>
        Each(OptimizerKernels.Scalar, x.Length, new ScalarArgs { X = All(x), Result = Exactly(results, x.Length), Operation = operation, A = (float)a, B = (float)b }, OptimizerKernels.ScalarTogether);

    /// <inheritdoc/>
    public void ScaleEach(BufferView factors, BufferView x, BufferView y) =>
        Each(OptimizerKernels.ScaleEach, x.Length, new ScaleEachArgs { Factors = Reals(factors, 1), X = All(x), Y = Exactly(y, x.Length), Length = (int)(x.Length / factors.Length) });
}
