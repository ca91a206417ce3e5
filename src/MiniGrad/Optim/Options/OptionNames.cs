using System.Text;

namespace MiniGrad.Optim;

/// <summary>The written names of option values: <c>MatchRmsAdamw</c> is <c>match-rms-adamw</c>.</summary>
internal static class OptionNames
{
    public static string Of<T>(T value) where T : struct, Enum => Of(value.ToString());

    /// <summary>A name of code as it is written in text.</summary>
    public static string Of(string code)
    {
        var name = new StringBuilder();
        foreach (char c in code)
        {
            if (char.IsUpper(c) && name.Length > 0) name.Append('-');
            name.Append(char.ToLowerInvariant(c));
        }
        return name.ToString();
    }

    public static IEnumerable<string> All<T>() where T : struct, Enum => Enum.GetValues<T>().Select(Of);

    /// <summary>The value of a name among those of an enumeration that is known at run time only, or null.</summary>
    public static object? Parse(Type type, string name) => Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => Enum.ToObject(type, value)).FirstOrDefault(value => Of(value.ToString()!) == name);

    public static IEnumerable<string> All(Type type) => Enum.GetNames(type).Select(Of);

    public static T? Parse<T>(string name) where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (Of(value) == name) return value;
        }
        return null;
    }
}
