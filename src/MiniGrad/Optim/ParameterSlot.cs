using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Optim;

/// <summary>A parameter in a pipeline, as the matrices that it is made of, with the state that each stage keeps for each. State is made at its first gradient.</summary>
internal sealed class ParameterSlot
{
    private readonly BufferView _norms;
    private readonly BufferView _distances;
    private BufferView _captured;
    private bool _hasState;

    public ParameterSlot(ComputeContext context, ParameterGroup group, RoutedParameter routed, int index)
    {
        (Parameter, Decays, Index, Orthogonalizes) = (routed.Parameter, routed.Decays, index, group.Orthogonalizes);
        IReadOnlyList<MatrixPiece> pieces = MatrixPieces.Of(Parameter, group);
        bool reshaped = Orthogonalizes && Parameter.Shape.Rank < 2;
        Matrices = [.. pieces.Select((piece, i) => new MatrixSlot(this, i, piece, pieces.Count == 1 && !reshaped ? Parameter.Shape : [piece.Rows, piece.Columns]))];
        MatricesOrthogonalized = group.Stages.Any(stage => stage.Orthogonalizes) ? pieces.Count : 0;
        if (pieces.Count > 1) (_norms, _distances) = (context.Persistent(pieces.Count), context.Persistent(pieces.Count));
    }

    /// <summary>Whether this step updates the parameter: it has a gradient, and no other process owns it.</summary>
    public bool Steps { get; set; }

    public Parameter Parameter { get; }

    public bool Decays { get; }

    public int Index { get; }

    public bool Orthogonalizes { get; }

    /// <summary>Matrices that a step replaces by their polar factors.</summary>
    public int MatricesOrthogonalized { get; }

    /// <summary>The norms of the updates of several matrices; empty when there is one.</summary>
    public BufferView Norms => _norms;

    public MatrixSlot[] Matrices { get; }

    /// <summary>The state made so far, as checkpoints see it.</summary>
    public IEnumerable<StateTensor> State => Matrices.SelectMany(matrix => matrix.State);

    /// <summary>The updates of the last step whose spectra were asked for, to be scaled to the norms beside them; empty before.</summary>
    public BufferView Captured => _captured;

    /// <summary>Makes the state if it is not there yet.</summary>
    public void RequireState(StageContext context, Stage[] stages, IStepHook? hook, ulong seed)
    {
        if (_hasState) return;
        foreach (MatrixSlot matrix in Matrices) matrix.MakeState(context, stages, hook, seed);
        _hasState = true;
    }

    /// <summary>The names of the state, made or not.</summary>
    public IEnumerable<string> StateNames(Stage[] stages, IStepHook? hook) => Matrices.SelectMany(matrix => matrix.StateNames(stages, hook));

    /// <summary>Where a matrix leaves what is observed of it: the parameter's own place when it is the only one.</summary>
    public ObservedMatrix Observe(ComputeContext context, int matrix, OptimizerDiagnostics diagnostics)
    {
        bool one = Matrices.Length == 1, distances = diagnostics.Observed >= Observation.Everything;
        BufferView norm = one ? diagnostics.UpdateNorms.Element(Index) : _norms.Element(matrix);
        BufferView distance = !distances ? default : one ? diagnostics.OrthogonalityDistances.Element(Index) : _distances.Element(matrix);
        if (diagnostics.Observed < Observation.Spectra || !Parameter.IsHidden) return new ObservedMatrix(norm, distance, default);
        if (_captured.IsEmpty) _captured = context.Persistent(Parameter.Shape.Count);
        MatrixPiece piece = Matrices[matrix].Piece;
        return new ObservedMatrix(norm, distance, _captured.Slice(piece.Offset, piece.Count));
    }

    /// <summary>Puts what was observed of several matrices together: the norm of all, the root mean square of the distances.</summary>
    public void Gather(IBackend backend, OptimizerDiagnostics diagnostics)
    {
        if (Matrices.Length == 1) return;
        backend.Norm(_norms, diagnostics.UpdateNorms.Element(Index));
        if (diagnostics.Observed < Observation.Everything) return;
        BufferView distance = diagnostics.OrthogonalityDistances.Element(Index);
        backend.Norm(_distances, distance);
        backend.Scalar(ScalarOperation.Affine, 1 / Math.Sqrt(Matrices.Length), 0, distance, distance);
    }
}

/// <summary>Where observations of a matrix go; a view is empty when nobody asked.</summary>
internal readonly record struct ObservedMatrix(BufferView UpdateNorm, BufferView OrthogonalityDistance, BufferView Update);
