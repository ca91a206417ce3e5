namespace MiniGrad.IO;

/// <summary>
/// What saving does to a disk, one call a step: tests let each of them fail in turn, and nothing that must survive a
/// failure is written past it.
/// </summary>
internal interface IFileOperations
{
    /// <summary>Makes a file that is not there yet, for writing.</summary>
    Stream Create(string path);

    /// <summary>Brings what was written to a stream of <see cref="Create"/> to the disk.</summary>
    void Flush(Stream stream);

    void CreateFolder(string path);

    /// <summary>Brings the names in a folder to the disk: a rename is lasting only after it.</summary>
    void FlushFolder(string path);

    /// <summary>Renames a file over another.</summary>
    void MoveFile(string from, string to);

    /// <summary>Renames a folder to a name that is not taken.</summary>
    void MoveFolder(string from, string to);

    void DeleteFile(string path);

    void DeleteFolder(string path);
}
