using MiniGrad.Memory;
using MiniGrad.Optim.Stages;

namespace MiniGrad.Optim;

/// <summary>
/// Orthogonalizes the matrices of a group in batches of one shape, whichever parameters they are parts of: each matrix takes
/// its stages up to the orthogonalizer, then all of the batch are orthogonalized by the same kernels, and each takes the
/// rest, as strands whose equal kernels the back end may launch together. Without an orthogonalizer all matrices are strands of
/// one batch. For back ends that prefer it, because there every kernel costs a launch. Matrices do not depend on each other, so
/// that the result is that of one after the other.
/// </summary>
internal sealed class BatchScheduler
{
    /// <summary>Elements of a batch, unless one matrix has more. A batch of this size keeps a device busy, and the temporaries of all its matrices live at once.</summary>
    public const long MostElements = 1 << 24;

    private readonly MatrixPipeline _pipeline;
    private readonly MatrixSlot[][] _shapes;
    private readonly MatrixSlot[] _batch;
    private readonly StageContext?[] _contexts;

    /// <summary>Sorts the matrices by shape.</summary>
    public BatchScheduler(ParameterSlot[] slots, MatrixPipeline pipeline)
    {
        _pipeline = pipeline;
        bool orthogonalizes = pipeline.Orthogonalizer is not null;
        _shapes = [.. slots.SelectMany(slot => slot.Matrices).GroupBy(matrix => orthogonalizes ? (matrix.Piece.Rows, matrix.Piece.Columns) : default).Select(shape => shape.ToArray())];
        int most = _shapes.Select(Most).DefaultIfEmpty().Max();
        (_batch, _contexts) = (new MatrixSlot[most], new StageContext?[most]);
    }

    /// <summary>Takes a step with every matrix of a parameter that has a gradient.</summary>
    public void Step(StageContext context, in GroupStep step)
    {
        foreach (MatrixSlot[] shape in _shapes)
        {
            int count = 0, most = Most(shape);
            foreach (MatrixSlot matrix in shape)
            {
                if (!matrix.Parameter.Steps) continue;
                _batch[count++] = matrix;
                if (count < most) continue;
                StepBatch(context, count, step);
                count = 0;
            }
            if (count > 0) StepBatch(context, count, step);
        }
    }

    /// <summary>Matrices of a batch: as few batches as their size allows, of nearly equal length.</summary>
    private int Most(MatrixSlot[] shape)
    {
        if (_pipeline.Orthogonalizer is null) return shape.Length;
        int fit = (int)Math.Clamp(MostElements / Math.Max(1, shape[0].Piece.Count), 1, shape.Length), batches = (shape.Length + fit - 1) / fit;
        return (shape.Length + batches - 1) / batches;
    }

    private void StepBatch(StageContext context, int count, in GroupStep step)
    {
        if (count == 1)
        {
            Begin(context, _batch[0], step);
            _pipeline.Step(context, _batch[0]);
            context.End();
            return;
        }
        if (_pipeline.Orthogonalizer is { } orthogonalizer) Orthogonalized(context, orthogonalizer, count, step);
        else Whole(context, count, step);
        for (int i = 0; i < count; i++) _contexts[i]!.End();
    }

    private void Whole(StageContext context, int count, in GroupStep step)
    {
        context.Backend.BeginStrands();
        for (int i = 0; i < count; i++)
        {
            if (i > 0) context.Backend.NextStrand();
            StageContext one = _contexts[i] ??= new StageContext(context);
            Begin(one, _batch[i], step);
            _pipeline.Step(one, _batch[i]);
        }
        context.Backend.EndStrands();
    }

    private void Orthogonalized(StageContext context, Orthogonalize orthogonalizer, int count, in GroupStep step)
    {
        TensorArena arena = context.Compute.Arena;
        MatrixPiece piece = _batch[0].Piece;
        BufferView input = arena.Allocate(count * piece.Count), output = arena.Allocate(count * piece.Count);
        context.Backend.BeginStrands();
        for (int i = 0; i < count; i++)
        {
            if (i > 0) context.Backend.NextStrand();
            StageContext one = _contexts[i] ??= new StageContext(context);
            Begin(one, _batch[i], step);
            _pipeline.Begin(one, _batch[i]);
            context.Backend.Copy(one.Update, input.Slice(i * piece.Count, piece.Count));
        }
        context.Backend.EndStrands();
        orthogonalizer.Method.ApplyBatch(context.Compute, count, piece.Rows, piece.Columns, input, output);
        context.Backend.BeginStrands();
        for (int i = 0; i < count; i++)
        {
            if (i > 0) context.Backend.NextStrand();
            StageContext one = _contexts[i]!;
            Orthogonalize.Accept(one, input.Slice(i * piece.Count, piece.Count), output.Slice(i * piece.Count, piece.Count));
            _pipeline.Finish(one, _batch[i]);
        }
        context.Backend.EndStrands();
        arena.Release(output);
        arena.Release(input);
    }

    private static void Begin(StageContext context, MatrixSlot matrix, in GroupStep step)
    {
        ObservedMatrix observed = step.Diagnostics is null ? default : matrix.Parameter.Observe(context.Compute, matrix.Index, step.Diagnostics);
        context.Begin(matrix, step.LearningRate, step.ClipFactor, observed);
    }
}
