using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MiniGrad;

/// <summary>
/// Where the time of a step goes: each op forward and backward, each stage of the optimizer, and the step's parts. Set as
/// <see cref="ComputeContext.Trace"/> it is told by them; <see cref="ToJson"/> is what Chrome's <c>about:tracing</c> and Perfetto
/// open. On a device, whose kernels run behind the program, it has the time of their launches. Without one a step looks at a null.
/// </summary>
public sealed class StepTrace
{
    private readonly Lock _lock = new();
    private readonly List<Span> _spans = [];
    private readonly long _origin = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>What was timed so far.</summary>
    public IReadOnlyList<(string Name, string Category, TimeSpan Start, TimeSpan Length, int Thread)> Spans
    {
        get
        {
            lock (_lock) return [.. _spans.Select(s => (s.Name, s.Category, Stopwatch.GetElapsedTime(_origin, s.Start), Stopwatch.GetElapsedTime(s.Start, s.End), s.Thread))];
        }
    }

    /// <summary>Now, to be given back to <see cref="Add"/>.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>Adds what began at a time and ends now, on this thread.</summary>
    /// <param name="name">What ran.</param>
    /// <param name="category">Of what kind it is: <c>step</c>, <c>forward</c>, <c>backward</c> or <c>optimizer</c>.</param>
    /// <param name="start">When it began (<see cref="Now"/>).</param>
    /// <param name="about">What it worked on, such as a shape or a parameter's name; empty for nothing.</param>
    public void Add(string name, string category, long start, string about = "")
    {
        var span = new Span(name, category, start, Stopwatch.GetTimestamp(), Environment.CurrentManagedThreadId, about);
        lock (_lock) _spans.Add(span);
    }

    /// <summary>The document: complete events (<c>"ph": "X"</c>) with microseconds.</summary>
    public JsonObject ToJson()
    {
        lock (_lock)
        {
            return new JsonObject
            {
                ["displayTimeUnit"] = "ms",
                ["traceEvents"] = new JsonArray([.. _spans.OrderBy(s => s.Start).ThenByDescending(s => s.End).Select(s => new JsonObject
                {
                    ["name"] = s.Name, ["cat"] = s.Category, ["ph"] = "X", ["pid"] = 1, ["tid"] = s.Thread,
                    ["ts"] = Stopwatch.GetElapsedTime(_origin, s.Start).TotalMicroseconds, ["dur"] = Stopwatch.GetElapsedTime(s.Start, s.End).TotalMicroseconds,
                    ["args"] = s.About.Length == 0 ? new JsonObject() : new JsonObject { ["of"] = s.About },
                })]),
            };
        }
    }

    /// <summary>Begins a forward pass: the first op's time counts from here.</summary>
    internal void BeginForward() => _last = Stopwatch.GetTimestamp();

    /// <summary>An op's result is there; what passed since the op before is its time.</summary>
    internal void Forward(string op, Shape shape)
    {
        Add(op, "forward", _last, shape.ToString());
        _last = Stopwatch.GetTimestamp();
    }

    private readonly record struct Span(string Name, string Category, long Start, long End, int Thread, string About);
}
