using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Sizes of a routing.</summary>
/// <param name="Tokens">Tokens, N.</param>
/// <param name="Experts">Routed experts, E.</param>
/// <param name="TopK">Experts of a token, k, from 1 to E.</param>
public readonly record struct ExpertSizes(int Tokens, int Experts, int TopK);

/// <summary>
/// A mixture of experts: which experts see a token, the rows that they see, their products, and the weighted sum. A back
/// end lays the rows out as it likes and keeps what it needs for that in a plan, whose content is its own affair: no
/// group size goes to the host. The methods here give every expert every token, expert by expert, so that there is
/// no plan and a row without a gate counts for nothing: right everywhere, E/k times the work. A back end that
/// overrides one of them overrides all.
/// </summary>
public interface IExpertKernels
{
    /// <summary>Rows R that all experts see together.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    int ExpertRows(in ExpertSizes sizes) => checked(sizes.Experts * sizes.Tokens);

    /// <summary>Elements of the plan.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    long ExpertPlanLength(in ExpertSizes sizes) => 0;

    /// <summary>Elements of scratch memory for <see cref="SelectExperts"/>.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    long ExpertScratchLength(in ExpertSizes sizes) => ((long)sizes.Tokens + 1) * sizes.Experts * sizes.Experts;

    /// <summary>
    /// The k experts with the largest scores + bias of each token, of equal ones those of lower index:
    /// <c>mask[n, e] = 1</c> when fewer than k experts come before e, else 0.
    /// </summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="scores">Affinities, N×E.</param>
    /// <param name="bias">One an expert.</param>
    /// <param name="scratch">Memory of <see cref="ExpertScratchLength"/> elements.</param>
    /// <param name="mask">Receives N×E zeros and ones.</param>
    /// <param name="plan">Receives what the other methods need besides, <see cref="ExpertPlanLength"/> elements.</param>
    void SelectExperts(in ExpertSizes sizes, BufferView scores, BufferView bias, BufferView scratch, BufferView mask, BufferView plan) =>
        EveryToken.Select((IBackend)this, sizes, scores, bias, scratch, mask);

    /// <summary>Gives each expert its tokens' rows: <c>rows[r, :] = x[token of r, :]</c>.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="columns">Columns of x, C.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="x">Tokens, N×C.</param>
    /// <param name="rows">Result, R×C.</param>
    void Dispatch(in ExpertSizes sizes, int columns, BufferView plan, BufferView x, BufferView rows) =>
        EveryToken.Dispatch((IBackend)this, sizes, columns, x, rows);

    /// <summary>The adjoint of <see cref="Dispatch"/>: <c>dX[n, :] (+)= Σ dRows[r, :]</c> over the token's rows, by expert.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="columns">Columns of x, C.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="dRows">Gradient of the rows, R×C.</param>
    /// <param name="dX">Result, N×C.</param>
    /// <param name="accumulate">Whether to add to dX.</param>
    void DispatchBackward(in ExpertSizes sizes, int columns, BufferView plan, BufferView dRows, BufferView dX, bool accumulate) =>
        ((IBackend)this).SumAxis(1, sizes.Experts, (long)sizes.Tokens * columns, 1, dRows, dX, accumulate);

    /// <summary>Multiplies the rows of each expert by its matrix: <c>y[r, :] = W[e]·x[r, :]</c>.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Columns of y.</param>
    /// <param name="x">Rows, R×inputs.</param>
    /// <param name="weight">One matrix an expert, E×outputs×inputs.</param>
    /// <param name="y">Result, R×outputs.</param>
    /// <param name="precision">What the products round their operands to.</param>
    void ExpertProduct(in ExpertSizes sizes, BufferView plan, int inputs, int outputs, BufferView x, BufferView weight, BufferView y, Precision precision) =>
        ((IBackend)this).Gemm(EveryToken.Product(sizes, x, false, weight, true, y, sizes.Tokens, outputs, inputs, false) with { Precision = precision });

    /// <summary><c>dX[r, :] (+)= W[e]ᵀ·dY[r, :]</c>.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="inputs">Columns of dX.</param>
    /// <param name="outputs">Columns of dY.</param>
    /// <param name="dY">Gradient of the result, R×outputs.</param>
    /// <param name="weight">One matrix an expert, E×outputs×inputs.</param>
    /// <param name="dX">Result, R×inputs.</param>
    /// <param name="accumulate">Whether to add to dX.</param>
    /// <param name="precision">What the products round their operands to.</param>
    void ExpertProductInputGradient(in ExpertSizes sizes, BufferView plan, int inputs, int outputs, BufferView dY, BufferView weight, BufferView dX, bool accumulate, Precision precision) =>
        ((IBackend)this).Gemm(EveryToken.Product(sizes, dY, false, weight, false, dX, sizes.Tokens, inputs, outputs, accumulate) with { Precision = precision });

    /// <summary><c>dW[e] (+)= Σ dY[r, :]ᵀ·x[r, :]</c> over the expert's rows; zero for an expert without any.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Columns of dY.</param>
    /// <param name="dY">Gradient of the result, R×outputs.</param>
    /// <param name="x">Rows, R×inputs.</param>
    /// <param name="dWeight">Result, E×outputs×inputs.</param>
    /// <param name="accumulate">Whether to add to dWeight.</param>
    /// <param name="precision">What the products round their operands to.</param>
    void ExpertProductWeightGradient(in ExpertSizes sizes, BufferView plan, int inputs, int outputs, BufferView dY, BufferView x, BufferView dWeight, bool accumulate, Precision precision) =>
        ((IBackend)this).Gemm(EveryToken.Product(sizes, dY, true, x, false, dWeight, outputs, inputs, sizes.Tokens, accumulate) with { Precision = precision });

    /// <summary>Sums a token's rows, weighted: <c>y[n, :] (+)= Σ gates[n, e]·rows[r, :]</c> over its experts, in their order.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="columns">Columns of y, C.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="gates">Weights, N×E, zero where an expert was not chosen.</param>
    /// <param name="rows">Rows, R×C.</param>
    /// <param name="y">Result, N×C.</param>
    /// <param name="accumulate">Whether to add to y.</param>
    void Combine(in ExpertSizes sizes, int columns, BufferView plan, BufferView gates, BufferView rows, BufferView y, bool accumulate) =>
        EveryToken.Combine((IBackend)this, sizes, columns, gates, rows, y, accumulate);

    /// <summary>Gradients of <see cref="Combine"/>: <c>dRows[r, :] = gates[n, e]·dY[n, :]</c>, <c>dGates[n, e] = ⟨rows[r, :], dY[n, :]⟩</c>.</summary>
    /// <param name="sizes">Sizes of the routing.</param>
    /// <param name="columns">Columns of dY, C.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="gates">Weights, N×E.</param>
    /// <param name="rows">Rows, R×C.</param>
    /// <param name="dY">Gradient of the result, N×C.</param>
    /// <param name="dRows">Result, R×C.</param>
    /// <param name="dGates">Result, N×E; what stands where an expert was not chosen is the back end's affair.</param>
    void CombineBackward(in ExpertSizes sizes, int columns, BufferView plan, BufferView gates, BufferView rows, BufferView dY, BufferView dRows, BufferView dGates) =>
        EveryToken.CombineBackward((IBackend)this, sizes, columns, gates, rows, dY, dRows, dGates);
}
