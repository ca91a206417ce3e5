using System.Globalization;

namespace MiniGrad.Experiments.TensorBoard;

/// <summary>
/// One of TensorBoard's event files (tensorflow/core/util/event.proto and framework/summary.proto): scalars by step, and texts.
/// A resumed run begins a further file, which says from which step on the numbers of earlier ones no longer count.
/// </summary>
internal sealed class EventFile : IDisposable
{
    // Field numbers of Event, Summary, Summary.Value, SummaryMetadata, TensorProto and SessionLog.
    private const int WallTime = 1, Step = 2, FileVersion = 3, EventSummary = 5, EventSessionLog = 7;
    private const int SummaryValue = 1, Tag = 1, SimpleValue = 2, ValueTensor = 8, ValueMetadata = 9;
    private const int PluginData = 1, PluginName = 1, TensorType = 1, TensorShape = 2, TensorString = 8, ShapeDimension = 2, DimensionSize = 1, StringType = 7;
    private const int SessionStatus = 1, SessionStart = 1;
    private readonly FileStream _stream;

    /// <summary>Begins a file.</summary>
    /// <param name="folder">The run's folder, which TensorBoard names the run by.</param>
    /// <param name="firstStep">The first step that will be written; what earlier files have from there on is dropped by readers.</param>
    public EventFile(string folder, long firstStep)
    {
        string time = ((long)Now()).ToString(CultureInfo.InvariantCulture);
        string name = $"events.out.tfevents.{time}.{Environment.MachineName}.{Environment.ProcessId}.{firstStep}";
        _stream = new FileStream(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        Write(Event(0).Text(FileVersion, "brain.Event:2"));
        Write(Event(firstStep).Message(EventSessionLog, new ProtoWriter().Varint(SessionStatus, SessionStart)));
        Flush();
    }

    /// <summary>The numbers of one step; what is not finite is written as it is, as TensorBoard shows it.</summary>
    public void Scalars(long step, IEnumerable<(string Tag, double Value)> values)
    {
        var summary = new ProtoWriter();
        foreach ((string tag, double value) in values) summary.Message(SummaryValue, new ProtoWriter().Text(Tag, tag).Float(SimpleValue, (float)value));
        Write(Event(step).Message(EventSummary, summary));
    }

    /// <summary>A text in Markdown.</summary>
    public void Text(long step, string tag, string markdown)
    {
        ProtoWriter metadata = new ProtoWriter().Message(PluginData, new ProtoWriter().Text(PluginName, "text"));
        ProtoWriter shape = new ProtoWriter().Message(ShapeDimension, new ProtoWriter().Varint(DimensionSize, 1));
        ProtoWriter tensor = new ProtoWriter().Varint(TensorType, StringType).Message(TensorShape, shape).Text(TensorString, markdown);
        ProtoWriter value = new ProtoWriter().Text(Tag, tag).Message(ValueTensor, tensor).Message(ValueMetadata, metadata);
        Write(Event(step).Message(EventSummary, new ProtoWriter().Message(SummaryValue, value)));
    }

    public void Flush() => _stream.Flush();

    public void Dispose() => _stream.Dispose();

    private static ProtoWriter Event(long step) => new ProtoWriter().Double(WallTime, Now()).Varint(Step, (ulong)step);

    private static double Now() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;

    private void Write(ProtoWriter e) => RecordWriter.Write(_stream, e.Written);
}
