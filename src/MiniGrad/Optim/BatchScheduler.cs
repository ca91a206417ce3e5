using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>
/// Orthogonalizes the matrices of a group in batches of one shape, whichever parameters they are parts of: each matrix takes
/// its stages up to the orthogonalizer, then all of the batch are orthogonalized by the same kernels, and each takes the
/// rest. Matrices are strands to the back end, which may launch their equal kernels together, and so are batches of several
/// shapes while they are small. For back ends that prefer it, because there every kernel costs a launch. Matrices do not depend on each other, so
/// that the result is that of one after the other.
/// </summary>
internal sealed class BatchScheduler
{
    /// <summary>Elements of a batch, unless one matrix has more. A batch of this size keeps a device busy, and the temporaries of all its matrices live at once.</summary>
    public const long MostElements = 1 << 24;

    private readonly MatrixPipeline _pipeline;
    private readonly MatrixSlot[][] _shapes;
    private readonly MatrixSlot[] _matrices;
    private readonly StageContext?[] _contexts;
    private readonly Batch[] _batches;
    private int _count;
    private int _batchCount;
    private long _elements;

    /// <summary>Sorts the matrices by shape.</summary>
    public BatchScheduler(ParameterSlot[] slots, MatrixPipeline pipeline)
    {
        _pipeline = pipeline;
        bool orthogonalizes = pipeline.Orthogonalizer is not null;
        _shapes = [.. slots.SelectMany(slot => slot.Matrices).GroupBy(matrix => orthogonalizes ? (matrix.Piece.Rows, matrix.Piece.Columns) : default).Select(shape => shape.ToArray())];
        int all = _shapes.Sum(shape => shape.Length);
        (_matrices, _contexts, _batches) = (new MatrixSlot[all], new StageContext?[all], new Batch[all]);
    }

    /// <summary>Takes a step with every matrix of a parameter that has a gradient.</summary>
    public void Step(StageContext context, in GroupStep step)
    {
        foreach (MatrixSlot[] shape in _shapes)
        {
            int most = Most(shape), first = _count;
            foreach (MatrixSlot matrix in shape)
            {
                if (!matrix.Parameter.Steps) continue;
                _matrices[_count++] = matrix;
                if (_count - first < most) continue;
                EndBatch(context, ref first, step);
            }
            if (_count > first) EndBatch(context, ref first, step);
        }
        if (_count > 0) StepAll(context, step);
    }

    /// <summary>Matrices of a batch: as few batches as their size allows, of nearly equal length.</summary>
    private int Most(MatrixSlot[] shape)
    {
        if (_pipeline.Orthogonalizer is null) return shape.Length;
        int fit = (int)Math.Clamp(MostElements / Math.Max(1, shape[0].Piece.Count), 1, shape.Length), batches = (shape.Length + fit - 1) / fit;
        return (shape.Length + batches - 1) / batches;
    }

    // Batches of several shapes go together while they are small.
    private void EndBatch(StageContext context, ref int first, in GroupStep step)
    {
        long elements = _matrices[first].Piece.Count * (_count - first);
        if (first > 0 && _elements + elements > MostElements)
        {
            int count = _count - first;
            _count = first;
            StepAll(context, step);
            Array.Copy(_matrices, first, _matrices, 0, count);
            (first, _count) = (0, count);
        }
        _batches[_batchCount++] = new Batch(first, _count - first);
        (_elements, first) = (_elements + elements, _count);
    }

    private void StepAll(StageContext context, in GroupStep step)
    {
        if (_pipeline.Orthogonalizer is { } orthogonalizer) Orthogonalized(context, orthogonalizer, step);
        else Whole(context, step);
        for (int i = 0; i < _count; i++) _contexts[i]!.End();
        (_count, _batchCount, _elements) = (0, 0, 0);
    }

    private void Whole(StageContext context, in GroupStep step)
    {
        context.Backend.BeginStrands();
        for (int i = 0; i < _count; i++)
        {
            if (i > 0) context.Backend.NextStrand();
            StageContext one = _contexts[i] ??= new StageContext(context);
            Begin(one, _matrices[i], step);
            _pipeline.Step(one, _matrices[i]);
        }
        context.Backend.EndStrands();
    }

    private void Orthogonalized(StageContext context, Orthogonalize orthogonalizer, in GroupStep step)
    {
        TensorArena arena = context.Compute.Arena;
        BufferView input = arena.Allocate(_elements), output = arena.Allocate(_elements);
        long at = 0;
        context.Backend.BeginStrands();
        for (int i = 0; i < _count; i++)
        {
            if (i > 0) context.Backend.NextStrand();
            StageContext one = _contexts[i] ??= new StageContext(context);
            Begin(one, _matrices[i], step);
            _pipeline.Begin(one, _matrices[i]);
            context.Backend.Copy(one.Update, input.Slice(at, _matrices[i].Piece.Count));
            at += _matrices[i].Piece.Count;
        }
        context.Backend.EndStrands();
        ApplyBatches(context, orthogonalizer, input, output);
        at = 0;
        context.Backend.BeginStrands();
        for (int i = 0; i < _count; i++)
        {
            if (i > 0) context.Backend.NextStrand();
            StageContext one = _contexts[i]!;
            Orthogonalize.Accept(one, input.Slice(at, _matrices[i].Piece.Count), output.Slice(at, _matrices[i].Piece.Count));
            _pipeline.Finish(one, _matrices[i]);
            at += _matrices[i].Piece.Count;
        }
        context.Backend.EndStrands();
        arena.Release(output);
        arena.Release(input);
    }

    // What one batch releases must not be given to the next, which may run at the same time.
    private void ApplyBatches(StageContext context, Orthogonalize orthogonalizer, BufferView input, BufferView output)
    {
        context.Compute.Arena.HoldReleases();
        context.Backend.BeginStrands();
        long at = 0;
        for (int b = 0; b < _batchCount; b++)
        {
            if (b > 0) context.Backend.NextStrand();
            MatrixPiece piece = _matrices[_batches[b].First].Piece;
            long length = piece.Count * _batches[b].Count;
            orthogonalizer.Method.ApplyBatch(context.Compute, _batches[b].Count, piece.Rows, piece.Columns, input.Slice(at, length), output.Slice(at, length));
            at += length;
        }
        context.Backend.EndStrands();
        context.Compute.Arena.EndHold();
    }

    private static void Begin(StageContext context, MatrixSlot matrix, in GroupStep step)
    {
        ObservedMatrix observed = step.Diagnostics is null ? default : matrix.Parameter.Observe(context.Compute, matrix.Index, step.Diagnostics);
        context.Begin(matrix, step.LearningRate, step.ClipFactor, observed);
    }

    /// <summary>Matrices of one shape, one behind the other.</summary>
    private readonly record struct Batch(int First, int Count);
}
