using System.IO.Compression;
using System.Xml.Linq;
using MiniGrad.Tests.Data;

namespace MiniGrad.Tests.Build;

/// <summary>The packages as others get them: packed, looked at, and used by a program outside the source tree.</summary>
[Trait("Category", "Slow")]
public sealed class PackageTests
{
    private const string Version = "0.1.0-test";
    private static readonly string[] Projects = ["src/MiniGrad", "src/MiniGrad.Plotting", "src/MiniGrad.Ilgpu", "src/MiniGrad.Mpi", "experiments"];

    [Fact]
    public async Task Packed_libraries_and_the_tool_work_outside_the_tree()
    {
        Assert.SkipWhen(Repository.Root is null, "no source tree");
        using var folder = new TemporaryFolder();
        string feed = Directory.CreateDirectory(Path.Combine(folder.Path, "feed")).FullName;
        foreach (string project in Projects) await DotnetProgram.RunAsync(Repository.Root!, "pack", project, "--no-build", "-o", feed, $"-p:Version={Version}", "-v", "q");

        foreach (string name in (string[])["MiniGrad", "MiniGrad.Plotting", "MiniGrad.Ilgpu", "MiniGrad.Mpi", "MiniGrad.Experiments"]) await CheckAsync(feed, name);
        await CheckProgramAsync(folder.Path, feed);
        await CheckToolAsync(folder.Path, feed);
    }

    private static async Task CheckAsync(string feed, string name)
    {
        await using ZipArchive package = await ZipFile.OpenReadAsync(Path.Combine(feed, $"{name}.{Version}.nupkg"), TestContext.Current.CancellationToken);
        string[] entries = [.. package.Entries.Select(entry => entry.FullName)];
        Assert.Contains("README.md", entries);
        Assert.Contains("icon.png", entries);
        await using Stream stream = await package.GetEntry($"{name}.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        XElement metadata = (await XDocument.LoadAsync(stream, LoadOptions.None, TestContext.Current.CancellationToken)).Root!.Elements().First();
        string Value(string element) => metadata.Elements().Single(e => e.Name.LocalName == element).Value;
        Assert.Equal(("README.md", "icon.png", "MIT"), (Value("readme"), Value("icon"), Value("license")));
        Assert.Contains("adamuon", Value("tags"), StringComparison.Ordinal);
        Assert.NotEmpty(Value("description"));
        XElement repository = metadata.Elements().Single(e => e.Name.LocalName == "repository");
        Assert.Equal("git", (string?)repository.Attribute("type"));
        Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
        Assert.StartsWith("https://", (string?)repository.Attribute("url") ?? "https:// of a remote that there is not", StringComparison.Ordinal);
        if (name == "MiniGrad.Experiments") return; // a tool carries its symbols inside
        await using ZipArchive symbols = await ZipFile.OpenReadAsync(Path.Combine(feed, $"{name}.{Version}.snupkg"), TestContext.Current.CancellationToken);
        Assert.Contains(symbols.Entries, entry => entry.Name == $"{name}.pdb");
    }

    private static async Task CheckProgramAsync(string root, string feed)
    {
        string program = Directory.CreateDirectory(Path.Combine(root, "program")).FullName;
        await File.WriteAllTextAsync(Path.Combine(program, "program.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <RestoreAdditionalProjectSources>{feed}</RestoreAdditionalProjectSources>
                <RestorePackagesPath>{Path.Combine(root, "packages")}</RestorePackagesPath>
                <RestoreFallbackFolders>{PackageFolder()}</RestoreFallbackFolders>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="MiniGrad" Version="{Version}" />
              </ItemGroup>
            </Project>
            """, TestContext.Current.CancellationToken);
        string[] sample = await File.ReadAllLinesAsync(Path.Combine(Repository.Root!, "samples", "readme.cs"), TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(Path.Combine(program, "Program.cs"), sample.Where(line => !line.StartsWith("#:", StringComparison.Ordinal)), TestContext.Current.CancellationToken);
        Assert.Contains("step 100: loss", await DotnetProgram.RunAsync(program, "run"), StringComparison.Ordinal);
    }

    private static async Task CheckToolAsync(string root, string feed)
    {
        string tools = Path.Combine(root, "tools");
        await DotnetProgram.RunAsync(root, "tool", "install", "MiniGrad.Experiments", "--tool-path", tools, "--add-source", feed, "--version", Version);
        string tool = Path.Combine(tools, OperatingSystem.IsWindows() ? "minigrad.exe" : "minigrad");
        Assert.Contains("ablate-sign", await DotnetProgram.RunProgramAsync(tool, root, "list"), StringComparison.Ordinal);
    }

    private static string PackageFolder() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
