#:project ../src/MiniGrad/MiniGrad.csproj
// A stage of ten lines, written here, in the place of one of AdaMuon's. First it copies the built-in one, and has to give its
// bits, through a checkpoint and back; then it is an idea of its own, and both are trained side by side.
using MiniGrad;

StageList adaMuon = Presets.AdaMuon();
StageList copy = adaMuon.Replace<ElementwiseSecondMoment>(new MySecondMoment(0.95, 1e-8));
StageList idea = adaMuon.Replace<ElementwiseSecondMoment>(new MySecondMoment(0.8, 1e-3));

float[] expected = Train(adaMuon, steps: 60, resumeAt: 0).Weights;
(float[] copied, _) = Train(copy, steps: 60, resumeAt: 0);
(float[] resumed, _) = Train(copy, steps: 60, resumeAt: 25);
Console.WriteLine($"the copy gives the built-in stage's bits: {expected.AsSpan().SequenceEqual(copied)}; saved after 25 steps and resumed: {expected.AsSpan().SequenceEqual(resumed)}");
Console.WriteLine($"loss after 60 steps: AdaMuon {Train(adaMuon, 60, 0).Loss:F4}, the idea {Train(idea, 60, 0).Loss:F4}");

static (float[] Weights, double Loss) Train(StageList stages, int steps, int resumeAt)
{
    string folder = Directory.CreateTempSubdirectory().FullName, path = Path.Combine(folder, "checkpoint.safetensors");
    try
    {
        for (int from = 0; ; from = resumeAt)
        {
            using ComputeContext context = ComputeContext.Cpu();
            var model = new Sequential(new Linear(8, 32), new Tanh(), new Linear(32, 32), new Tanh(), new Linear(32, 4));
            model.Initialize(context, seed: 1);
            var optimizer = new Optimizer(model.Parameters, stages, learningRate: 0.01);
            if (from > 0) optimizer.Load(path);
            int end = from < resumeAt ? resumeAt : steps;
            double loss = 0;
            for (int step = from; step < end; step++)
            {
                using StepScope scope = context.BeginStep();
                context.Seed = (ulong)step;
                Tensor x = context.Randn([64, 8]);
                Tensor difference = model.Forward(x) - x.Slice(1, ..4) * x.Slice(1, 4..).Tanh();
                Tensor error = difference.Square().Mean();
                optimizer.ZeroGradients();
                error.Backward();
                optimizer.Step();
                loss = error.Item();
            }
            if (end == steps) return ([.. model.Parameters.SelectMany(p => p.Tensor.ToArray())], loss);
            optimizer.Save(path);
        }
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

/// <summary>V ← βV + (1−β)u²; u ← u/(√V + ε).</summary>
internal sealed record MySecondMoment(double Beta, double Epsilon) : Stage
{
    public override string Name => "my-second-moment";
    public override string Formula => $"V ← βV + (1−β)u²; u ← u/(√V + ε), β = {Beta}, ε = {Epsilon}";
    public override IReadOnlyList<StateSchema> State(Shape parameter) => [new("secondMoment", parameter)];
    public override void Apply(StageContext context)
    {
        context.Backend.SecondMoment(Beta, context.Update, context.State(0), context.Gate);   // a step that is not finite never happened
        var update = context.Writable();
        context.Backend.DivideByRoot(RootRule.Divide, Epsilon, context.Update, context.State(0), default, update);
        context.Replace(update);
    }
}
