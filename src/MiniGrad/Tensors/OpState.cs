using System.Runtime.CompilerServices;
using MiniGrad.Memory;

namespace MiniGrad;

/// <summary>What an op keeps for its backward pass: up to three buffers of the step, two that outlive it, and a small struct of settings.</summary>
public struct OpState
{
    /// <summary>Bytes available for the settings.</summary>
    public const int SettingsSize = 96;

    [InlineArray(SettingsSize / sizeof(long))]
    private struct Block
    {
        private long _first;
    }

    private Block _settings;

    /// <summary>First saved buffer, or empty. Buffers that came from the arena are released after the op's backward pass.</summary>
    public BufferView Saved0 { get; set; }

    /// <summary>Second saved buffer, or empty.</summary>
    public BufferView Saved1 { get; set; }

    /// <summary>Third saved buffer, or empty.</summary>
    public BufferView Saved2 { get; set; }

    /// <summary>Memory that outlives the step, such as token ids; never released.</summary>
    public BufferView Borrowed { get; set; }

    /// <summary>More memory that outlives the step.</summary>
    public BufferView Borrowed1 { get; set; }

    /// <summary>A state with settings.</summary>
    /// <typeparam name="T">A struct of at most <see cref="SettingsSize"/> bytes without references.</typeparam>
    /// <param name="settings">The settings.</param>
    public static OpState With<T>(in T settings) where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() > SettingsSize) throw new ArgumentException($"{typeof(T).Name} is larger than {SettingsSize} bytes", nameof(settings));
        var state = new OpState();
        Unsafe.As<Block, T>(ref state._settings) = settings;
        return state;
    }

    /// <summary>Reads the settings.</summary>
    /// <typeparam name="T">The type that they were stored as.</typeparam>
    public readonly T Settings<T>() where T : unmanaged => Unsafe.As<Block, T>(ref Unsafe.AsRef(in _settings));
}
