using MiniGrad.Backends.Reference;
using MiniGrad.Tests.Ops;

namespace MiniGrad.Tests.Autograd;

public sealed class GradCheckTests
{
    [Fact]
    public void A_right_gradient_passes_far_below_the_tolerance()
    {
        using ComputeContext context = New(out Parameter x);
        GradCheckReport report = GradCheck.Run(() => x.Tensor.Exp() * x.Tensor, [x]).ThrowIfFailed();
        Assert.Equal(6, report.Entries);
        Assert.True(report.LargestError < 1e-7, report.ToString());
        Assert.True(report.LargestDerivative > 0.1, report.ToString());
    }

    [Fact]
    public void A_flipped_sign_fails_and_the_message_names_the_entry()
    {
        using ComputeContext context = New(out Parameter x);
        GradCheckReport report = GradCheck.Run(() => WrongSign.Apply(x), [x]);
        Assert.False(report.Passed);
        Assert.True(report.IsDeterministic && report.Accumulates, report.ToString());
        Assert.Equal(-report.Numeric, report.Analytic, 1e-6);
        string message = Assert.Throws<InvalidOperationException>(report.ThrowIfFailed).Message;
        Assert.Contains($"worst x[{report.WorstIndex}]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_op_that_forgets_to_accumulate_fails()
    {
        using ComputeContext context = New(out Parameter x);
        GradCheckReport report = GradCheck.Run(() => Forgetful.Apply(x), [x]);
        Assert.False(report.Accumulates);
        Assert.Contains("ignores GradientTarget.Accumulate", Assert.Throws<InvalidOperationException>(report.ThrowIfFailed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_op_that_is_not_deterministic_fails_though_its_error_is_tiny()
    {
        using ComputeContext context = New(out Parameter x);
        GradCheckReport report = GradCheck.Run(() => Unsteady.Apply(x), [x]);
        Assert.True(report.WorstRatio < 1, report.ToString());
        Assert.False(report.IsDeterministic);
        Assert.False(report.Passed);
    }

    [Fact]
    public void A_gradient_that_is_not_a_number_fails()
    {
        using ComputeContext context = New(out Parameter x);
        x.Tensor.CopyFrom([1.0, 2, -1, 3, 4, 5]);
        GradCheckReport report = GradCheck.Run(() => x.Tensor.Log(), [x]);
        Assert.True(double.IsNaN(report.WorstRatio), report.ToString());
        Assert.False(report.Passed);
    }

    [Fact]
    public void A_parameter_that_the_function_ignores_has_gradient_zero()
    {
        using ComputeContext context = New(out Parameter x);
        Parameter unused = context.Parameter("unused", [2], ParameterRole.Vector);
        Assert.Equal(8, GradCheck.Run(() => x.Tensor.Square(), [x, unused]).ThrowIfFailed().Entries);
    }

    [Fact]
    public void Values_are_restored_and_gradients_forgotten()
    {
        using ComputeContext context = New(out Parameter x);
        double[] before = x.Tensor.ToDoubleArray();
        GradCheck.Run(() => x.Tensor.Tanh(), [x]);
        Assert.Equal(before, x.Tensor.ToDoubleArray());
        Assert.False(x.HasGradient);
        Assert.Equal(0, context.Arena.LiveElements);
    }

    [Fact]
    public void Float32_and_empty_input_are_refused()
    {
        using var single = new ComputeContext(new ReferenceBackend<float>());
        Parameter small = single.Parameter("small", [2], ParameterRole.Vector);
        Assert.Contains("ReferenceBackend<double>", Assert.Throws<InvalidOperationException>(() => GradCheck.Run(() => small.Tensor.Exp(), [small])).Message, StringComparison.Ordinal);

        using ComputeContext context = New(out Parameter x);
        Parameter nothing = context.Parameter("nothing", [0], ParameterRole.Vector);
        TestData.Refused(() => GradCheck.Run(() => x.Tensor.Exp(), []), "no parameters");
        TestData.Refused(() => GradCheck.Run(() => nothing.Tensor.Sum(), [nothing]), "no elements");
        TestData.Refused(() => GradCheck.Run(() => nothing.Tensor.Exp(), [nothing]), "result has no elements");
    }

    private static ComputeContext New(out Parameter x)
    {
        var context = new ComputeContext(new ReferenceBackend<double>());
        x = context.Parameter("x", [2, 3], ParameterRole.HiddenMatrix);
        x.Tensor.CopyFrom(TestData.Uniform(7, 6));
        return context;
    }
}
