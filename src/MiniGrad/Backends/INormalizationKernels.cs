using MiniGrad.Memory;

namespace MiniGrad.Backends;

/// <summary>Row-wise normalizations of a rows×columns matrix.</summary>
public interface INormalizationKernels
{
    /// <summary>LayerNorm: <c>y = (x − mean)·rstd ⊙ weight + bias</c>, with <c>rstd = 1/√(var + ε)</c>, var the biased variance.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="x">Operand.</param>
    /// <param name="weight">Columns elements.</param>
    /// <param name="bias">Columns elements, or empty.</param>
    /// <param name="y">Result.</param>
    /// <param name="mean">Saved, one a row.</param>
    /// <param name="rstd">Saved, one a row.</param>
    void LayerNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView bias, BufferView y, BufferView mean, BufferView rstd);

    /// <summary>Gradients of <see cref="LayerNorm"/>. An empty gradient view is not computed.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="x">Operand.</param>
    /// <param name="weight">Weight.</param>
    /// <param name="mean">Saved mean.</param>
    /// <param name="rstd">Saved reciprocal deviation.</param>
    /// <param name="dY">Gradient of the result.</param>
    /// <param name="dX">Gradient of x, or empty.</param>
    /// <param name="accumulateX">Whether to add to dX.</param>
    /// <param name="dWeight">Gradient of the weight, or empty.</param>
    /// <param name="accumulateWeight">Whether to add to dWeight.</param>
    /// <param name="dBias">Gradient of the bias, or empty.</param>
    /// <param name="accumulateBias">Whether to add to dBias.</param>
    void LayerNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias);

    /// <summary>RMSNorm: <c>y = x·rstd ⊙ weight</c>, with <c>rstd = 1/√(mean(x²) + ε)</c>.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="x">Operand.</param>
    /// <param name="weight">Columns elements.</param>
    /// <param name="y">Result.</param>
    /// <param name="rstd">Saved, one a row.</param>
    void RmsNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView y, BufferView rstd);

    /// <summary>Gradients of <see cref="RmsNorm"/>. An empty gradient view is not computed.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="x">Operand.</param>
    /// <param name="weight">Weight.</param>
    /// <param name="rstd">Saved reciprocal root mean square.</param>
    /// <param name="dY">Gradient of the result.</param>
    /// <param name="dX">Gradient of x, or empty.</param>
    /// <param name="accumulateX">Whether to add to dX.</param>
    /// <param name="dWeight">Gradient of the weight, or empty.</param>
    /// <param name="accumulateWeight">Whether to add to dWeight.</param>
    void RmsNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight);

    /// <summary>Softmax of each row: <c>y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ</c>, m the row's largest.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="x">Operand.</param>
    /// <param name="y">Result; may be x's own view.</param>
    void Softmax(int rows, int columns, BufferView x, BufferView y);

    /// <summary><c>dX (+)= y ⊙ (dY − ⟨dY, y⟩)</c>, row by row.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="y">Result of the forward pass.</param>
    /// <param name="dY">Gradient of the result.</param>
    /// <param name="dX">Gradient of the operand.</param>
    /// <param name="accumulate">Whether to add to dX.</param>
    void SoftmaxBackward(int rows, int columns, BufferView y, BufferView dY, BufferView dX, bool accumulate);
}
