using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MiniGrad.Tests.Backends.CuBlas;

/// <summary>The stand-in for cuBLAS (cublas.c beside this), compiled by the system's C compiler into a temporary folder.</summary>
internal static unsafe class StandInCuBlas
{
    private static readonly ConcurrentDictionary<string, Lazy<(string? Path, string? Problem)>> Built = new();

    /// <summary>What the library was called with last, as cublas.c lays it out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Call
    {
        public int HandleIsOurs, OperationA, OperationB, M, N, K, LeadingA, LeadingB, LeadingC, Batch, Type, Compute, Algorithm, MathMode, Kind;
        public long StrideA, StrideB, StrideC;
        public nint Stream;
    }

    /// <summary>Which entry point was called: <see cref="Call.Kind"/>.</summary>
    public const int Sgemm = 1, GemmEx = 2, Strided = 3, Pointers = 4;

    /// <summary>The path of a library made with these definitions; skips the test where there is no C compiler.</summary>
    public static string Path(params string[] definitions)
    {
        (string? path, string? problem) = PathOrProblem(definitions);
        Assert.SkipWhen(path is null, problem ?? "");
        return path!;
    }

    /// <summary>The path, or why there is none.</summary>
    public static (string? Path, string? Problem) PathOrProblem(params string[] definitions) =>
        Built.GetOrAdd(string.Join(' ', definitions), key => new Lazy<(string?, string?)>(() => Build(key))).Value;

    public static Call Last(string path)
    {
        Call call;
        ((delegate* unmanaged<Call*, void>)Export(path, "standin_last"))(&call);
        return call;
    }

    /// <summary>How many products were asked for.</summary>
    public static int Calls(string path) => ((delegate* unmanaged<int>)Export(path, "standin_calls"))();

    /// <summary>How many handles are open.</summary>
    public static int Open(string path) => ((delegate* unmanaged<int>)Export(path, "standin_open"))();

    /// <summary>Lets some more products pass and refuses all behind them; a negative number ends that.</summary>
    public static void Fail(string path, int after, int status) => ((delegate* unmanaged<int, int, void>)Export(path, "standin_fail"))(after, status);

    private static nint Export(string path, string name) => NativeLibrary.GetExport(NativeLibrary.Load(path), name);

    private static (string?, string?) Build(string definitions)
    {
        string source = System.IO.Path.Combine(AppContext.BaseDirectory, "Backends", "CuBlas", "cublas.c");
        string folder = Directory.CreateTempSubdirectory("standin-cublas-").FullName, path = System.IO.Path.Combine(folder, "libcublas.so.13");
        string[] arguments = ["-O1", "-shared", "-fPIC", .. definitions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(d => $"-D{d}"), "-o", path, source];
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("cc", arguments) { RedirectStandardError = true })!;
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? (path, null) : throw new InvalidOperationException($"cc {string.Join(' ', arguments)}: {errors}");
        }
        catch (Win32Exception e)
        {
            return (null, $"no C compiler (cc): {e.Message}");
        }
    }
}
