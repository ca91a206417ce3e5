namespace MiniGrad.Ilgpu;

/// <summary>
/// Where cuBLAS may be: under its versioned name wherever the system's loader looks, in the folders of CUDA toolkits, and in pip's
/// <c>nvidia-cublas</c> wheels beside the <c>python3</c> of the path. The newest version comes first.
/// </summary>
internal static class CuBlasSearch
{
    /// <summary>Names and paths to try, in this order; a path exists.</summary>
    public static IEnumerable<string> Candidates(Func<string, string?> variable, bool windows)
    {
        string[] folders = [.. Folders(variable, windows).Distinct().Where(Directory.Exists)];
        for (int version = CuBlasApi.Newest; version >= CuBlasApi.Oldest; version--)
        {
            string name = windows ? $"cublas64_{version}.dll" : $"libcublas.so.{version}";
            yield return name;
            foreach (string folder in folders)
            {
                string path = Path.Combine(folder, name);
                if (File.Exists(path)) yield return path;
            }
        }
    }

    /// <summary>The library that cuBLAS itself needs, in the same folder; pip's wheels are not where the loader would look for it.</summary>
    public static string? Companion(string candidate)
    {
        string? folder = Path.GetDirectoryName(candidate);
        if (string.IsNullOrEmpty(folder)) return null;
        string companion = Path.Combine(folder, Path.GetFileName(candidate).Replace("cublas", "cublasLt", StringComparison.Ordinal));
        return File.Exists(companion) ? companion : null;
    }

    private static IEnumerable<string> Folders(Func<string, string?> variable, bool windows)
    {
        char separator = windows ? ';' : ':';
        IEnumerable<string> toolkits = ((string?[])[variable("CUDA_HOME"), variable("CUDA_PATH"), windows ? null : "/usr/local/cuda", windows ? null : "/opt/cuda"])
            .OfType<string>()
            .Concat(windows ? [] : Matching("/usr/local", "cuda-*"));
        foreach (string toolkit in toolkits)
        {
            yield return Path.Combine(toolkit, windows ? "bin" : "lib64");
            yield return Path.Combine(toolkit, windows ? Path.Combine("bin", "x64") : Path.Combine("targets", "x86_64-linux", "lib"));
        }
        if (!windows) yield return "/usr/lib/wsl/lib";
        foreach (string packages in PythonPackages(variable, windows, separator))
        {
            string nvidia = Path.Combine(packages, "nvidia");
            yield return Path.Combine(nvidia, "cublas", windows ? "bin" : "lib");
            foreach (string toolkit in Matching(nvidia, "cu1?")) yield return Path.Combine(toolkit, windows ? Path.Combine("bin", "x86_64") : "lib");
        }
    }

    // A virtual environment's python3 is a link, and its packages lie beside the link.
    private static IEnumerable<string> PythonPackages(Func<string, string?> variable, bool windows, char separator)
    {
        IEnumerable<string> roots = ((string?[])[variable("VIRTUAL_ENV"), variable("CONDA_PREFIX")]).OfType<string>();
        if (variable("PATH") is { } path)
        {
            string python = windows ? "python.exe" : "python3";
            roots = roots.Concat(path.Split(separator, StringSplitOptions.RemoveEmptyEntries).Where(folder => File.Exists(Path.Combine(folder, python))).SelectMany(RootsOf));
        }
        if (variable("HOME") is { } home) roots = roots.Append(Path.Combine(home, ".local"));
        foreach (string root in roots)
        {
            if (windows) yield return Path.Combine(root, "Lib", "site-packages");
            foreach (string library in Matching(Path.Combine(root, "lib"), "python3*"))
            {
                yield return Path.Combine(library, "site-packages");
                yield return Path.Combine(library, "dist-packages");
            }
        }
    }

    private static IEnumerable<string> RootsOf(string folder)
    {
        string trimmed = folder.TrimEnd('/', '\\');
        if (Path.GetDirectoryName(trimmed) is { Length: > 0 } parent) yield return parent;
        string? target = null;
        try
        {
            target = File.ResolveLinkTarget(Path.Combine(trimmed, "python3"), returnFinalTarget: true)?.FullName;
        }
        catch (IOException)
        {
            // A link that leads nowhere has no packages.
        }
        if (Path.GetDirectoryName(Path.GetDirectoryName(target ?? "")) is { Length: > 0 } real) yield return real;
    }

    private static IEnumerable<string> Matching(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder, pattern).OrderDescending(StringComparer.Ordinal) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
