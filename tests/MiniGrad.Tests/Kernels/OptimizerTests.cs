using MiniGrad.Backends;

namespace MiniGrad.Tests.Kernels;

public sealed class OptimizerTests
{
    [Fact]
    public void Every_primitive_agrees_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            int n = rows * columns;
            bool scaled = seed % 3 != 0;
            Operand scale = rig.Real(1), gate = rig.Real(1, 1, 1), correction = rig.Real(1, 0.1, 1), x = rig.Real(n), y = rig.Real(n), z = rig.Real(n), v = rig.Real(n, 0.01, 2);
            rig.Run<IOptimizerKernels>((k, at) => k.Axpby(1.7, scaled ? scale[at] : default, x[at], -0.3, seed % 4 == 0 ? default : y[at], z[at], scaled ? gate[at] : default));
            rig.Check(z);
            rig.Run<IOptimizerKernels>((k, at) => k.Axpby(1.7, default, x[at], 0.4, y[at], y[at], default));
            rig.Check(y);
            rig.Run<IOptimizerKernels>((k, at) => k.MomentumLookAhead(0.3, scaled ? scale[at] : default, x[at], 0.7, y[at], z[at], scaled ? gate[at] : default));
            rig.Check(y);
            rig.Check(z);
            rig.Run<IOptimizerKernels>((k, at) => k.SecondMoment(0.9, x[at], v[at], scaled ? gate[at] : default));
            rig.Check(v);
            rig.Run<IOptimizerKernels>((k, at) => k.DivideByRoot(seed % 2 == 0 ? RootRule.Divide : RootRule.Clamp, 0.05, x[at], v[at], scaled ? correction[at] : default, z[at]));
            rig.Check(z);
            rig.Run<IOptimizerKernels>((k, at) => k.ApplyUpdate(0.1, scaled ? scale[at] : default, x[at], 0.05, seed % 2 == 0, y[at], scaled ? gate[at] : default));
            rig.Check(y);
        }
    }

    [Fact]
    public void AdamW_agrees_with_the_oracle()
    {
        using var rig = new Rig();
        for (int seed = 0; seed < Rig.Cases; seed++)
        {
            rig.Begin(seed);
            (int rows, int columns) = rig.TwoSizes();
            int n = rows * columns;
            var call = new AdamWCall(Step: 0.01, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-3, Decay: 0.02);
            bool bare = seed % 3 == 0;
            Operand g = rig.Real(n), scale = rig.Real(1), m = rig.Real(n), v = rig.Real(n, 0.01, 1), c1 = rig.Real(1, 0.1, 1), c2 = rig.Real(1, 0.1, 1), w = rig.Real(n), gate = rig.Real(1, 1, 1);
            rig.Run<IOptimizerKernels>((k, at) => k.AdamW(call, g[at], bare ? default : scale[at], m[at], v[at], bare ? default : c1[at], bare ? default : c2[at], w[at], bare ? default : gate[at]));
            rig.Check(m);
            rig.Check(v);
            rig.Check(w);
        }
    }

    [Fact]
    public void A_closed_gate_changes_nothing()
    {
        using var rig = new Rig();
        rig.Begin(3);
        Operand gate = rig.Real(1, 0, 0), nan = rig.Real([.. Enumerable.Repeat(float.NaN, 40)]), m = rig.Real(40), v = rig.Real(40), w = rig.Real(40), before = rig.Real(40);
        Operand[] state = [m, v, w];
        double[][] values = [.. state.Select(s => s.Read(1))];
        rig.Run<IOptimizerKernels>((k, at) =>
        {
            k.Axpby(1, default, nan[at], 1, m[at], m[at], gate[at]);
            k.SecondMoment(0.9, nan[at], v[at], gate[at]);
            k.ApplyUpdate(0.1, default, nan[at], 0.1, false, w[at], gate[at]);
            k.AdamW(new AdamWCall(0.1, 0.9, 0.9, 1e-8, 0.1), nan[at], default, m[at], v[at], default, default, w[at], gate[at]);
        });
        for (int i = 0; i < state.Length; i++) Assert.Equal(values[i], state[i].Read(1));
    }

    [Fact]
    public void Division_by_a_zero_root_follows_the_oracle()
    {
        using var rig = new Rig();
        rig.Begin(0);
        Operand x = rig.Real([0, 0, 1, -1, 1e-30f, -0f, 2, float.NaN]), v = rig.Real([0, 4, 0, 0, 0, 0, 4, 0]), y = rig.Real(8), z = rig.Real(8);
        rig.Run<IOptimizerKernels>((k, at) => k.DivideByRoot(RootRule.Divide, 0, x[at], v[at], default, y[at]));
        rig.Check(y);
        rig.Run<IOptimizerKernels>((k, at) => k.DivideByRoot(RootRule.Clamp, 0, x[at], v[at], default, z[at]));
        rig.Check(z);
    }

    [Fact]
    public void Cautious_decay_looks_at_signs_only()
    {
        using var rig = new Rig();
        rig.Begin(0);
        Operand u = rig.Real([1, -1, 1, -1, 0, 1e-30f, -1e-30f, 2]), w = rig.Real([1, 1, -1, -1, 1, -1, 1, 0]), scale = rig.Real(1, -1, -1);
        rig.Run<IOptimizerKernels>((k, at) => k.ApplyUpdate(0.1, scale[at], u[at], 0.5, true, w[at], default));
        rig.Check(w, tolerance: 1e-7);
    }

    [Theory]
    [InlineData(ScalarOperation.DivideAdd, 2, 0.5)]
    [InlineData(ScalarOperation.DivideMax, 2, 0.5)]
    [InlineData(ScalarOperation.DivideMax, 2, 0)]
    [InlineData(ScalarOperation.ClipFactor, 1, 1e-6)]
    [InlineData(ScalarOperation.IsFinite, 0, 0)]
    [InlineData(ScalarOperation.Clamp, -0.5, 1.5)]
    [InlineData(ScalarOperation.Affine, 3, -1)]
    public void Scalar_functions_agree_with_the_oracle(ScalarOperation operation, double a, double b)
    {
        using var rig = new Rig();
        foreach (float value in (float[])[0, 1, -1, -0.5f, 1e-30f, 1e30f, float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            rig.Begin(0, $"{operation} of {value}");
            Operand x = rig.Real([value]), y = rig.Real(1);
            rig.Run<IOptimizerKernels>((k, at) => k.Scalar(operation, a, b, x[at], y[at]));
            rig.Check(y);
            rig.Run<IOptimizerKernels>((k, at) => k.Scalar(operation, a, b, x[at], x[at]));
            rig.Check(x);
        }
    }
}
