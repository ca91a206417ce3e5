namespace MiniGrad.Distributed;

/// <summary>Where the threads of a job meet. Whoever fails or leaves early lets the others go with an exception instead of waiting.</summary>
internal sealed class ThreadGroup(int size)
{
    private readonly object _gate = new();
    private readonly nint[] _addresses = new nint[size];
    private readonly int[] _lengths = new int[size];
    private readonly string?[] _calls = new string?[size];
    private int _arrived;
    private long _meeting;
    private string? _failure;
    private int? _left;

    public int Size => size;

    /// <summary>The exception that ended the job, or null.</summary>
    public Exception? Cause { get; private set; }

    /// <summary>Says what this rank brings to a call, waits for the others, and checks that they made the same call.</summary>
    public void Post(int rank, string call, nint address, int length)
    {
        (_addresses[rank], _lengths[rank], _calls[rank]) = (address, length, call);
        Wait(rank, call);
        for (int i = 0; i < size; i++)
        {
            if (_calls[i] == call && _lengths[i] == length) continue;
            throw new CommunicatorException($"rank {rank} called {call} of {length} bytes, rank {i} {_calls[i]} of {_lengths[i]} bytes; all ranks must make the same calls");
        }
    }

    /// <summary>What a rank has posted; valid until the <see cref="Wait"/> that follows.</summary>
    public nint Posted(int rank) => _addresses[rank];

    /// <summary>Waits for all ranks.</summary>
    public void Wait(int rank, string call)
    {
        lock (_gate)
        {
            if (_left is { } left) FailLocked($"rank {left} has ended while others go on");
            ThrowIfFailed(rank, call);
            long meeting = _meeting;
            if (++_arrived == size)
            {
                _arrived = 0;
                _meeting++;
                Monitor.PulseAll(_gate);
                return;
            }
            while (_meeting == meeting)
            {
                Monitor.Wait(_gate);
                if (_meeting == meeting) ThrowIfFailed(rank, call);
            }
        }
    }

    /// <summary>Ends the job; the first reason counts.</summary>
    public void Fail(string failure, Exception cause)
    {
        lock (_gate)
        {
            if (_failure is null) (_failure, Cause) = (failure, cause);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>A rank is done. Those that still wait for it would wait for ever.</summary>
    public void Leave(int rank)
    {
        lock (_gate)
        {
            if (_arrived > 0) FailLocked($"rank {rank} has ended while others wait for it");
            _left ??= rank;
            Monitor.PulseAll(_gate);
        }
    }

    private void FailLocked(string failure)
    {
        if (_failure is null) (_failure, Cause) = (failure, new CommunicatorException(failure));
    }

    private void ThrowIfFailed(int rank, string call)
    {
        if (_failure is not null) throw new CommunicatorException($"rank {rank}, {call}: {_failure}");
    }
}
