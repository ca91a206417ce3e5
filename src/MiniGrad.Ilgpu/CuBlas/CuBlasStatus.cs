using System.Globalization;

namespace MiniGrad.Ilgpu;

/// <summary>cublasStatus_t, in words.</summary>
internal static class CuBlasStatus
{
    /// <summary>The name of a status, with its number.</summary>
    public static string Name(int status) => status switch
    {
        0 => "success",
        1 => "error 1, not initialized",
        3 => "error 3, no memory",
        7 => "error 7, an invalid value",
        8 => "error 8, the device is of another architecture",
        11 => "error 11, memory cannot be reached",
        13 => "error 13, execution failed",
        14 => "error 14, internal",
        15 => "error 15, not supported",
        16 => "error 16, the license",
        _ => string.Create(CultureInfo.InvariantCulture, $"error {status}"),
    };
}
