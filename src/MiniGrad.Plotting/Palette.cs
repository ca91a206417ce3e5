namespace MiniGrad.Plotting;

/// <summary>
/// Twelve colours that stay apart under protanopia and deuteranopia (CIEDE2000 at least 12 after Machado's simulation), and which
/// variant wears which: a known name has the same colour in every figure.
/// </summary>
public static class Palette
{
    private const int FirstFallback = 4;    // unknown names never take the four headline colours first

    private static readonly (string Name, uint Color)[] Known =
    [
        ("adamuon", 0xC82A45), ("adamw", 0x1F5FB4), ("muon", 0xF09A1E), ("adamuon-no-sign", 0x228866), ("adamuon-no-second-moment", 0x33BBEE), ("adamuon-no-alignment", 0x8866FF),
        ("adamuon-no-sign-no-second-moment", 0x885577), ("adamuon-no-sign-no-alignment", 0x443300), ("adamuon-no-second-moment-no-alignment", 0x221199),
        ("normuon", 0xDD77AA), ("dual-norm-muon", 0x88BB88), ("adamuon-repo", 0x552233),
    ];

    /// <summary>All colours, headline colours first.</summary>
    public static IReadOnlyList<Rgb> All { get; } = [.. Known.Select(k => Rgb.FromHex(k.Color))];

    /// <summary>The names with a colour of their own, in the order of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> KnownNames { get; } = [.. Known.Select(k => k.Name)];

    /// <summary>
    /// The colour of a variant. Case and punctuation do not matter, and <c>adamuon without sign and second moment</c> is
    /// <c>adamuon-no-sign-no-second-moment</c>. An unknown name gets one by a hash that never changes.
    /// </summary>
    public static Rgb For(string name) => Assign([name])[0];

    /// <summary>
    /// The colours of the variants of one figure: known names keep theirs, unknown ones that would collide move on to the next free
    /// colour, and equal names share one. Colours repeat only beyond twelve names.
    /// </summary>
    public static IReadOnlyList<Rgb> Assign(IReadOnlyList<string> names)
    {
        string[] keys = [.. names.Select(Normalize)];
        var slots = keys.Distinct().Where(KnownNames.Contains).ToDictionary(key => key, key => Array.FindIndex(Known, k => k.Name == key));
        foreach (string key in keys.Distinct().Where(key => !slots.ContainsKey(key)).ToArray())
        {
            int first = FirstFallback + (int)(Hash(key) % (uint)(Known.Length - FirstFallback));
            slots[key] = Enumerable.Range(0, Known.Length).Select(i => (first + i) % Known.Length).FirstOrDefault(slot => !slots.ContainsValue(slot), first);
        }
        return [.. keys.Select(k => All[slots[k]])];
    }

    private static uint Hash(string key) => key.Aggregate(2166136261, (hash, c) => (hash ^ c) * 16777619);     // FNV-1a

    private static string Normalize(string name)
    {
        string[] words = new string([.. name.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach ((int i, string word) in words.Index())
        {
            if (word == "without" || (word == "and" && words.Take(i).Contains("no"))) words[i] = "no";
        }
        return string.Join('-', words).Replace("rms-alignment", "alignment", StringComparison.Ordinal).Replace("rms-align", "alignment", StringComparison.Ordinal);
    }
}
