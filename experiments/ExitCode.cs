namespace MiniGrad.Experiments;

/// <summary>What the program tells its caller (docs/cli.md).</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int ClaimFailed = 1;
    public const int Usage = 2;
    public const int InvalidData = 3;
    public const int Diverged = 4;
    public const int InputOutput = 5;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}
