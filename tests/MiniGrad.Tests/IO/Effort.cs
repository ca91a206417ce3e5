namespace MiniGrad.Tests.IO;

/// <summary>How much of a slow test is done: a part, or with MINIGRAD_TESTS=full all of it.</summary>
internal static class Effort
{
    public static bool IsFull => Environment.GetEnvironmentVariable("MINIGRAD_TESTS") == "full";

    public static int Of(int reduced, int full) => IsFull ? full : reduced;
}
