using MiniGrad.Memory;

namespace MiniGrad.Tensors;

/// <summary>An entry of the context's table: a tensor and, when gradients flow through it, the op that made it.</summary>
internal struct Node
{
    public const int MaxInputs = 4;
    public BufferView Data;
    public BufferView Gradient;
    public Shape Shape;
    public Op? Op;
    public OpState State;
    public int Input0;
    public int Input1;
    public int Input2;
    public int Input3;
    public int InputCount;
    public int Generation;
    public bool RequiresGradient;
    public bool HasGradient;
    public bool GradientWasUsed;
    public bool Differentiated;

    /// <summary>Whether the data was given back, to be made again if the backward pass reads it.</summary>
    public bool IsDropped;

    /// <summary>Whether the data was made again, and goes when the node's own backward pass is done.</summary>
    public bool IsRecomputed;

    /// <summary>Whether a single op reads the data in its backward pass, after which what was made again can go at once.</summary>
    public bool HasOneReader;
    public string? Name;
    public Tensor GradientHandle;

    /// <summary>What an error message calls this tensor.</summary>
    public readonly string Label => Name ?? (Op is { } op ? $"result of {op.Name}" : "(unnamed)");

    public readonly int Input(int index) => index switch
    {
        0 => Input0,
        1 => Input1,
        2 => Input2,
        _ => Input3,
    };
}
