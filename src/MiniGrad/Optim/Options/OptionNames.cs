using System.Text;

namespace MiniGrad.Optim;

/// <summary>The written names of option values: <c>MatchRmsAdamw</c> is <c>match-rms-adamw</c>.</summary>
internal static class OptionNames
{
    public static string Of<T>(T value) where T : struct, Enum
    {
        var name = new StringBuilder();
        foreach (char c in value.ToString())
        {
            if (char.IsUpper(c) && name.Length > 0) name.Append('-');
            name.Append(char.ToLowerInvariant(c));
        }
        return name.ToString();
    }

    public static IEnumerable<string> All<T>() where T : struct, Enum => Enum.GetValues<T>().Select(Of);

    public static T? Parse<T>(string name) where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (Of(value) == name) return value;
        }
        return null;
    }
}
