namespace MiniGrad.Experiments;

internal static class Program
{
    private static int Main() => 2;
}
