using MiniGrad.Backends.Reference;

namespace MiniGrad.Tests.Tensors;

/// <summary>What a program with <c>using MiniGrad;</c> alone can name: all that optimizers, models and their options are made of.</summary>
public sealed class OneUsingTests
{
    [Fact]
    public void Public_stages_modules_and_what_their_constructors_take_are_at_the_root()
    {
        Type[] makers = [typeof(Stage), typeof(Module), typeof(Orthogonalizer), typeof(IStepHook), typeof(OptimizerOptions), typeof(Optimizer), typeof(ParameterGroup), typeof(StageList), typeof(CoefficientSet), typeof(TextGenerator), typeof(TokenSampler)];
        Type[] named = [.. typeof(Tensor).Assembly.GetExportedTypes().Where(type => makers.Any(maker => maker.IsAssignableFrom(type)))];
        IEnumerable<Type> taken = named.SelectMany(type => type.GetConstructors()).SelectMany(constructor => constructor.GetParameters()).Select(parameter => Plain(parameter.ParameterType));
        string[] below = [.. named.Concat(taken).Where(type => type.Assembly == typeof(Tensor).Assembly && type.Namespace != nameof(MiniGrad)).Select(type => type.FullName!).Distinct().Order()];
        Assert.Equal([], below);
    }

    [Fact]
    public void A_pipeline_of_stages_by_hand_gives_the_bits_of_the_preset()
    {
        StageList byHand =
        [
            new Momentum(0.95, MomentumForm.Accumulate),
            new Sign(),
            new Orthogonalize(new NewtonSchulz { Steps = 5, Coefficients = CoefficientSets.Jordan }),
            new ElementwiseSecondMoment(0.95),
            new RmsAlign(),
            new UpdateWeights(),
        ];
        Assert.Equal(Presets.AdaMuon(), byHand);
        Assert.Equal(Train(Presets.AdaMuon()), Train(byHand));
    }

    private static float[] Train(StageList stages)
    {
        using var context = new ComputeContext(new ReferenceBackend<float>());
        var model = new Sequential(new Linear(3, 8), new Tanh(), new Linear(8, 8), new Tanh(), new Linear(8, 2));
        model.Initialize(context, seed: 1);
        var optimizer = new Optimizer(model.Parameters, stages, learningRate: 0.01);
        for (int step = 0; step < 3; step++)
        {
            using StepScope scope = context.BeginStep();
            Tensor loss = model.Forward(context.Randn([4, 3])).Square().Mean();
            optimizer.ZeroGradients();
            loss.Backward();
            optimizer.Step();
        }
        return [.. model.Parameters.SelectMany(parameter => parameter.Tensor.ToArray())];
    }

    private static Type Plain(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;
        return plain.IsGenericType ? plain.GetGenericArguments()[0] : plain;
    }
}
