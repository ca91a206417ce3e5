using MiniGrad.Backends;
using MiniGrad.Memory;
using MiniGrad.Optim;

namespace MiniGrad;

/// <summary>
/// What the stages of a step work on, one parameter after the other: the gradient (never modified), the update so far,
/// and the factors that the last stage multiplies it by. Computed scalars are one-element views: nothing is downloaded.
/// </summary>
public sealed class StageContext
{
    private static readonly BroadcastLayout ScalarLayout = BroadcastLayout.For([1], [1])!.Value;
    private readonly List<BufferView> _scratch = [];
    private readonly Parameter? _tried;
    private StageContext[]? _lanes;
    private BufferView[] _state = [];
    private bool _updateIsScratch;
    private BufferView _captured;

    /// <summary>A context to try a stage in, without an optimizer: one parameter with its gradient, the gate open. Call <see cref="Restart"/> before every step.</summary>
    /// <param name="parameter">The parameter, which has a gradient.</param>
    /// <param name="stage">The stage, whose state is made here, of zeros.</param>
    /// <param name="learningRate">η.</param>
    public StageContext(Parameter parameter, Stage stage, double learningRate = 1)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(stage);
        Compute = parameter.Tensor.Context;
        One = Gate = Compute.Persistent(1);
        Backend.Fill(One, 1);
        (_tried, LearningRate) = (parameter, learningRate);
        _state = [.. stage.State(parameter.Shape).Select(schema => Compute.Persistent(schema.Shape.Count))];
    }

    internal StageContext(ComputeContext compute, BufferView gate)
    {
        (Compute, Gate) = (compute, gate);
        One = compute.Persistent(1);
        Backend.Fill(One, 1);
    }

    /// <summary>Another context on the same back end, for a matrix whose step goes on later.</summary>
    internal StageContext(StageContext other) => (Compute, Gate, One) = (other.Compute, other.Gate, other.One);

    /// <summary>Arena and counters.</summary>
    public ComputeContext Compute { get; }

    /// <summary>Is told how long stages take, or null.</summary>
    internal StepTrace? Trace { get; set; }

    /// <summary>The kernels.</summary>
    public IBackend Backend => Compute.Backend;

    /// <summary>0 where the gradients are not finite: every kernel that changes state or parameters takes it.</summary>
    public BufferView Gate { get; }

    /// <summary>A one-element view that holds 1.</summary>
    public BufferView One { get; }

    /// <summary>The parameter's data.</summary>
    public BufferView Weight { get; private set; }

    /// <summary>Its rows; an N-dimensional weight is flattened behind its first dimension.</summary>
    public int Rows { get; private set; }

    /// <summary>Its columns.</summary>
    public int Columns { get; private set; }

    /// <summary>Whether weight decay applies to it.</summary>
    public bool Decays { get; private set; }

    /// <summary>The group's learning rate at this step, η.</summary>
    public double LearningRate { get; private set; }

    /// <summary>The gradient, to be multiplied by <see cref="GradientScale"/>.</summary>
    public BufferView Gradient { get; private set; }

    /// <summary>The clip factor, one element, or empty for 1.</summary>
    public BufferView GradientScale { get; private set; }

    /// <summary>The update so far, to be multiplied by <see cref="Factor"/> and <see cref="Scale"/>. Not to be written to: see <see cref="Writable"/>.</summary>
    public BufferView Update { get; private set; }

    /// <summary>What was given to the orthogonalizer, U.</summary>
    public BufferView Orthogonalized { get; set; }

    /// <summary>A constant factor of the update.</summary>
    public double Factor { get; set; }

    /// <summary>A computed factor of the update, one element, or empty for 1.</summary>
    public BufferView Scale { get; private set; }

    /// <summary>Where the norm of the update goes, or empty when nobody asked.</summary>
    public BufferView UpdateNorm { get; private set; }

    /// <summary>Where the distance of the orthogonalizer's output from orthogonality goes, or empty when nobody asked.</summary>
    public BufferView OrthogonalityDistance { get; private set; }

    /// <summary>A tensor that the running stage keeps for the parameter.</summary>
    /// <param name="index">Its place in the stage's list.</param>
    public BufferView State(int index) => _state[index];

    /// <summary>Workspace of unspecified content, taken back when the parameter is done.</summary>
    /// <param name="length">Number of elements.</param>
    public BufferView Scratch(long length)
    {
        BufferView view = Compute.Arena.Allocate(length);
        _scratch.Add(view);
        return view;
    }

    /// <summary>Where a stage may write the new update: the present one's place, or new workspace when that is state or the gradient.</summary>
    public BufferView Writable() => _updateIsScratch ? Update : Scratch(Weight.Length);

    /// <summary>Makes workspace the update.</summary>
    /// <param name="update">From <see cref="Writable"/> or <see cref="Scratch"/>.</param>
    public void Replace(BufferView update) => (Update, _updateIsScratch) = (update, true);

    /// <summary>Makes workspace the update as it is, without factors.</summary>
    internal void Restate(BufferView update)
    {
        Replace(update);
        (Factor, Scale) = (1, default);
    }

    /// <summary>Makes a stage's state the update; it will be read, never written.</summary>
    /// <param name="state">From <see cref="State"/>.</param>
    public void ReplaceByState(BufferView state) => (Update, _updateIsScratch) = (state, false);

    /// <summary>Puts workspace in the gradient's place, for what comes before the momentum.</summary>
    /// <param name="gradient">The new gradient; the clip factor is part of it.</param>
    public void ReplaceGradient(BufferView gradient) => (Gradient, GradientScale) = (gradient, default);

    /// <summary>Multiplies the update by a computed scalar.</summary>
    /// <param name="scalar">One element, which must stay as it is.</param>
    public void MultiplyBy(BufferView scalar) => Scale = Scale.IsEmpty ? scalar : Product(Scale, scalar);

    /// <summary>The product of two scalars, in new workspace.</summary>
    /// <param name="a">One element.</param>
    /// <param name="b">One element.</param>
    public BufferView Product(BufferView a, BufferView b) => Combine(BinaryOperation.Multiply, a, b);

    /// <summary>The quotient of two scalars, in new workspace.</summary>
    /// <param name="a">One element.</param>
    /// <param name="b">One element.</param>
    public BufferView Quotient(BufferView a, BufferView b) => Combine(BinaryOperation.Divide, a, b);

    /// <summary>‖update‖ with its factors, in new workspace of one element.</summary>
    public BufferView Norm()
    {
        BufferView norm = Scratch(1);
        Backend.Norm(Update, norm);
        if (!Scale.IsEmpty)
        {
            norm = Product(norm, Scale);
            Backend.Norm(norm, norm);
        }
        if (Factor != 1) Backend.Scalar(ScalarOperation.Affine, Math.Abs(Factor), 0, norm, norm);
        return norm;
    }

    /// <summary>Counts a step in a bias correction kept as state: c ← βc + (1−β), so that c = 1 − βᵗ. A masked step does not count.</summary>
    /// <param name="beta">β.</param>
    /// <param name="correction">c, one element of state.</param>
    public void Advance(double beta, BufferView correction) => Backend.Axpby(1 - beta, default, One, beta, correction, correction, Gate);

    /// <summary>Leaves the update as it is now, with its factors, where somebody asked for it: what a stage calls before it applies the update.</summary>
    /// <param name="correction">One more divisor of the norm, one element, or empty for 1.</param>
    public void Report(BufferView correction = default)
    {
        if (UpdateNorm.IsEmpty) return;
        BufferView norm = Norm();
        Backend.Copy(correction.IsEmpty ? norm : Quotient(norm, correction), UpdateNorm);
        if (!_captured.IsEmpty) Backend.Copy(Update, _captured);
    }

    /// <summary>Begins another step of the parameter that a stage is tried with: the update is its gradient again, its state as the step before left it.</summary>
    /// <exception cref="InvalidOperationException">The context is an optimizer's.</exception>
    public void Restart()
    {
        if (_tried is not { } parameter) throw new InvalidOperationException("Restart: the context is an optimizer's, which begins the steps itself");
        End();
        int rows = parameter.Shape.Rank >= 2 ? parameter.Shape[0] : 1;
        (Weight, Rows, Columns, Decays) = (parameter.Data, rows, (int)(parameter.Shape.Count / Math.Max(1, rows)), ParameterRouter.Routed(parameter).Decays);
        StartFrom(parameter.GradientData, default);
    }

    internal void Begin(MatrixSlot matrix, double learningRate, BufferView clipFactor, ObservedMatrix observed)
    {
        (Weight, Rows, Columns, Decays, LearningRate) = (matrix.Weight, matrix.Piece.Rows, matrix.Piece.Columns, matrix.Parameter.Decays, learningRate);
        StartFrom(matrix.Gradient, clipFactor);
        (UpdateNorm, OrthogonalityDistance, _captured) = (observed.UpdateNorm, observed.OrthogonalityDistance, observed.Update);
    }

    /// <summary>Makes the contexts of the lanes, before they work.</summary>
    internal void RequireLanes() => _lanes ??= [.. Enumerable.Range(0, Compute.Lanes).Select(lane => new StageContext(Compute.Lane(lane), Gate))];

    /// <summary>What the stages of a lane work on.</summary>
    internal StageContext Lane(int lane) => _lanes![lane];

    internal void UseState(BufferView[] state) => _state = state;

    internal void End()
    {
        foreach (BufferView view in _scratch) Compute.Arena.Release(view);
        _scratch.Clear();
    }

    private void StartFrom(BufferView gradient, BufferView clipFactor)
    {
        (Gradient, GradientScale) = (gradient, clipFactor);
        (Update, _updateIsScratch, Orthogonalized) = (gradient, false, default);
        (Factor, Scale) = (1, default);
    }

    private BufferView Combine(BinaryOperation operation, BufferView a, BufferView b)
    {
        BufferView result = Scratch(1);
        Backend.Binary(operation, ScalarLayout, a, b, result, accumulate: false);
        return result;
    }
}
