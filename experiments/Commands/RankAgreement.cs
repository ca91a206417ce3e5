using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using MiniGrad.Distributed;

namespace MiniGrad.Experiments.Commands;

/// <summary>All ranks know that one cannot go on, and the user has been told: once.</summary>
internal sealed class AgreedFailureException(int exitCode) : Exception
{
    public int ExitCode => exitCode;
}

/// <summary>What ranks settle with each other before they train, so that an error is one message and not N.</summary>
internal static class RankAgreement
{
    private const int RecordBytes = 1024;

    /// <summary>Prepares on every rank. Where one fails, rank 0 says so, and all of them end.</summary>
    /// <exception cref="AgreedFailureException">A rank failed.</exception>
    public static T Reach<T>(ICommunicator ranks, Func<T> prepare)
    {
        (T? value, int code, string message) = Try(prepare);
        byte[] records = new byte[ranks.Size * RecordBytes];
        Write(records.AsSpan(ranks.Rank * RecordBytes, RecordBytes), code, message);
        int[] counts = [.. Enumerable.Repeat(RecordBytes, ranks.Size)];
        ranks.AllGather(records, counts);
        (int Rank, int Code, string Message)[] failures = [.. Enumerable.Range(0, ranks.Size).Select(i => Read(i, records.AsSpan(i * RecordBytes, RecordBytes))).Where(f => f.Code != 0)];
        if (failures.Length == 0) return value!;
        if (ranks.Rank == 0)
        {
            bool everywhere = failures.Length == ranks.Size && failures.All(f => f.Message == failures[0].Message);
            Console.Error.WriteLine(everywhere ? $"error: {failures[0].Message}" : $"error: rank {failures[0].Rank}: {failures[0].Message}");
        }
        throw new AgreedFailureException(failures[0].Code);
    }

    /// <summary>Checks that all ranks have what rank 0 has.</summary>
    /// <exception cref="AgreedFailureException">One has not; the message names the rank, the key and both values.</exception>
    public static void Same(ICommunicator ranks, JsonObject mine)
    {
        string text = mine.ToJsonString(Json.Lines), roots = Share(ranks, text);
        Reach(ranks, () => Difference("", JsonNode.Parse(roots), JsonNode.Parse(text)) is { } difference
            ? throw CommandException.Usage($"{difference}; start all ranks with the same program, options and corpus")
            : true);
    }

    /// <summary>Gives all ranks the text of rank 0.</summary>
    public static string Share(ICommunicator ranks, string text)
    {
        byte[] mine = Encoding.UTF8.GetBytes(text);
        int[] length = [mine.Length];
        ranks.Broadcast(MemoryMarshal.AsBytes(length.AsSpan()), 0);
        byte[] shared = ranks.Rank == 0 ? mine : new byte[length[0]];
        ranks.Broadcast(shared, 0);
        return Encoding.UTF8.GetString(shared);
    }

    /// <summary>The first key at which two documents differ, in words, or null.</summary>
    internal static string? Difference(string path, JsonNode? root, JsonNode? mine)
    {
        if (root is not JsonObject a || mine is not JsonObject b) return JsonNode.DeepEquals(root, mine) ? null : $"{path} is {Short(mine)} here and {Short(root)} on rank 0";
        return a.Select(p => p.Key).Union(b.Select(p => p.Key)).Select(key => Difference(path.Length == 0 ? key : $"{path}.{key}", a[key], b[key])).FirstOrDefault(d => d is not null);
    }

    private static string Short(JsonNode? node)
    {
        string text = node?.ToJsonString(Json.Lines) ?? "nothing";
        return text.Length <= 100 ? text : $"{text[..100]}…";
    }

    private static (T? Value, int Code, string Message) Try<T>(Func<T> prepare)
    {
        try
        {
            return (prepare(), 0, "");
        }
        catch (Exception e) when (e is not CommunicatorException)
        {
            (int code, string message) = Failures.Describe(e);
            return (default, code, message);
        }
    }

    private static void Write(Span<byte> record, int code, string message)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, code);
        Encoding.UTF8.GetEncoder().Convert(message, record[8..], flush: true, out _, out int bytes, out _);
        BinaryPrimitives.WriteInt32LittleEndian(record[4..], bytes);
    }

    private static (int Rank, int Code, string Message) Read(int rank, ReadOnlySpan<byte> record)
    {
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(record[4..]);
        return (rank, BinaryPrimitives.ReadInt32LittleEndian(record), Encoding.UTF8.GetString(record.Slice(8, bytes)));
    }
}
