#:project ../src/MiniGrad/MiniGrad.csproj
// A small GPT reads one text again and again, byte by byte, and then continues it.
using MiniGrad;
using System.Text;

string text = string.Concat(Enumerable.Repeat(
    "Shall I compare thee to a summer's day? Thou art more lovely and more temperate: " +
    "Rough winds do shake the darling buds of May, And summer's lease hath all too short a date. ", 8));
int[] tokens = [.. Encoding.ASCII.GetBytes(text).Select(b => (int)b)];

ComputeContext context = ComputeContext.Default;
var model = new Gpt(context, new GptOptions { NLayer = 2, NHead = 2, NEmbd = 64, BlockSize = 64, VocabSize = 128 }, seed: 1);
var optimizer = new Optimizer(model.Parameters, Presets.AdaMuon(), learningRate: 5e-3, clipNorm: 1);
Console.WriteLine($"{model.ParameterCount:N0} parameters; {optimizer.Routing}");

var random = new Random(1);
for (int step = 0; step <= 150; step++)
{
    using StepScope scope = context.BeginStep();
    int[] starts = [.. Enumerable.Range(0, 8).Select(_ => random.Next(tokens.Length - 64))];
    Indices inputs = context.Indices([8, 64], [.. starts.SelectMany(s => tokens[s..(s + 64)])]);
    Indices targets = context.Indices([8, 64], [.. starts.SelectMany(s => tokens[(s + 1)..(s + 65)])]);
    Tensor loss = model.Loss(inputs, targets);
    optimizer.ZeroGradients();
    loss.Backward();
    optimizer.Step();
    if (step % 50 == 0) Console.WriteLine($"step {step}: loss {loss.Item():F3}");
}

var generator = new TextGenerator(model, new TokenSampler(temperature: 0, topK: 0, topP: 1, seed: 1));
int[] prompt = [.. "Shall I ".Select(c => (int)c)];
Console.WriteLine("Shall I " + string.Concat(generator.Continue(prompt, 60).Select(token => (char)token)));
