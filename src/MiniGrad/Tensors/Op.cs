using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>
/// A differentiable operation. An op is a stateless singleton in a file of its own: a static <c>Apply</c> computes the
/// result and records it, and <see cref="Backward"/>, right below, adds to the gradients of the inputs. What the backward
/// pass needs travels in the <see cref="OpState"/> of the recorded entry. <c>docs/adding-an-op.md</c> shows one.
/// </summary>
public abstract class Op
{
    /// <summary>The name in messages, such as <c>matmul</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it maps by a matrix, so that a parameter among its inputs may be the model's head.</summary>
    internal virtual bool IsMatrixProduct => false;

    /// <summary>Adds to the gradients of the inputs that want one.</summary>
    /// <param name="entry">The recorded result, its gradient and its inputs.</param>
    public abstract void Backward(in TapeEntry entry);

    /// <summary>The result in bfloat16, two numbers in the room of one, where the op keeps it so; else empty.</summary>
    /// <param name="entry">The recorded result.</param>
    internal virtual BufferView KeptHalf(in TapeEntry entry) => default;

    /// <summary>Whether <see cref="Recompute"/> can make the result again, bit for bit, from what was kept.</summary>
    /// <param name="entry">The recorded result and its inputs.</param>
    public virtual bool CanRecompute(in TapeEntry entry) => false;

    /// <summary>Makes the result again, for a backward pass that reads it after its memory was given back.</summary>
    /// <param name="entry">The recorded result and its inputs.</param>
    /// <param name="result">Where to, as many elements as the result has.</param>
    public virtual void Recompute(in TapeEntry entry, BufferView result) => throw new NotSupportedException($"{Name}: its result cannot be made again");
}
