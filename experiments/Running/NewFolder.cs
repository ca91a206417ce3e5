namespace MiniGrad.Experiments.Running;

/// <summary>Where a command will write.</summary>
/// <param name="Asked">The folder; it may not be there yet.</param>
/// <param name="Option">The option by which the user chose it, or null: then the next free name does as well.</param>
internal readonly record struct NewFolder(string Asked, string? Option)
{
    /// <summary>The folder as things stand; a name that was not chosen may be taken until it is made.</summary>
    public string Path
    {
        get
        {
            string path = Asked;
            for (int i = 2; Option is null && Directory.Exists(path); i++) path = $"{Asked}-{i}";
            return path;
        }
    }
}
