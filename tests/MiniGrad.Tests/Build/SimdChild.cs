using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MiniGrad.Tests.Build;

/// <summary>Hardware that a child process does without.</summary>
public enum SimdLevel
{
    /// <summary>No AVX-512; 256-bit vectors where the machine has them.</summary>
    NoAvx512,

    /// <summary>No AVX2 and no FMA; 128-bit vectors.</summary>
    NoAvx2,

    /// <summary>No vector hardware at all: the portable code.</summary>
    NoIntrinsics,
}

/// <summary>Runs a test class again in a child process with less hardware.</summary>
internal static class SimdChild
{
    /// <summary>Tells the child the widths that it may find, as <c>least..most</c> bits.</summary>
    public const string Expectation = "MINIGRAD_EXPECT_SIMD";

    /// <summary>The widest accelerated vector of this process, in bits; 0 where there is none.</summary>
    public static int WidestVector =>
        Avx512F.IsSupported || Vector512.IsHardwareAccelerated ? 512
        : Avx2.IsSupported || Fma.IsSupported || Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;

    /// <summary>Runs all tests of classes in one child process and fails unless some ran and none failed.</summary>
    /// <param name="level">What the child does without. It fails when the switch did not take effect.</param>
    /// <param name="testClasses">The classes.</param>
    /// <param name="cancellationToken">Ends the child when cancelled.</param>
    public static Task RunAsync(SimdLevel level, IEnumerable<Type> testClasses, CancellationToken cancellationToken)
    {
        int most = level switch { SimdLevel.NoAvx512 => 256, SimdLevel.NoAvx2 => 128, _ => 0 };
        string expectation = string.Create(CultureInfo.InvariantCulture, $"{Math.Min(WidestVector, most)}..{most}");
        return RunAsync(level, testClasses.Select(type => type.FullName!), expectation, cancellationToken);
    }

    internal static Task RunAsync(SimdLevel level, IEnumerable<string> testClasses, string expectation, CancellationToken cancellationToken) =>
        TestChild.RunAsync($"{string.Join(", ", testClasses)} with {Switch(level)}=0", [.. testClasses.SelectMany(name => (string[])["-class", name])], environment =>
        {
            foreach (string name in environment.Keys.Where(IsSimdSwitch).ToArray()) environment.Remove(name);
            environment[Switch(level)] = "0";
            environment[Expectation] = expectation;
        }, cancellationToken);

    private static string Switch(SimdLevel level) => level switch
    {
        SimdLevel.NoAvx512 => "DOTNET_EnableAVX512",
        SimdLevel.NoAvx2 => "DOTNET_EnableAVX2",
        _ => "DOTNET_EnableHWIntrinsic",
    };

    private static bool IsSimdSwitch(string name) =>
        name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase) || name.EndsWith("VectorBitWidth", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("VectorTBitWidth", StringComparison.OrdinalIgnoreCase) || name == Expectation;
}
