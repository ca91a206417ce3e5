using System.Text.RegularExpressions;

namespace MiniGrad.Tests.Build;

/// <summary>What is committed works on any machine: it names no folder of one, and no package registry.</summary>
public sealed partial class CommittedTreeTests
{
    [Fact]
    public async Task No_file_names_a_machine_s_folders_or_a_package_registry()
    {
        string[]? files = await Repository.TrackedFilesAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(files is null, "not a git checkout");

        List<string> findings = [];
        int read = 0;
        foreach (string file in files)
        {
            string path = Path.Combine(Repository.Root!, file);
            if (!File.Exists(path)) continue; // Deleted in the work tree, not yet committed.
            string text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
            if (text.Contains('\0')) continue;
            read++;
            findings.AddRange(MachinePath().Matches(text).Concat(RegistryHost().Matches(text)).Select(m => $"{file}: {m.Value}"));
        }

        Assert.True(read >= 20, $"only {read} text files were read");
        Assert.Empty(findings);
    }

    [Fact]
    public async Task Links_in_the_documentation_lead_somewhere()
    {
        string[]? files = await Repository.TrackedFilesAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(files is null, "not a git checkout");

        List<string> broken = [];
        int checkedLinks = 0;
        foreach (string file in files.Where(f => f.EndsWith(".md", StringComparison.Ordinal)))
        {
            string path = Path.Combine(Repository.Root!, file);
            if (!File.Exists(path)) continue;
            foreach (Match link in RelativeLink().Matches(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)))
            {
                checkedLinks++;
                string target = Path.Combine(Path.GetDirectoryName(path)!, link.Groups[1].Value);
                if (!File.Exists(target) && !Directory.Exists(target)) broken.Add($"{file}: {link.Groups[1].Value}");
            }
        }

        Assert.True(checkedLinks >= 10, $"only {checkedLinks} links were found");
        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("see /{0}/me/notes", "home")]
    [InlineData("\"/{0}/x.json\"", "root")]
    [InlineData("C:\\{0}\\me", "Users")]
    public void A_machine_s_folder_is_recognized(string format, string folder) =>
        Assert.Matches(MachinePath(), string.Format(System.Globalization.CultureInfo.InvariantCulture, format, folder));

    [Theory]
    [InlineData("src/{0}/x")]
    [InlineData("~/{0}/x")]
    [InlineData("the /{0} page")]
    public void Other_text_is_left_alone(string format) =>
        Assert.DoesNotMatch(MachinePath(), string.Format(System.Globalization.CultureInfo.InvariantCulture, format, "home"));

    [GeneratedRegex(@"\]\((?!https?:|#)([^)#\s]+)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex(@"(?<![\w.~}$-])/(?:root|home|Users|work|workspace|tmp|mnt|media)/[\w.]+|\b[A-Z]:\\+Users\b")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"https?://[\w.-]*(?:nuget|npmjs|pypi|pythonhosted|crates|debian|ubuntu)\.[\w.]+")]
    private static partial Regex RegistryHost();
}
