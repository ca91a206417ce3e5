using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Tensors;

/// <summary>What a first program meets: tensors made and printed, gradients read, ids that go with their step, and what it is told when it forgets something.</summary>
public sealed class FrontDoorTests
{
    // The right sides are what numpy.array2string gives for the same float32 values.
    public static TheoryData<float[], int[], string> Printed => new()
    {
        { [1, 2.5f], [2], "[1.  2.5]" },
        { [1, 2, 3, 4], [2, 2], "[[1. 2.]\n [3. 4.]]" },
        { [1e-5f, 1.5f], [2], "[1.0e-05 1.5e+00]" },
        { [0.1f, 0.2f, 1f / 3], [3], "[0.1        0.2        0.33333334]" },
        { [float.NaN, 1, float.NegativeInfinity], [3], "[ nan   1. -inf]" },
        { [-1, 0.5f], [2], "[-1.   0.5]" },
        { [0, 1, 2, 3, 4, 5, 6, 7], [2, 2, 2], "[[[0. 1.]\n  [2. 3.]]\n\n [[4. 5.]\n  [6. 7.]]]" },
        { [.. Enumerable.Range(0, 1001).Select(i => (float)i)], [1001], "[   0.    1.    2. ...  998.  999. 1000.]" },
        { [.. Enumerable.Range(0, 30).Select(i => (float)i)], [30], "[ 0.  1.  2.  3.  4.  5.  6.  7.  8.  9. 10. 11. 12. 13. 14. 15. 16. 17.\n 18. 19. 20. 21. 22. 23. 24. 25. 26. 27. 28. 29.]" },
        { [1.5f], [], "1.5" },
        { [], [0], "[]" },
        { [1e8f, 2], [2], "[1.e+08 2.e+00]" },
    };

    [Theory]
    [MemberData(nameof(Printed))]
    public void A_tensor_prints_its_values_as_NumPy_does(float[] values, int[] sizes, string expected)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Assert.Equal(expected, context.Tensor(new Shape(sizes), values).ToString());
    }

    [Fact]
    public void A_tensor_that_is_gone_says_so_when_it_is_printed()
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        Tensor made;
        using (context.BeginStep()) made = context.Ones([2]) * 2;
        Assert.Equal("a tensor that is gone: its step has ended", made.ToString());
        Assert.Equal("no tensor", default(Tensor).ToString());
    }

    [Fact]
    public void Tensors_are_made_in_one_call()
    {
        using ComputeContext context = ComputeContext.Float64();
        Assert.Equal([0f, 0], context.Zeros([2]).ToArray());
        Assert.Equal([1f, 1], context.Ones([2]).ToArray());
        Assert.Equal([0f, 1, 2], context.Arange(3).ToArray());
        Assert.Equal([1, 0.5, 0], context.Arange(1, -0.5, -0.5).ToDoubleArray());
        Assert.Equal(new Shape(2, 3), context.FromArray(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }).Shape);
        Assert.Equal([1f, 2, 3, 4], context.FromArray(new[, ,] { { { 1 }, { 2 } }, { { 3 }, { 4 } } }).ToArray());
        Assert.Equal("FromArray: an array of String; it must hold float, double or int", Assert.Throws<ArgumentException>(() => context.FromArray(new[] { "1" })).Message);
        Assert.Contains("new float[,]", Assert.Throws<ArgumentException>(() => context.FromArray(new[] { new[] { 1f } })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => context.Arange(0, 1, -1));
    }

    [Fact]
    public void Random_tensors_depend_on_the_seed_and_on_how_many_were_drawn_before()
    {
        using ComputeContext first = ComputeContext.Float64(), second = ComputeContext.Float64();
        (first.Seed, second.Seed) = (7, 7);
        float[] a = first.Randn([100]).ToArray(), b = first.Randn([100]).ToArray(), u = first.Rand([1000]).ToArray();
        Assert.NotEqual(a, b);
        Assert.Equal(a, second.Randn([100]).ToArray());
        Assert.InRange(u.Average(), 0.45f, 0.55f);
        Assert.InRange(u.Min(), 0, 0.05f);
        second.Seed = 7;
        Assert.Equal(a, second.Randn([100]).ToArray()); // setting it begins anew
        second.Seed = 8;
        Assert.NotEqual(b, second.Randn([100]).ToArray());
    }

    [Fact]
    public void The_default_context_is_one_for_the_process()
    {
        Assert.Same(ComputeContext.Default, Tensor.Zeros([1]).Context);
        Assert.Equal("cpu", ComputeContext.Default.Backend.Name);
        Assert.Same(ComputeContext.Default, Indices.FromArray(new[] { 1, 2 }).Context);
        Assert.Equal([1, 2], Indices.FromArray(new[] { 1, 2 }).ToArray());
    }

    [Fact]
    public void A_gradient_is_a_tensor()
    {
        using ComputeContext context = ComputeContext.Float64();
        Parameter w = context.Parameter("w", [2], ParameterRole.Vector);
        w.Tensor.CopyFrom([3.0, -1]);
        Assert.True(w.Gradient.IsEmpty);
        using (context.BeginStep()) w.Tensor.Square().Sum().Backward();
        Assert.Equal("[ 6. -2.]", w.Gradient.ToString());
        int live = context.LiveTensors;
        Assert.Equal([6.0, -2], w.Gradient.ToDoubleArray());
        Assert.Equal(live, context.LiveTensors); // looking again makes nothing
        using (context.BeginStep())
        {
            Assert.Equal(2, w.Gradient.Max().Item() / 3, 1e-12);
            Assert.False(w.Gradient.RequiresGradient);
        }
        w.ZeroGradient();
        Assert.True(w.Gradient.IsEmpty);
    }

    [Fact]
    public void Ids_made_in_a_step_go_with_it_and_cost_nothing_more()
    {
        using ComputeContext context = ComputeContext.Float64();
        Indices batch = default;
        long live = 0;
        for (int step = 0; step < 5; step++)
        {
            using (context.BeginStep()) batch = context.Indices([2, 3], [1, 2, 3, 4, 5, 6]);
            if (step == 1) live = context.Backend.Transfers.LiveBytes;
        }
        Assert.Equal(live, context.Backend.Transfers.LiveBytes);
        using StepScope open = context.BeginStep();
        Assert.Contains("the step that made them has ended", Assert.Throws<ObjectDisposedException>(() => context.Ones([7, 2]).Rows(batch)).Message, StringComparison.Ordinal);
        Assert.Throws<ObjectDisposedException>(() => batch.CopyFrom([1, 2, 3, 4, 5, 6]));
        Assert.Equal(new Shape(2, 3, 2), context.Ones([7, 2]).Rows(context.Indices([2, 3], [1, 2, 3, 4, 5, 6])).Shape);
    }
}
