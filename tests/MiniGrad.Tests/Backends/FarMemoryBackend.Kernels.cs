using MiniGrad.Backends;
using MiniGrad.Memory;

namespace MiniGrad.Tests.Backends;

/// <summary>Each kernel runs where the memory is.</summary>
internal sealed partial class FarMemoryBackend
{
    public void Gemm(in GemmCall call) => _device.Gemm(call with
    {
        A = Near(call.A),
        B = Near(call.B),
        C = Near(call.C),
        Bias = Near(call.Bias),
        PreActivation = Near(call.PreActivation),
        Residual = Near(call.Residual),
    });

    public void SymmetricProduct(in SymmetricCall call) => _device.SymmetricProduct(call with { P = Near(call.P), Q = Near(call.Q), C = Near(call.C), D = Near(call.D) });

    public void Binary(BinaryOperation operation, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y, bool accumulate) =>
        _device.Binary(operation, layout, Near(a), Near(b), Near(y), accumulate);

    public void CopyRows(int rows, int columns, BufferView x, long leadingX, BufferView y, long leadingY, bool accumulate) =>
        ((IBackend)_device).CopyRows(rows, columns, Near(x), leadingX, Near(y), leadingY, accumulate);

    public void MaxAxis(long outer, int axis, long inner, BufferView x, BufferView y, BufferView chosen, BufferView places) =>
        _device.MaxAxis(outer, axis, inner, Near(x), Near(y), Near(chosen), Near(places));

    public void Compare(Comparison comparison, in BroadcastLayout layout, BufferView a, BufferView b, BufferView y) =>
        _device.Compare(comparison, layout, Near(a), Near(b), Near(y));

    public void Select(BufferView condition, BufferView a, BufferView b, BufferView y) => _device.Select(Near(condition), Near(a), Near(b), Near(y));

