using MiniGrad.IO;

namespace MiniGrad.Tests.IO;

/// <summary>The disk, of which one operation fails: once, as when it is full for a moment, or with all that follow, as when the process is killed.</summary>
internal sealed class FaultyDisk(int failAt, bool killed) : IFileOperations
{
    private readonly DiskOperations _disk = DiskOperations.Instance;

    /// <summary>Operations so far, failed ones included.</summary>
    public int Count { get; private set; }

    public bool HasFailed => Count >= failAt;

    public Stream Create(string path)
    {
        Pass();
        return new FaultyStream(this, _disk.Create(path));
    }

    public void Flush(Stream stream)
    {
        Pass();
        _disk.Flush(((FaultyStream)stream).Inner);
    }

    public void CreateFolder(string path) => Pass(() => _disk.CreateFolder(path));

    public void FlushFolder(string path) => Pass(() => _disk.FlushFolder(path));

    public void MoveFile(string from, string to) => Pass(() => _disk.MoveFile(from, to));

    public void MoveFolder(string from, string to) => Pass(() => _disk.MoveFolder(from, to));

    public void DeleteFile(string path) => Pass(() => _disk.DeleteFile(path));

    public void DeleteFolder(string path) => Pass(() => _disk.DeleteFolder(path));

    private void Pass()
    {
        Count++;
        if (Count == failAt || (killed && Count > failAt)) throw new IOException($"injected at operation {Count}");
    }

    private void Pass(Action operation)
    {
        Pass();
        operation();
    }

    /// <summary>A write that fails leaves half of its bytes.</summary>
    private sealed class FaultyStream(FaultyDisk disk, Stream inner) : Stream
    {
        public Stream Inner => inner;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                disk.Pass();
            }
            catch (IOException)
            {
                inner.Write(buffer[..(buffer.Length / 2)]);
                throw;
            }
            inner.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
