#:project ../src/MiniGrad/MiniGrad.csproj
using MiniGrad;

Tensor x = Tensor.Randn([256, 2]);
Indices inside = Indices.FromArray(x.ToArray().Chunk(2).Select(p => p[0] * p[0] + p[1] * p[1] < 1 ? 1 : 0).ToArray());
var model = new Sequential(new Linear(2, 32), new Tanh(), new Linear(32, 32), new Tanh(), new Linear(32, 2));
var optimizer = new Optimizer(model.Parameters, Presets.AdaMuon(), learningRate: 0.01);
for (int step = 0; step <= 100; step++)
{
    using StepScope scope = model.Context.BeginStep();   // what is made from here on is gone when the step ends
    Tensor loss = model.Forward(x).CrossEntropy(inside);
    optimizer.ZeroGradients();
    loss.Backward();
    optimizer.Step();
    if (step % 20 == 0) Console.WriteLine($"step {step}: loss {loss.Item():F3}");
}
