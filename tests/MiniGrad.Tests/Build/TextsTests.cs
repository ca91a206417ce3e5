using System.Diagnostics;
using MiniGrad.Data;
using MiniGrad.Experiments.Data;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Build;

/// <summary>The texts where NuGet left XML files out of the package folder, as it does in containers of the SDK (NUGET_XMLDOC_MODE=skip).</summary>
public sealed class TextsTests
{
    private static readonly string[] Packages = ["microsoft.netcore.app.ref/10.0.12", "mathnet.numerics/5.0.0", "spectre.console/0.49.1"];

    [Fact]
    public async Task Texts_left_out_of_the_package_folder_are_unpacked()
    {
        Assert.SkipWhen(Repository.Root is null, "the test assembly was moved away from its source tree");
        string restored = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } given ? given : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        using var folder = new TemporaryFolder();
        foreach (string package in Packages)
        {
            string name = package.Replace('/', '.') + ".nupkg", source = Path.Combine(restored, package, name);
            Assert.SkipUnless(File.Exists(source), $"{source} is not there");
            Directory.CreateDirectory(folder.In($"packages/{package}"));
            File.Copy(source, folder.In($"packages/{package}/{name}"));
        }

        await UnpackAsync(folder.In("packages"), folder.In("texts"));

        Assert.Equal(ApiDocumentation.ExpectedSha256, ApiDocumentation.Load(folder.In($"texts/{Packages[0]}/ref/net10.0")).Sha256);
        Assert.All(FurtherCorpus.All, further => Assert.Equal(further.Sha256, further.Load(folder.In("program"), folder.In("texts")).Sha256));
    }

    private static async Task UnpackAsync(string packages, string texts)
    {
        string project = Path.Combine(Repository.Root!, "experiments", "MiniGrad.Experiments.csproj");
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["msbuild", project, "-t:UnpackTexts", $"-p:NuGetPackageRoot={packages}/", $"-p:UnpackedTextFolder={texts}/", "-nodeReuse:false"]) { RedirectStandardOutput = true };
        using Process build = Process.Start(start)!;
        string output = await build.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await build.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(build.ExitCode == 0, output);
    }
}
