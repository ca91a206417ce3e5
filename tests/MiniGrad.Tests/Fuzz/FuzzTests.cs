using System.Globalization;
using MiniGrad.Tests.Build;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Fuzz;

/// <summary>
/// Files that were damaged on purpose, a hundred of most kinds (5,000 with MINIGRAD_TESTS=full), are refused in one line or do no
/// harm. Each kind runs in a process of its own, one case after the other, so that a crash is seen, too.
/// </summary>
public sealed class FuzzTests
{
    private const ulong Seed = 15;

    // Tells the child what to run, and where to write down what went wrong.
    private const string KindVariable = "MINIGRAD_FUZZ_KIND", FolderVariable = "MINIGRAD_FUZZ_FOLDER";
    private const int HungAfterSeconds = 120;

    private static FuzzKind[] All => [.. FileKinds.All, .. SavedKinds.All, .. RunKinds.All];

    public static TheoryData<string> Kinds => [.. All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Slow")]
    public async Task Damaged_files_are_refused_in_one_line_or_do_no_harm(string kind)
    {
        using var folder = new TemporaryFolder();
        string journal = folder.File("journal.txt", "");
        try
        {
            await TestChild.RunAsync($"fuzzing {kind}", ["-explicit", "only", "-method", $"{typeof(FuzzTests).FullName}.{nameof(Child)}"], environment => (environment[KindVariable], environment[FolderVariable]) = (kind, folder.Path), TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (File.ReadAllText(journal) is { Length: > 0 } said)
        {
            Assert.Fail($"{kind}, seed {Seed}:\n{said}\n{e.Message}");
        }
    }

    /// <summary>What the child runs; by hand: MINIGRAD_FUZZ_KIND=NAME MINIGRAD_FUZZ_FOLDER=/some/empty/folder.</summary>
    [Fact(Explicit = true)]
    public void Child()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable)!, journal = Path.Combine(folder, "journal.txt");
        FuzzKind kind = All.Single(k => k.Name == Environment.GetEnvironmentVariable(KindVariable));
        File.AppendAllText(journal, "the example could not be made\n");
        var fuzz = new FuzzCase(kind, Directory.CreateDirectory(Path.Combine(folder, "root")).FullName);
        int cases = Effort.Of(kind.Cases, 5_000), refused = 0, wrong = 0;
        var words = new List<string>();
        for (int i = 0; i < cases && wrong < 20; i++)
        {
            // A crash or a hang leaves the case in the journal.
            File.WriteAllText(journal, string.Create(CultureInfo.InvariantCulture, $"{string.Concat(words)}case {i} did not end\n"));
            using var watch = new Timer(_ => Environment.FailFast($"case {i} of {kind.Name} hangs"), null, TimeSpan.FromSeconds(HungAfterSeconds), Timeout.InfiniteTimeSpan);
            (int code, string? said) = fuzz.Judge(new Draws(Seed, (ulong)i));
            if (code != 0) refused++;
            if (said is null) continue;
            wrong++;
            words.Add(string.Create(CultureInfo.InvariantCulture, $"case {i}: {said}\n"));
        }
        // Damage that is always found, or never, would test half of it.
        if (kind.Codes.Any(code => code != 0) && refused < cases / 20 && wrong == 0) words.Add($"only {refused} of {cases} cases were refused: the damage misses the file\n");
        File.WriteAllText(journal, string.Concat(words));
        Assert.Empty(words);
    }
}
