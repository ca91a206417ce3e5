namespace MiniGrad.Tests.Fuzz;

/// <summary>Sound examples, each made once for all kinds that begin with it.</summary>
/// <param name="folder">Where they are kept.</param>
internal sealed class FuzzExamples(string folder)
{
    private readonly Dictionary<Action<string, Action<string[]>>, string> _made = [];

    /// <summary>The folder of a kind's example.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="run">Runs the program and expects success.</param>
    public string Of(FuzzKind kind, Action<string[]> run)
    {
        if (_made.TryGetValue(kind.Prepare, out string? made)) return made;
        string example = Directory.CreateDirectory(Path.Combine(folder, kind.Name)).FullName;
        kind.Prepare(example, run);
        return _made[kind.Prepare] = example;
    }

    /// <summary>Copies a folder.</summary>
    public static void Copy(string from, string to)
    {
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
