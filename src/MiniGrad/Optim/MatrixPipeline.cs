
namespace MiniGrad.Optim;

/// <summary>A group's stages with the hook around them, run for one matrix: as a whole, or in two parts with the orthogonalizer left out between them.</summary>
/// <param name="stages">The stages.</param>
/// <param name="hook">What is done around a step, or null.</param>
internal sealed class MatrixPipeline(Stage[] stages, IStepHook? hook)
{
    private readonly int _orthogonalizer = Array.FindIndex(stages, stage => stage is Orthogonalize);

    /// <summary>The stage that orthogonalizes, or null.</summary>
    public Orthogonalize? Orthogonalizer => _orthogonalizer < 0 ? null : (Orthogonalize)stages[_orthogonalizer];

    /// <summary>The whole step of the matrix that the context was begun with.</summary>
    public void Step(StageContext context, MatrixSlot matrix)
    {
        Before(context, matrix);
        Run(context, matrix, 0, stages.Length);
        After(context, matrix);
    }

    /// <summary>The step up to the orthogonalizer, whose input is left as the update.</summary>
    public void Begin(StageContext context, MatrixSlot matrix)
    {
        Before(context, matrix);
        Run(context, matrix, 0, _orthogonalizer);
    }

    /// <summary>The step from behind the orthogonalizer.</summary>
    public void Finish(StageContext context, MatrixSlot matrix)
    {
        Run(context, matrix, _orthogonalizer + 1, stages.Length);
        After(context, matrix);
    }

    private void Before(StageContext context, MatrixSlot matrix)
    {
        if (hook is null) return;
        context.UseState(matrix.HookState);
        hook.Before(context);
    }

    private void Run(StageContext context, MatrixSlot matrix, int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            long start = context.Trace is null ? 0 : StepTrace.Now;
            context.UseState(matrix.Load(context, i));
            int more = stages[i].ApplyWith(stages.AsSpan((i + 1)..end), context);
            if (more == 0) stages[i].Apply(context);
            matrix.Save(context, i);
            // Stages that are one pass over memory are one span.
            context.Trace?.Add(string.Join(" + ", stages[i..(i + more + 1)].Select(stage => stage.Name)), "optimizer", start, matrix.Name);
            i += more;
        }
    }

    private void After(StageContext context, MatrixSlot matrix)
    {
        if (hook is null) return;
        context.UseState(matrix.HookState);
        hook.After(context);
    }
}
