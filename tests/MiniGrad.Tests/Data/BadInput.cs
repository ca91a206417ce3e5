
namespace MiniGrad.Tests.Data;

/// <summary>Asserts on errors that a user of the program sees.</summary>
internal static class BadInput
{
    /// <summary>The action throws one line of the given beginning that also holds the given parts.</summary>
    public static void Throws(string beginning, Action action, params string[] parts)
    {
        string message = Assert.Throws<InvalidDataException>(action).Message;
        Assert.StartsWith(beginning, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