    public void ReduceToA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate) =>
        _device.ReduceToA(layout, alpha, Near(x), Near(y), accumulate);

    public void ExpandA(in BroadcastLayout layout, double alpha, BufferView x, BufferView y, bool accumulate) =>
        _device.ExpandA(layout, alpha, Near(x), Near(y), accumulate);

    public void Unary(UnaryOperation operation, BufferView x, BufferView y) => _device.Unary(operation, Near(x), Near(y));

    public void UnaryBackward(UnaryOperation operation, BufferView x, BufferView dY, BufferView dX, bool accumulate) =>
        _device.UnaryBackward(operation, Near(x), Near(dY), Near(dX), accumulate);

    public void SwiGlu(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView y) =>
        _device.SwiGlu(rows, columns, leading, Near(gate), Near(up), Near(y));

    public void SwiGluBackward(int rows, int columns, int leading, BufferView gate, BufferView up, BufferView dY, BufferView dGate, BufferView dUp, bool accumulate) =>
        _device.SwiGluBackward(rows, columns, leading, Near(gate), Near(up), Near(dY), Near(dGate), Near(dUp), accumulate);

    public void Permute(Shape shape, ReadOnlySpan<int> order, BufferView x, BufferView y, bool accumulate) =>
        _device.Permute(shape, order, Near(x), Near(y), accumulate);

    public void SumAxis(long outer, int axis, long inner, double alpha, BufferView x, BufferView y, bool accumulate) =>
        _device.SumAxis(outer, axis, inner, alpha, Near(x), Near(y), accumulate);

    public void Dot(BufferView x, BufferView y, BufferView result) => _device.Dot(Near(x), Near(y), Near(result));

    public void Norm(BufferView x, BufferView result) => _device.Norm(Near(x), Near(result));

    public void LayerNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView bias, BufferView y, BufferView mean, BufferView rstd) =>
        _device.LayerNorm(rows, columns, epsilon, Near(x), Near(weight), Near(bias), Near(y), Near(mean), Near(rstd));

    public void LayerNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView mean, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight, BufferView dBias, bool accumulateBias) =>
        _device.LayerNormBackward(rows, columns, Near(x), Near(weight), Near(mean), Near(rstd), Near(dY), Near(dX), accumulateX, Near(dWeight), accumulateWeight, Near(dBias), accumulateBias);

    public void RmsNorm(int rows, int columns, double epsilon, BufferView x, BufferView weight, BufferView y, BufferView rstd) =>
        _device.RmsNorm(rows, columns, epsilon, Near(x), Near(weight), Near(y), Near(rstd));

    public void RmsNormBackward(int rows, int columns, BufferView x, BufferView weight, BufferView rstd, BufferView dY, BufferView dX, bool accumulateX, BufferView dWeight, bool accumulateWeight) =>
        _device.RmsNormBackward(rows, columns, Near(x), Near(weight), Near(rstd), Near(dY), Near(dX), accumulateX, Near(dWeight), accumulateWeight);

    public void Softmax(int rows, int columns, BufferView x, BufferView y) => _device.Softmax(rows, columns, Near(x), Near(y));

    public void SoftmaxBackward(int rows, int columns, BufferView y, BufferView dY, BufferView dX, bool accumulate) =>
        _device.SoftmaxBackward(rows, columns, Near(y), Near(dY), Near(dX), accumulate);

    public void Attention(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView maxLogit) =>
        _device.Attention(shape, Near(q), Near(k), Near(v), Near(output), Near(logSumExp), Near(maxLogit));

    public void AttentionBackward(in AttentionShape shape, BufferView q, BufferView k, BufferView v, BufferView output, BufferView logSumExp, BufferView dOutput, BufferView dQ, BufferView dK, BufferView dV, bool accumulate) =>
        _device.AttentionBackward(shape, Near(q), Near(k), Near(v), Near(output), Near(logSumExp), Near(dOutput), Near(dQ), Near(dK), Near(dV), accumulate);

    public void Rope(in RopeShape shape, BufferView cosine, BufferView sine, BufferView x, BufferView y, bool accumulate) =>
        _device.Rope(shape, Near(cosine), Near(sine), Near(x), Near(y), accumulate);

    public void Gather(int rows, int columns, BufferView table, BufferView ids, BufferView y) => _device.Gather(rows, columns, Near(table), Near(ids), Near(y));

    public void ScatterAdd(int rows, int columns, int vocabulary, BufferView ids, BufferView dY, BufferView dTable, bool accumulate) =>
        _device.ScatterAdd(rows, columns, vocabulary, Near(ids), Near(dY), Near(dTable), accumulate);

    public void CrossEntropy(int rows, int classes, BufferView logits, BufferView targets, BufferView losses, BufferView logSumExp) =>
        _device.CrossEntropy(rows, classes, Near(logits), Near(targets), Near(losses), Near(logSumExp));

    public void CrossEntropyBackward(int rows, int classes, double alpha, BufferView logits, BufferView targets, BufferView logSumExp, BufferView dLoss, BufferView dLogits, bool accumulate) =>
        _device.CrossEntropyBackward(rows, classes, alpha, Near(logits), Near(targets), Near(logSumExp), Near(dLoss), Near(dLogits), accumulate);

    public void Axpby(double alpha, BufferView scale, BufferView x, double beta, BufferView y, BufferView z, BufferView gate) =>
        _device.Axpby(alpha, Near(scale), Near(x), beta, Near(y), Near(z), Near(gate));

    public void SecondMoment(double beta, BufferView x, BufferView v, BufferView gate) => _device.SecondMoment(beta, Near(x), Near(v), Near(gate));

    public void DivideByRoot(RootRule rule, double epsilon, BufferView x, BufferView v, BufferView correction, BufferView y) =>
        _device.DivideByRoot(rule, epsilon, Near(x), Near(v), Near(correction), Near(y));

    public void ApplyUpdate(double step, BufferView scale, BufferView u, double decay, bool cautious, BufferView w, BufferView gate) =>
        _device.ApplyUpdate(step, Near(scale), Near(u), decay, cautious, Near(w), Near(gate));

    public void AdamW(in AdamWCall call, BufferView gradient, BufferView scale, BufferView m, BufferView v, BufferView correction1, BufferView correction2, BufferView w, BufferView gate) =>
        _device.AdamW(call, Near(gradient), Near(scale), Near(m), Near(v), Near(correction1), Near(correction2), Near(w), Near(gate));

    public void PackBfloat16(RoundingKey key, BufferView x, BufferView words, BufferView draws, BufferView gate) =>
        _device.PackBfloat16(key, Near(x), Near(words), Near(draws), Near(gate));

    public void UnpackBfloat16(BufferView words, BufferView x) => _device.UnpackBfloat16(Near(words), Near(x));

    public void PackSigns(BufferView x, BufferView words, BufferView gate) => _device.PackSigns(Near(x), Near(words), Near(gate));

    public void ApplySigns(BufferView words, BufferView x) => _device.ApplySigns(Near(words), Near(x));

    public void Scalar(ScalarOperation operation, double a, double b, BufferView x, BufferView result) => _device.Scalar(operation, a, b, Near(x), Near(result));
}
