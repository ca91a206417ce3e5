using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>A tensor that an optimizer keeps from step to step, as checkpoints see it.</summary>
/// <param name="Name">Its name, such as <c>h.0.attn.qkv.weight/momentum</c>.</param>
/// <param name="Shape">Its sizes; none for a scalar.</param>
/// <param name="Data">Its memory on the back end.</param>
public readonly record struct StateTensor(string Name, Shape Shape, BufferView Data);
