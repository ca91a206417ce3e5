using System.Text.Json;

namespace MiniGrad.Experiments.Configuration;

/// <summary>
/// A named value of the command line. Only the written name counts, in lower case with hyphens: the framework's own parser also
/// takes numbers, signs, lists and any case, and would run something that nobody asked for.
/// </summary>
internal static class Choice
{
    /// <summary>The written names of a kind.</summary>
    public static IReadOnlyList<string> Names<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => Name(value))];

    /// <summary>How a value is written: <c>DeepseekMoe</c> is <c>deepseek-moe</c>.</summary>
    public static string Name<T>(T value) where T : struct, Enum => Name((object)value);

    /// <summary>The value of a name.</summary>
    /// <param name="what">What is chosen, for the message.</param>
    /// <param name="name">What was written.</param>
    /// <exception cref="CommandException">There is no such name; the message has the nearest.</exception>
    public static T Of<T>(string what, string name) where T : struct, Enum => (T)Of(typeof(T), what, name);

    /// <summary>The value of a name.</summary>
    /// <param name="kind">The enum.</param>
    /// <param name="what">What is chosen, for the message.</param>
    /// <param name="name">What was written.</param>
    /// <exception cref="CommandException">There is no such name; the message has the nearest.</exception>
    public static object Of(Type kind, string what, string name) => Enum.GetValues(kind).Cast<object>().FirstOrDefault(value => Name(value) == name)
        ?? throw CommandException.Unknown(what, name, Enum.GetValues(kind).Cast<object>().Select(Name));

    private static string Name(object value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString()!);
}
