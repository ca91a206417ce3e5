namespace MiniGrad.IO;

/// <summary>What a path leads to.</summary>
public enum EntryKind
{
    /// <summary>Nothing is there.</summary>
    Missing,

    /// <summary>A file with content of its own.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device, a pipe or a socket: to read one may never end.</summary>
    Special,
}
