using ILGPU;
using ILGPU.Algorithms;

namespace MiniGrad.Ilgpu.Kernels;

internal struct NormArgs
{
    public ArrayView<float> X, Weight, Bias, Y, Mean, Rstd;
    public int Columns, HasMean, HasBias;
    public float Epsilon;
}

internal struct NormBackwardArgs
{
    public ArrayView<float> X, Weight, Mean, Rstd, DY, DX, Partial;
    public int Rows, Columns, HasMean, Accumulate;

    /// <summary>Groups before those of the rows; and what they sum: slabs of rows, for the weight and behind it for the bias.</summary>
    public int SumGroups, Slabs, OfWeight, OfBias;
}

internal struct SoftmaxArgs
{
    public ArrayView<float> X, DY, Y;
    public int Columns, Accumulate;
}

/// <summary>Row-wise normalizations: one group a row.</summary>
internal static class NormalizationKernels
{
    /// <summary>LayerNorm, or without a mean RMSNorm: y = (x − mean)·rstd·w + b.</summary>
    public static void Norm(NormArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        int row = Grid.IdxX, first = row * s.Columns;
        float mean = 0;
        if (s.HasMean != 0)
        {
            float sum = 0;
            for (int i = Group.IdxX; i < s.Columns; i += Group.DimX) sum += s.X[first + i];
            mean = GroupReduction.Sum(shared, sum) / s.Columns;
        }
        float squares = 0;
        for (int i = Group.IdxX; i < s.Columns; i += Group.DimX)
        {
            float x = s.X[first + i] - mean;
            squares += x * x;
        }
        float rstd = 1 / XMath.Sqrt((GroupReduction.Sum(shared, squares) / s.Columns) + s.Epsilon);
        for (int i = Group.IdxX; i < s.Columns; i += Group.DimX)
        {
            float y = (s.X[first + i] - mean) * rstd * s.Weight[i];
            if (s.HasBias != 0) y += s.Bias[i];
            s.Y[first + i] = y;
        }
        if (Group.IdxX != 0) return;
        s.Rstd[row] = rstd;
        if (s.HasMean != 0) s.Mean[row] = mean;
    }

    /// <summary>
    /// With x̂ = (x − mean)·rstd and g = dY·w: dX = rstd·(g − [mean(g)] − x̂·mean(g·x̂)); RMSNorm lacks the bracket. The first groups sum the gradients
    /// of weight and bias over slabs of rows instead, so that both are one launch.
    /// </summary>
    public static void NormBackward(NormBackwardArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        // Every group takes part in the reductions, those without a row with nothing.
        bool sums = Grid.IdxX < s.SumGroups;
        int row = sums ? 0 : Grid.IdxX - s.SumGroups, first = row * s.Columns, columns = sums ? 0 : s.Columns;
        float mean = s.HasMean != 0 ? s.Mean[row] : 0, rstd = s.Rstd[row], sum = 0, product = 0;
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            float g = s.DY[first + i] * s.Weight[i];
            sum += g;
            product += g * ((s.X[first + i] - mean) * rstd);
        }
        float shift = s.HasMean != 0 ? GroupReduction.Sum(shared, sum) / s.Columns : 0;
        float slope = GroupReduction.Sum(shared, product) / s.Columns;
        for (int i = Group.IdxX; i < columns; i += Group.DimX)
        {
            float normalized = (s.X[first + i] - mean) * rstd;
            float value = rstd * ((s.DY[first + i] * s.Weight[i]) - shift - (normalized * slope));
            if (s.Accumulate != 0) value += s.DX[first + i];
            s.DX[first + i] = value;
        }
        if (sums) SumSlab((Grid.IdxX * Group.DimX) + Group.IdxX, s);
    }

    // Σ dY·x̂ and Σ dY over a slab of rows: one thread a column and slab.
    private static void SumSlab(int index, NormBackwardArgs s)
    {
        if (index >= s.Slabs * s.Columns) return;
        int column = index % s.Columns, slab = index / s.Columns;
        int length = (s.Rows + s.Slabs - 1) / s.Slabs, firstRow = slab * length, last = XMath.Min(firstRow + length, s.Rows);
        float ofWeight = 0, ofBias = 0;
        for (int row = firstRow; row < last; row++)
        {
            float dY = s.DY[(row * s.Columns) + column], mean = s.HasMean != 0 ? s.Mean[row] : 0;
            ofBias += dY;
            if (s.OfWeight != 0) ofWeight += dY * ((s.X[(row * s.Columns) + column] - mean) * s.Rstd[row]);
        }
        if (s.OfWeight != 0) s.Partial[index] = ofWeight;
        if (s.OfBias != 0) s.Partial[(s.Slabs * s.Columns) + index] = ofBias;
    }

    /// <summary>y = eˣ⁻ᵐ / Σ eˣ⁻ᵐ.</summary>
    public static void Softmax(SoftmaxArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        int first = Grid.IdxX * s.Columns;
        float largest = float.NegativeInfinity, sum = 0;
        for (int i = Group.IdxX; i < s.Columns; i += Group.DimX) largest = s.X[first + i] > largest ? s.X[first + i] : largest;
        largest = GroupReduction.Max(shared, largest);
        for (int i = Group.IdxX; i < s.Columns; i += Group.DimX) sum += XMath.Exp(s.X[first + i] - largest);
        sum = GroupReduction.Sum(shared, sum);
        for (int i = Group.IdxX; i < s.Columns; i += Group.DimX) s.Y[first + i] = XMath.Exp(s.X[first + i] - largest) / sum;
    }

    /// <summary>dX (+)= y·(dY − ⟨dY, y⟩); x is the result of the forward pass.</summary>
    public static void SoftmaxBackward(SoftmaxArgs s)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(GroupReduction.MaxThreads);
        int first = Grid.IdxX * s.Columns;
        float inner = 0;
        for (int i = Group.IdxX; i < s.Columns; i += Group.DimX) inner += s.X[first + i] * s.DY[first + i];
        inner = GroupReduction.Sum(shared, inner);
        for (int i = Group.IdxX; i < s.Columns; i += Group.DimX)
        {
            float value = s.X[first + i] * (s.DY[first + i] - inner);
            if (s.Accumulate != 0) value += s.Y[first + i];
            s.Y[first + i] = value;
        }
    }
}
