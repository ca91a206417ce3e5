using MiniGrad.Ilgpu;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Backends.CuBlas;

/// <summary>Where cuBLAS is looked for.</summary>
public sealed class CuBlasSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Toolkits_and_wheels_are_found_and_the_newest_version_comes_first()
    {
        string toolkit = Touch("cuda", "lib64", "libcublas.so.12"), environment = Touch("venv", "lib", "python3.12", "site-packages", "nvidia", "cu13", "lib", "libcublas.so.13");
        string wheel = Touch("venv", "lib", "python3.12", "site-packages", "nvidia", "cublas", "lib", "libcublas.so.11"), companion = Touch("venv", "lib", "python3.12", "site-packages", "nvidia", "cu13", "lib", "libcublasLt.so.13");
        Touch("venv", "bin", "python3");
        Touch("cuda", "lib64", "libcublas.so.10");
        string[] found = [.. Found(("CUDA_HOME", _folder.In("cuda")), ("PATH", $"/nowhere:{_folder.In("venv")}/bin"))];
        Assert.Equal(["libcublas.so.13", environment, "libcublas.so.12", toolkit, "libcublas.so.11", wheel], found);
        Assert.Equal(companion, CuBlasSearch.Companion(environment));
        Assert.Null(CuBlasSearch.Companion(toolkit));
        Assert.Null(CuBlasSearch.Companion("libcublas.so.13"));
    }

    [Fact]
    public void A_python_that_is_a_link_leads_to_the_packages_behind_it_too()
    {
        string wheel = Touch("python", "lib", "python3.13", "site-packages", "nvidia", "cu13", "lib", "libcublas.so.13");
        Touch("python", "bin", "python3");
        Directory.CreateDirectory(_folder.In("links"));
        File.CreateSymbolicLink(Path.Combine(_folder.In("links"), "python3"), Path.Combine(_folder.In("python"), "bin", "python3"));
        Assert.Contains(wheel, Found(("PATH", _folder.In("links"))));
    }

    [Fact]
    public void Windows_has_other_names_and_folders()
    {
        string library = Touch("cuda", "bin", "cublas64_12.dll");
        Assert.Equal(["cublas64_13.dll", "cublas64_12.dll", library, "cublas64_11.dll"], CuBlasSearch.Candidates(name => name == "CUDA_PATH" ? _folder.In("cuda") : null, windows: true));
    }

    // What this machine itself has lies outside the folder.
    private IEnumerable<string> Found(params (string Name, string Value)[] variables) => CuBlasSearch
        .Candidates(name => variables.FirstOrDefault(variable => variable.Name == name).Value, windows: false)
        .Where(candidate => !candidate.Contains('/', StringComparison.Ordinal) || candidate.StartsWith(_folder.In(""), StringComparison.Ordinal));

    private string Touch(params string[] parts)
    {
        string path = Path.Combine([_folder.In(""), .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        return path;
    }
}
