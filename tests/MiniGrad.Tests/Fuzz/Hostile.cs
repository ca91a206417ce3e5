namespace MiniGrad.Tests.Fuzz;

/// <summary>Values that files have been broken with: beyond every range, of the wrong type, paths, and what a terminal obeys.</summary>
internal static class Hostile
{
    /// <summary>As JSON.</summary>
    public static IReadOnlyList<string> Json { get; } =
    [
        "null", "true", "false", "0", "-0", "1", "-1", "2", "7", "0.5", "1e-320", "1e308", "-1e308", "1e400", "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615", "123456789012345678901234567890",
        "\"\"", "\" \"", "\"NaN\"", "\"0\"", "\"1,2\"", "\"gpt2\"", "\"-1\"", "\"@/dev/zero\"", "\"/dev/zero\"", "\"/dev/stdin\"", "\"/etc/passwd\"", "\"../outside/kept.txt\"", "\"../../outside\"", "\".\"", "\"..\"", "\"--help\"", "\"--out\"", "\"[suggest:1]\"", "\"{0}\"",
        "\"\\u0000\"", "\"\\u001b[2J\\u001b]0;owned\\u0007\"", "\"a\\nerror: b\"", "\"\\r\\n\"", "\"\\u2028\"", "\"\\ud800\"", "\"\\u202e\"",
        "[]", "{}", "[[]]", "[null]", "[{}]", "{\"a\":1}", "{\"\":null}", "[1,2,3]", "[\"a\",\"b\"]", "[[1,2],[3]]",
    ];

    /// <summary>As raw text, which may end the JSON around it.</summary>
    public static IReadOnlyList<string> Text { get; } = ["\"", "{", "}", "[", "]", ",", ":", "\\", "\\u", "NaN", "Infinity", "-", "1e", "//", "/*", "\0", "\n", "\r", "\t", "\u001b[31m", "é", "\ufeff", "'", " ", "null", "0x1", "\\ud800", "<!--"];

    /// <summary>Too long to be quoted, or to be made again and again.</summary>
    public static string Long(Draws draws) => new(draws.Of(['a', '/', '.', '[', '{', '"', '9', ' ', 'é']), draws.Of([90, 1_000, 20_000]));

    /// <summary>Nested deeper than any reader goes.</summary>
    public static string Deep(Draws draws)
    {
        int depth = draws.Of([65, 200, 5_000]);
        return draws.OneIn(2) ? new string('[', depth) + new string(']', depth) : string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
    }
}
