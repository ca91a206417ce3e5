#:project ../src/MiniGrad/MiniGrad.csproj
// Loads GPT-2 from a folder as Hugging Face has it (config.json, model.safetensors, vocab.json, merges.txt) and continues a
// text: dotnet run samples/gpt2.cs FOLDER "Once upon a time". Without a folder it writes a tiny one of random weights first.
using MiniGrad;
using MiniGrad.IO;
using MiniGrad.IO.HuggingFace;
using System.Text;

ComputeContext context = ComputeContext.Default;
string folder = args.Length > 0 ? args[0] : Directory.CreateTempSubdirectory().FullName;
if (args.Length == 0)
{
    // GPT-2's own switches: learned positions, biases, a head that is tied to the embedding.
    var options = new GptOptions { NLayer = 2, NHead = 2, NEmbd = 32, BlockSize = 32, VocabSize = 256, Position = PositionKind.Learned, Bias = true, Tied = true };
    HuggingFaceExport.Write(new Gpt(context, options, seed: 1), folder);
    Console.WriteLine("no folder was given: a tiny GPT-2 of random weights stands in");
}

using StoredModel stored = StoredModel.Open(folder);
ILanguageModel model = stored.CreateModel(context);
Console.WriteLine($"{stored.Options.NLayer} blocks of width {stored.Options.NEmbd}, {model.ParameterCount:N0} parameters");
foreach (Parameter parameter in model.Parameters.Take(4)) Console.WriteLine($"  {parameter}");

int[] prompt = stored.Tokenizer?.Encode(Encoding.UTF8.GetBytes(args.Length > 1 ? args[1] : "Once upon a time")) ?? [1, 2, 3];
var generator = new TextGenerator(model, new TokenSampler(temperature: 0, topK: 0, topP: 1, seed: 1));
int[] tokens = [.. generator.Continue(prompt, count: 20)];
Console.WriteLine($"continued by {(stored.Tokenizer is { } tokenizer ? Encoding.UTF8.GetString(tokenizer.Decode(tokens)) : string.Join(' ', tokens))}");
if (args.Length == 0) Directory.Delete(folder, recursive: true);
