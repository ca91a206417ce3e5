namespace MiniGrad.Tests.Fuzz;

/// <summary>One kind of file that a program is handed, and a command that reads it.</summary>
/// <param name="Name">What failures call it.</param>
/// <param name="Prepare">Writes a sound example into an empty folder, once; the second argument runs the program and expects success.</param>
/// <param name="Spoil">Damages a fresh copy of the example, and says in a few words what it did.</param>
/// <param name="Arguments">The command, of the copy's folder.</param>
/// <param name="Codes">The exit codes that docs/cli.md has for it: 0, and those of refusals.</param>
internal sealed record FuzzKind(string Name, Action<string, Action<string[]>> Prepare, Func<string, Draws, string> Spoil, Func<string, string[]> Arguments, params int[] Codes)
{
    /// <summary>Cases in every test run; in full there are 5,000.</summary>
    public int Cases { get; init; } = 100;

    /// <summary>Whether the command does without what is damaged, so that hardly a case is refused.</summary>
    public bool DoesWithout { get; init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    /// <summary>A way to spoil one file: its content or, more rarely, what it is.</summary>
    /// <param name="name">Its name in the folder.</param>
    /// <param name="damage">What is done to its bytes.</param>
    /// <param name="afterwards">What makes the rest agree with it, such as new digests; or null.</param>
    public static Func<string, Draws, string> File(string name, Func<byte[], Draws, byte[]> damage, Action<string>? afterwards = null) => (folder, draws) =>
    {
        string path = Path.Combine(folder, name);
        if (draws.OneIn(12)) return $"in the place of {name} is {NoFile.Replace(path, FuzzCase.OutsideOf(folder), draws)}";
        System.IO.File.WriteAllBytes(path, damage(System.IO.File.ReadAllBytes(path), draws));
        afterwards?.Invoke(folder);
        return $"{name} damaged";
    };
}
