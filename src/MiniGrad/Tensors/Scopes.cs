namespace MiniGrad;

/// <summary>An open step; disposing it ends the step.</summary>
public readonly ref struct StepScope
{
    private readonly ComputeContext _context;

    internal StepScope(ComputeContext context) => _context = context;

    /// <summary>Ends the step: its tensors are gone, their memory is reused.</summary>
    public void Dispose() => _context?.EndStep();
}

/// <summary>A stretch of computation that is not recorded; disposing it ends it.</summary>
public readonly ref struct NoGradScope
{
    private readonly ComputeContext _context;
    private readonly int _outer;

    internal NoGradScope(ComputeContext context, int outer) => (_context, _outer) = (context, outer);

    /// <summary>Turns recording back on, unless an outer scope keeps it off. A second call does nothing more.</summary>
    public void Dispose() => _context?.EndNoGrad(_outer);
}
