using System.Text.Json;

namespace MiniGrad.Experiments.Board;

/// <summary>
/// Follows a file of JSON lines that a run appends to, on a local or a shared disk: each call reads only what was added. A file
/// that a resumed run has cut back is read anew.
/// </summary>
/// <param name="path">The file; it may not exist yet.</param>
/// <param name="row">Is given every complete line, without its end.</param>
/// <param name="reset">Forgets all rows.</param>
internal sealed class JsonLinesTail(string path, JsonLinesTail.LineReader row, Action reset)
{
    private const int Remembered = 256;    // bytes before the position that must not have changed
    private const int LongestLine = 1 << 20;
    private const int Chunk = 1 << 20;
    private byte[] _last = [];
    private long _position;

    internal delegate void LineReader(ReadOnlySpan<byte> line);

    /// <summary>Reads what was added; returns whether there was anything.</summary>
    public bool Update()
    {
        var file = new FileInfo(path);
        // A link could lead out of the folder.
        if (!file.Exists || file.LinkTarget is not null) return false;
        long length = file.Length;
        if (length == _position) return false;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        if (length < _position || !SameUpToHere(stream)) Reset();
        long before = _position;
        stream.Position = _position;
        byte[] buffer = new byte[(int)Math.Min(Math.Max(length - _position, 1), Chunk)];
        int kept = 0;
        int read;
        while ((read = stream.Read(buffer, kept, buffer.Length - kept)) > 0)
        {
            int end = kept + read, start = 0, newline;
            while ((newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n')) >= 0)
            {
                Line(buffer.AsSpan(start, newline));
                start += newline + 1;
            }
            Advance(buffer.AsSpan(0, start));
            kept = end - start;
            if (kept >= LongestLine) return _position > before; // no line of ours
            buffer.AsSpan(start, kept).CopyTo(buffer);
            if (kept == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
        }
        return _position > before;
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        try
        {
            row(line);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // A damaged line is left out; 'report' is what complains of it.
        }
    }

    private void Advance(ReadOnlySpan<byte> complete)
    {
        if (complete.IsEmpty) return;
        _position += complete.Length;
        _last = complete[^Math.Min(complete.Length, Remembered)..].ToArray();
    }

    private bool SameUpToHere(FileStream stream)
    {
        if (_last.Length == 0) return true;
        byte[] there = new byte[_last.Length];
        stream.Position = _position - _last.Length;
        return stream.ReadAtLeast(there, there.Length, throwOnEndOfStream: false) == there.Length && there.AsSpan().SequenceEqual(_last);
    }

    private void Reset()
    {
        (_position, _last) = (0, []);
        reset();
    }
}
