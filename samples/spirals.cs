#:project ../src/MiniGrad/MiniGrad.csproj
// An MLP tells three spirals apart: Muon for the matrices inside, AdamW for the head and the biases.
using MiniGrad;

const int Arms = 3, PerArm = 100;
var points = new float[Arms * PerArm, 2];
var arms = new int[Arms * PerArm];
for (int i = 0; i < arms.Length; i++)
{
    double radius = (i % PerArm + 1) / (double)PerArm, angle = 4 * radius + 2 * Math.PI * (i / PerArm) / Arms;
    (points[i, 0], points[i, 1], arms[i]) = ((float)(radius * Math.Sin(angle)), (float)(radius * Math.Cos(angle)), i / PerArm);
}
Tensor x = Tensor.FromArray(points);
Indices y = Indices.FromArray(arms);

var model = new Sequential(new Linear(2, 64), new Relu(), new Linear(64, 64), new Relu(), new Linear(64, Arms));
var optimizer = new Optimizer(model.Parameters, Presets.MuonMoonlight(), learningRate: 0.02);
Console.WriteLine(optimizer.Routing);   // the last layer is the head: nobody orthogonalizes it unknowingly

for (int step = 0; step <= 400; step++)
{
    using StepScope scope = model.Context.BeginStep();
    Tensor logits = model.Forward(x), loss = logits.CrossEntropy(y);
    optimizer.ZeroGradients();
    loss.Backward();
    optimizer.Step();
    if (step % 100 != 0) continue;
    int[] found = logits.ArgMax().ToArray();
    double right = found.Where((arm, i) => arm == arms[i]).Count() / (double)arms.Length;
    Console.WriteLine($"step {step}: loss {loss.Item():F3}, {right:P0} right");
}
Console.WriteLine($"the head's weight:\n{model.Parameters[^2].Tensor}");
