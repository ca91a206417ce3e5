using System.Text;
using System.Text.Json;
using MiniGrad.Distributed;
using MiniGrad.IO;

namespace MiniGrad.Training;

/// <summary>
/// The optimizer's state of all ranks as one list of tensors to save, in the order of one rank alone. A tensor's owner
/// sends it when its turn comes, so that no rank ever holds more than one tensor that is not its own.
/// </summary>
internal static class SharedState
{
    /// <summary>The list; the same on every rank. Writing a tensor is a collective call.</summary>
    /// <param name="context">Where the state lives.</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="parameters">The parameters, in the order that their state is saved in.</param>
    /// <param name="mine">This rank's state.</param>
    public static IReadOnlyList<SafetensorsSource> Sources(ComputeContext context, ICommunicator ranks, IEnumerable<Parameter> parameters, IReadOnlyList<StateTensor> mine)
    {
        Dictionary<string, StateTensor> own = mine.ToDictionary(s => s.Name);
        string[] order = [.. parameters.Select(p => p.Name + "/")];
        Entry[][] all = Gather(ranks, [.. mine.Select(s => new Entry(s.Name, Sizes(s.Shape), TensorTransfer.TypeOf(s.Data, context.Backend)))]);
        return
        [
            .. all.SelectMany((entries, rank) => entries.Select(entry => (entry, rank)))
                .OrderByDescending(e => e.entry.Type.Bits())
                .ThenBy(e => PlaceOf(order, e.entry.Name))
                .Select(e => SafetensorsSource.Of(e.entry.Name, e.entry.Type, e.entry.Shape, () => Send(context, ranks, e.rank, e.entry, own))),
        ];
    }

    private static ReadOnlyMemory<byte> Send(ComputeContext context, ICommunicator ranks, int owner, Entry entry, Dictionary<string, StateTensor> own)
    {
        var bytes = new byte[SafetensorsTypes.ByteCount(entry.Type, entry.Shape, entry.Name)];
        if (owner == ranks.Rank)
        {
            StateTensor state = own[entry.Name];
            using var stream = new MemoryStream(bytes);
            TensorTransfer.Source(state.Name, state.Shape, state.Data, context.Backend).Write(stream);
        }
        ranks.Broadcast(bytes, owner);
        return bytes;
    }

    private static Entry[][] Gather(ICommunicator ranks, Entry[] mine)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(mine);
        byte[] lengths = new byte[ranks.Size * sizeof(int)];
        BitConverter.TryWriteBytes(lengths.AsSpan(ranks.Rank * sizeof(int)), text.Length);
        ranks.AllGather(lengths, [.. Enumerable.Repeat(sizeof(int), ranks.Size)]);
        int[] counts = [.. Enumerable.Range(0, ranks.Size).Select(r => BitConverter.ToInt32(lengths, r * sizeof(int)))];
        byte[] parts = new byte[counts.Sum()];
        text.CopyTo(parts, counts.Take(ranks.Rank).Sum());
        ranks.AllGather(parts, counts);
        var all = new Entry[ranks.Size][];
        for (int rank = 0, at = 0; rank < all.Length; at += counts[rank++]) all[rank] = JsonSerializer.Deserialize<Entry[]>(Encoding.UTF8.GetString(parts, at, counts[rank]))!;
        return all;
    }

    private static int PlaceOf(string[] order, string name)
    {
        int place = Array.FindIndex(order, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        return place < 0 ? order.Length : place;
    }

    private static long[] Sizes(Shape shape)
    {
        var sizes = new long[shape.Rank];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = shape[i];
        return sizes;
    }

    private sealed record Entry(string Name, long[] Shape, SafetensorsType Type);
}
