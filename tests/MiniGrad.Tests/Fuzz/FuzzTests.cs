using System.Globalization;
using MiniGrad.Tests.Build;
using MiniGrad.Tests.Data;
using MiniGrad.Tests.IO;

namespace MiniGrad.Tests.Fuzz;

/// <summary>
/// Files that were damaged on purpose, a hundred of most kinds (5,000 with MINIGRAD_TESTS=full), are refused in one line or do no
/// harm. The kinds of a room run in one process of their own, one case after the other, so that a crash is seen, too.
/// </summary>
public sealed class FuzzTests
{
    private const ulong Seed = 15;

    // Tells the child what to run, and where to write down what went wrong.
    private const string KindsVariable = "MINIGRAD_FUZZ_KINDS", FolderVariable = "MINIGRAD_FUZZ_FOLDER";
    private const int HungAfterSeconds = 120;

    private static Dictionary<string, IReadOnlyList<FuzzKind>> All => new()
    {
        ["files of others"] = FileKinds.All,
        ["files that are saved"] = SavedKinds.All,
        ["run folders"] = RunKinds.All,
    };

    public static TheoryData<string> Rooms => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    [Trait("Category", "Slow")]
    public async Task Damaged_files_are_refused_in_one_line_or_do_no_harm(string room)
    {
        using var folder = new TemporaryFolder();
        string journal = folder.File("journal.txt", "");
        try
        {
            await TestChild.RunAsync(
                $"fuzzing {room}",
                ["-explicit", "only", "-method", $"{typeof(FuzzTests).FullName}.{nameof(Child)}"],
                environment => (environment[KindsVariable], environment[FolderVariable]) = (string.Join(',', All[room].Select(kind => kind.Name)), folder.Path),
                TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (File.ReadAllText(journal) is { Length: > 0 } said)
        {
            Assert.Fail($"seed {Seed}:\n{said}\n{e.Message}");
        }
    }

    /// <summary>What the child runs; by hand: MINIGRAD_FUZZ_KINDS=NAME,NAME MINIGRAD_FUZZ_FOLDER=/some/empty/folder.</summary>
    [Fact(Explicit = true)]
    public void Child()
    {
        string folder = Environment.GetEnvironmentVariable(FolderVariable)!, journal = Path.Combine(folder, "journal.txt");
        string[] names = Environment.GetEnvironmentVariable(KindsVariable)!.Split(',');
        var examples = new FuzzExamples(Path.Combine(folder, "examples"));
        string words = string.Concat(All.Values.SelectMany(kinds => kinds).Where(kind => names.Contains(kind.Name)).Select(kind => Fuzz(kind, examples, folder, journal)));
        File.WriteAllText(journal, words);
        Assert.Empty(words);
    }

    private static string Fuzz(FuzzKind kind, FuzzExamples examples, string folder, string journal)
    {
        string before = File.Exists(journal) ? File.ReadAllText(journal) : "";
        File.AppendAllText(journal, $"{kind.Name}: the example could not be made\n");
        var fuzz = new FuzzCase(kind, examples, Directory.CreateDirectory(Path.Combine(folder, kind.Name)).FullName);
        int cases = Effort.Of(kind.Cases, 5_000), refused = 0, wrong = 0;
        string words = "";
        for (int i = 0; i < cases && wrong < 20; i++)
        {
            // A crash or a hang leaves the case in the journal.
            File.WriteAllText(journal, string.Create(CultureInfo.InvariantCulture, $"{before}{words}{kind.Name}: case {i} did not end\n"));
            using var watch = new Timer(_ => Environment.FailFast($"case {i} of {kind.Name} hangs"), null, TimeSpan.FromSeconds(HungAfterSeconds), Timeout.InfiniteTimeSpan);
            (int code, string? said) = fuzz.Judge(new Draws(Seed, (ulong)i));
            if (code != 0) refused++;
            if (said is null) continue;
            wrong++;
            words += string.Create(CultureInfo.InvariantCulture, $"{kind.Name}: case {i}: {said}\n");
        }
        // Damage that is always found, or never, would test half of it.
        if (!kind.DoesWithout && kind.Codes.Any(code => code != 0) && refused < cases / 20 && wrong == 0) words += $"{kind.Name}: only {refused} of {cases} cases were refused: the damage misses the file\n";
        File.WriteAllText(journal, before + words);
        return words;
    }
}
