using System.Reflection;

namespace MiniGrad.Experiments.Board;

/// <summary>The page's files, which the program carries in itself.</summary>
internal static class WebAssets
{
    public static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Board/{name}")
            ?? throw new InvalidOperationException($"the program was built without Board/{name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
